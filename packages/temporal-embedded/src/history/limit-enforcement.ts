/**
 * What happens to a run that grows beyond the service's limits: its workflow task fails when too much is buffered
 * behind it, and the run is terminated when its history is too large.
 */
import { temporalProto } from '../proto/root.js';
import { limits } from './limits.js';
import type { ServiceLimits } from './limits.js';
import type { MutableState } from './mutable-state.js';
import type { Transition } from './transition.js';
import { SERVICE_IDENTITY, terminateWorkflow } from './workflow-close.js';
import { ensureWorkflowTask, failWorkflowTask } from './workflow-task.js';

const Cause = temporalProto.api.enums.v1.WorkflowTaskFailedCause;

/** More events than a worker may be kept waiting for: the task is taken from it, so that they can be delivered. */
export function failTaskOnFullBuffer(tx: Transition): void {
  const { state } = tx;
  if (!state.isRunning || !state.isWorkflowTaskStarted || state.bufferedEvents.size <= limits.bufferedEvents) return;
  failWorkflowTask(tx, {
    cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
    failure: null,
    identity: SERVICE_IDENTITY,
  });
  ensureWorkflowTask(tx);
}

/** Why a run's history is too large; undefined: it is not. */
export function historyExcess(state: MutableState, { historyBytes, historyEvents }: ServiceLimits): string | undefined {
  if (!state.isRunning) return undefined;
  if (state.historySizeBytes > historyBytes) return 'Workflow history size exceeds limit.';
  if (state.nextEventId > historyEvents) return 'Workflow history count exceeds limit.';
  return undefined;
}

export function terminateOnExcess(tx: Transition, reason: string): void {
  terminateWorkflow(tx, { reason, details: null, identity: SERVICE_IDENTITY });
}
