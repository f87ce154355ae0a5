/**
 * Which version of workers a run belongs to: none until a versioned worker has completed a task of it, then the version of
 * the last one, with the behavior that its workflow has chosen. Pinned runs stay; others move with the task queue, and are
 * in transition from the start of a task by another version until it completes.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { MutableState } from './mutable-state.js';
import type { TaskVersioning } from './ports.js';
import type { Transition } from './transition.js';

type Completed = temporal.api.workflowservice.v1.IRespondWorkflowTaskCompletedRequest;

const { VersioningBehavior, WorkerVersioningMode } = temporalProto.api.enums.v1;
const { SearchAttributes } = temporalProto.api.common.v1;
const PINNED = VersioningBehavior.VERSIONING_BEHAVIOR_PINNED;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** For the way of its tasks; undefined: unversioned. */
export function versioningOf(state: MutableState): TaskVersioning | undefined {
  if (state.deploymentVersion === '') return undefined;
  return { isPinned: state.versioningBehavior === PINNED, version: state.deploymentVersion };
}

/** A worker of this version ('' for none) has got a workflow task. */
export function noteStartedBy(state: MutableState, version: string): void {
  const isMove = version !== state.deploymentVersion && state.versioningBehavior !== PINNED;
  state.versionTransition = isMove && version !== '' ? version : '';
}

/** Takes over what the worker that completes a task says of itself. */
export function noteCompletedBy(tx: Transition, request: Completed): void {
  const { state } = tx;
  const { deploymentName, buildId, workerVersioningMode } = request.deploymentOptions ?? {};
  const isVersioned = workerVersioningMode === WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED;
  const version = isVersioned && deploymentName && buildId ? `${deploymentName}.${buildId}` : '';
  const behavior = version === '' ? 0 : (request.versioningBehavior ?? 0);
  state.versionTransition = '';
  if (version === state.deploymentVersion && behavior === state.versioningBehavior) return;
  state.deploymentVersion = behavior === 0 ? '' : version;
  state.versioningBehavior = behavior;
  writeSearchAttributes(state, deploymentName ?? '', buildId ?? '');
  tx.visibilityChanged = true;
  tx.changed = true;
}

export function describeVersioning(state: MutableState): object {
  const { deploymentVersion, versioningBehavior, versionTransition } = state;
  if (deploymentVersion === '' && versionTransition === '') return {};
  return {
    ...(deploymentVersion === '' ? {} : { workerDeploymentName: versionMessage(deploymentVersion).deploymentName }),
    versioningInfo: {
      behavior: versioningBehavior,
      ...(deploymentVersion === ''
        ? {}
        : { version: deploymentVersion, deploymentVersion: versionMessage(deploymentVersion) }),
      ...(versionTransition === ''
        ? {}
        : {
            versionTransition: {
              version: versionTransition,
              deploymentVersion: versionMessage(versionTransition),
            },
          }),
    },
  };
}

export function versionMessage(text: string): temporal.api.deployment.v1.IWorkerDeploymentVersion {
  const at = text.indexOf('.');
  return { deploymentName: text.slice(0, at), buildId: text.slice(at + 1) };
}

/** By which lists find the workflows of a version. */
function writeSearchAttributes(state: MutableState, deploymentName: string, buildId: string): void {
  const fields = { ...SearchAttributes.decode(state.searchAttributes).indexedFields };
  const isPinned = state.versioningBehavior === PINNED;
  const keyword = (value: string) => ({
    metadata: { encoding: encode('json/plain'), type: encode('Keyword') },
    data: encode(JSON.stringify(value)),
  });
  for (const name of ['BuildIds', 'TemporalWorkerDeployment', 'TemporalWorkerDeploymentVersion']) delete fields[name];
  delete fields['TemporalWorkflowVersioningBehavior'];
  if (state.deploymentVersion !== '') {
    if (isPinned) {
      fields['BuildIds'] = {
        metadata: { encoding: encode('json/plain'), type: encode('KeywordList') },
        data: encode(JSON.stringify([`pinned:${deploymentName}:${buildId}`])),
      };
    }
    fields['TemporalWorkerDeployment'] = keyword(deploymentName);
    fields['TemporalWorkerDeploymentVersion'] = keyword(`${deploymentName}:${buildId}`);
    fields['TemporalWorkflowVersioningBehavior'] = keyword(isPinned ? 'Pinned' : 'AutoUpgrade');
  }
  state.searchAttributes = SearchAttributes.encode({ indexedFields: fields }).finish();
}
