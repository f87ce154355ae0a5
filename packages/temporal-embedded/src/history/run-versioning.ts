/**
 * Which version of workers a run belongs to: what it was started or told to belong to, else the version of the worker that
 * completed a task last, with the behavior that the workflow has chosen. Pinned runs stay; others move with the task queue,
 * and are in transition from the start of a task by another version until it completes.
 *
 * What counts, in this order: the transition, the override, what the last worker said.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { MutableState } from './mutable-state.js';
import type { TaskVersioning, VersionLookup } from './ports.js';
import type { Transition } from './transition.js';
import { noteListedVersion } from './version-search-attributes.js';
import { describeOverride, readOverride, versionMessage, versionTextOf } from './versioning-override.js';

type Started = temporal.api.history.v1.IWorkflowExecutionStartedEventAttributes;
type Completed = temporal.api.history.v1.IWorkflowTaskCompletedEventAttributes;
type Stamp = temporal.api.common.v1.IWorkerVersionStamp;

const { VersioningBehavior } = temporalProto.api.enums.v1;
const PINNED = VersioningBehavior.VERSIONING_BEHAVIOR_PINNED;
const AUTO_UPGRADE = VersioningBehavior.VERSIONING_BEHAVIOR_AUTO_UPGRADE;

/** For the way of its tasks; undefined: unversioned. */
export function versioningOf(state: MutableState): TaskVersioning | undefined {
  if (state.versionTransition !== '') return { isPinned: false, version: state.versionTransition };
  const override = overrideOf(state);
  if (override?.isPinned) return override;
  if (override) return { isPinned: false, version: state.deploymentVersion };
  if (state.versioningBehavior === 0) return undefined;
  return { isPinned: state.versioningBehavior === PINNED, version: state.deploymentVersion };
}

export const isSameVersioning = (a: TaskVersioning | undefined, b: TaskVersioning | undefined): boolean =>
  a?.isPinned === b?.isPinned && a?.version === b?.version;

export function overrideOf({ overrideBehavior, overrideVersion }: MutableState): TaskVersioning | undefined {
  if (overrideBehavior === 0) return undefined;
  return { isPinned: overrideBehavior === PINNED, version: overrideVersion };
}

/** The version to which the run is pinned; '': it is not. */
export function pinnedVersion(state: MutableState): string {
  const versioning = versioningOf(state);
  return versioning?.isPinned ? versioning.version : '';
}

/** The version that a run which comes from this one is pinned to: this one's, if it serves the other's task queue as well. */
export function inheritablePin(state: MutableState, taskQueue: string, versions: VersionLookup): string {
  const version = pinnedVersion(state);
  if (version === '' || taskQueue === state.info.taskQueue) return version;
  return versions.servesWorkflows(state.namespaceId, version, taskQueue) ? version : '';
}

/** Takes over what a run is started with. */
export function noteStart(
  state: MutableState,
  started: Pick<Started, 'versioningOverride' | 'inheritedPinnedVersion'>,
): void {
  const override = readOverride(started.versioningOverride);
  if (override) keepOverride(state, override);
  if (started.inheritedPinnedVersion) {
    state.deploymentVersion = versionTextOf(started.inheritedPinnedVersion);
    state.versioningBehavior = PINNED;
    state.hasVersioningInfo = true;
  }
  const version = pinnedVersion(state);
  if (version === '') return;
  // As the official service does it: lists learn the deployment's name only from an override.
  noteVersionForLists(state, null);
  state.workerDeploymentName = versionMessage(version).deploymentName ?? '';
}

/** A worker of this version ('' for none) has got a workflow task. */
export function noteStartedBy(state: MutableState, version: string): void {
  const versioning = versioningOf(state);
  if (versioning?.isPinned || version === '' || version === versioning?.version) return;
  state.versionTransition = version;
  state.hasVersioningInfo = true;
}

export interface CompletionNoted {
  /** Its tasks go another way now. */
  readonly hasMoved: boolean;
  readonly isListedAnew: boolean;
}

