/**
 * Options of a run that may be changed while it runs: so far its versioning override. Used by the rpc, by batches and by a
 * reset's operations alike. What changes is an event; what stays as it is leaves no trace.
 */
import { InvalidArgumentError } from '../errors.js';
import { temporalProto } from '../proto/root.js';
import type { google, temporal } from '../proto/root.js';
import { EventType } from './history-builder.js';
import type { HistoryEngine } from './history-engine.js';
import type { TaskVersioning } from './ports.js';
import type { RunContext } from './run-context.js';
import { requireRunning } from './run-requests.js';
import { noteOverride, offerActivitiesAnew, overrideOf } from './run-versioning.js';
import type { Transition } from './transition.js';
import { overrideMessage, readOverride, requireOverride } from './versioning-override.js';
import { clearStickiness } from './workflow-task.js';

type Options = temporal.api.workflow.v1.IWorkflowExecutionOptions;
type Override = temporal.api.workflow.v1.IVersioningOverride;

const { VersioningOverride } = temporalProto.api.workflow.v1;

/** What a request may name. */
const OVERRIDE = 'versioning_override';
const PARTS = new Set([
  '',
  '.behavior',
  '.deployment',
  '.deployment.series_name',
  '.deployment.build_id',
  '.pinned_version',
  '.pinned',
  '.pinned.behavior',
  '.pinned.version',
  '.pinned.version.deployment_name',
  '.pinned.version.build_id',
  '.auto_upgrade',
]);

export interface OptionsUpdate {
  readonly workflowExecutionOptions?: Options | null;
  readonly updateMask?: google.protobuf.IFieldMask | null;
}

/** Throws InvalidArgumentError for an update of which the override is none or the mask names what is not there. */
export function requireOptionsUpdate({ workflowExecutionOptions, updateMask }: OptionsUpdate, doing: string): void {
  for (const path of updateMask?.paths ?? []) {
    if (path.startsWith(OVERRIDE) && PARTS.has(path.slice(OVERRIDE.length))) continue;
    throw new InvalidArgumentError(
      `${doing}: proto: invalid path ${JSON.stringify(path)} for message "temporal.api.workflow.v1.WorkflowExecutionOptions"`,
    );
  }
  requireOverride(workflowExecutionOptions?.versioningOverride);
}

/** Returns the options as they are now. Throws NotFoundError when the run has closed, InvalidArgumentError. */
export function updateWorkflowOptions(engine: HistoryEngine, context: RunContext, update: OptionsUpdate): Options {
  requireRunning(context);
  return engine.transact(context, (tx) => applyOptionsUpdate(tx, update));
}

/** The same as part of a transition, of a valid update. */
export function applyOptionsUpdate(tx: Transition, { workflowExecutionOptions, updateMask }: OptionsUpdate): Options {
  const current = overrideMessage(overrideOf(tx.state));
  const override = isMeant(updateMask?.paths ?? []) ? (workflowExecutionOptions?.versioningOverride ?? null) : current;
  if (!isSame(override, current)) setOverride(tx, readOverride(override));
  return override ? { versioningOverride: override } : {};
}

/** What an earlier run was told, in the history of the run that a reset makes of it. */
export function setOverride(tx: Transition, override: TaskVersioning | undefined): void {
  tx.history.add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED, {
    workflowExecutionOptionsUpdatedEventAttributes: override
      ? { versioningOverride: overrideMessage(override) }
      : { unsetVersioningOverride: true },
    workerMayIgnore: true,
  });
  followOverride(tx, override);
}

/** Sends what waits for a worker where the override says. A task that a worker has is left to it. */
export function followOverride(tx: Transition, override: TaskVersioning | undefined): void {
  if (!noteOverride(tx.state, override)) return;
  tx.visibilityChanged = true;
  clearStickiness(tx);
  const task = tx.state.workflowTask;
  if (task?.startedEventId === 0) {
    task.isOnStickyQueue = false;
    tx.dispatchWorkflowTask = true;
  }
  offerActivitiesAnew(tx);
}

/** Its older parts say something only together. */
function isMeant(paths: readonly string[]): boolean {
  const hasBehavior = paths.includes(`${OVERRIDE}.behavior`);
  if (hasBehavior !== paths.includes(`${OVERRIDE}.deployment`)) {
    throw new InvalidArgumentError(
      'error applying update_options: versioning_override fields must be updated together',
    );
  }
  return hasBehavior || paths.includes(OVERRIDE);
}

function isSame(a: Override | null, b: Override | null): boolean {
  if (!a || !b) return a === b;
  return Buffer.from(VersioningOverride.encode(a).finish()).equals(VersioningOverride.encode(b).finish());
}