/** Takes over what the worker that completes a task says of itself. */
export function noteCompletedBy(state: MutableState, completed: Completed): CompletionNoted {
  const before = versioningOf(state);
  const wasInTransition = state.versionTransition !== '';
  const behavior = completed.versioningBehavior ?? 0;
  const version = behavior === 0 ? '' : versionTextOf(completed.deploymentVersion);
  const deploymentName = completed.workerDeploymentName ?? '';
  state.versionTransition = '';
  if (behavior !== 0) state.hasVersioningInfo = true;
  const buildId = completed.workerVersion?.buildId ?? '';
  const isSame =
    version === state.deploymentVersion &&
    behavior === state.versioningBehavior &&
    deploymentName === state.workerDeploymentName &&
    buildId === state.listedBuildId;
  state.deploymentVersion = version;
  state.versioningBehavior = behavior;
  state.workerDeploymentName = deploymentName;
  state.listedBuildId = buildId;
  return {
    hasMoved: wasInTransition || !isSameVersioning(before, versioningOf(state)),
    // Most tasks are completed by the worker that has completed the one before: nothing has to be looked up for them.
    isListedAnew: !isSame && noteVersionForLists(state, completed.workerVersion ?? null),
  };
}

/** Sets the override, or takes it away. Returns whether the run's tasks go another way now. */
export function noteOverride(state: MutableState, override: TaskVersioning | undefined): boolean {
  const before = versioningOf(state);
  if (override) {
    keepOverride(state, override);
    if (override.isPinned) state.workerDeploymentName = versionMessage(override.version).deploymentName ?? '';
  } else {
    state.overrideBehavior = 0;
    state.overrideVersion = '';
    const { deploymentVersion } = state;
    state.workerDeploymentName =
      deploymentVersion === '' ? '' : (versionMessage(deploymentVersion).deploymentName ?? '');
  }
  if (isSameVersioning(before, versioningOf(state))) return false;
  // Whatever it was moving to, it goes where the override says.
  state.versionTransition = '';
  noteVersionForLists(state, null);
  return true;
}

function keepOverride(state: MutableState, { isPinned, version }: TaskVersioning): void {
  state.overrideBehavior = isPinned ? PINNED : AUTO_UPGRADE;
  state.overrideVersion = version;
  state.hasVersioningInfo = true;
}

/** Activities that wait in a queue are offered again: they may belong on another one. */
export function offerActivitiesAnew(tx: Transition): void {
  for (const activity of tx.state.activities.values()) {
    if (activity.startedEventId !== 0 || activity.paused || activity.scheduledTimeMs > tx.nowMs) continue;
    tx.dispatchActivities.push(activity.scheduledEventId);
  }
}

function noteVersionForLists(state: MutableState, stamp: Stamp | null): boolean {
  const override = overrideOf(state);
  const version = override?.isPinned ? override.version : state.deploymentVersion;
  return noteListedVersion(
    state,
    {
      deploymentName: override?.isPinned
        ? (versionMessage(override.version).deploymentName ?? '')
        : state.workerDeploymentName,
      version,
      behavior: state.overrideBehavior || state.versioningBehavior,
    },
    stamp,
  );
}

export function describeVersioning(state: MutableState): object {
  const { deploymentVersion, versioningBehavior, versionTransition, workerDeploymentName } = state;
  const override = overrideOf(state);
  return {
    ...(workerDeploymentName === '' ? {} : { workerDeploymentName }),
    ...(state.hasVersioningInfo
      ? {
          versioningInfo: {
            behavior: versioningBehavior,
            ...(deploymentVersion === ''
              ? {}
              : { version: deploymentVersion, deploymentVersion: versionMessage(deploymentVersion) }),
            ...(override ? { versioningOverride: describeOverride(override) } : {}),
            ...(versionTransition === ''
              ? {}
              : {
                  versionTransition: {
                    version: versionTransition,
                    deploymentVersion: versionMessage(versionTransition),
                  },
                }),
          },
        }
      : {}),
  };
}
