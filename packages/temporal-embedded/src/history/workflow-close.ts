/**
 * The ways a run ends. The rule it guards: exactly one close event, last in the history; what is pending is dropped
 * with it, children follow their parent close policy, and the parent (if any) hears of it, unless another run of the
 * same chain goes on.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { Built } from '../proto/int64.js';
import { closeChildren } from './child-workflow.js';
import { triggerCallbacks } from './completion-callback.js';
import { EventType } from './history-builder.js';
import type { HistoryEvent } from './history-builder.js';
import type { NewRun } from './new-run.js';
import type { ChildOutcome, Transition } from './transition.js';
import { failWorkflowTask } from './workflow-task.js';

const Status = temporalProto.api.enums.v1.WorkflowExecutionStatus;
const Initiator = temporalProto.api.enums.v1.ContinueAsNewInitiator;
const Cause = temporalProto.api.enums.v1.WorkflowTaskFailedCause;

/** The identity that the service signs its own acts with. */
export const SERVICE_IDENTITY = 'history-service';

export interface CloseEvent {
  readonly status: number;
  readonly eventType: temporal.api.enums.v1.EventType;
  readonly attributes: Built<HistoryEvent>;
  readonly outcome: ChildOutcome;
  /** The run that goes on in this one's place. */
  readonly nextRun?: NewRun | undefined;
  /** A reset goes on from here: who started it hears of that run's end, and children go on under it unless told otherwise. */
  readonly reset?: { readonly keepsChildren: boolean } | undefined;
}

/** Writes the close event and lets go of everything the run held. */
export function closeWorkflow(tx: Transition, close: CloseEvent): HistoryEvent {
  const { state, history } = tx;
  state.closeEventBatchId = history.batchFirstEventId;
  const event = history.add(close.eventType, close.attributes);
  history.discardBuffered();
  state.status = close.status;
  state.closeTimeMs = tx.nowMs;
  state.workflowTask = undefined;
  state.firstWorkflowTaskDueMs = 0;
  if (!close.reset?.keepsChildren) closeChildren(tx);
  state.activities.clear();
  state.activityIds.clear();
  state.timers.clear();
  state.children.clear();
  state.cancelExternals.clear();
  state.signalExternals.clear();
  state.nexusOperations.clear();
  if (!isGoingOn(close)) triggerCallbacks(tx, event);
  if (close.nextRun) {
    state.continuedRunId = close.nextRun.runId;
    tx.effects.push({ type: 'startNextRun', run: close.nextRun });
  } else if (state.hasParent && !close.reset) {
    tx.effects.push({ type: 'reportClose', outcome: close.outcome });
  }
  tx.closed = true;
  tx.changed = true;
  tx.visibilityChanged = true;
  return event;
}

/** Another run does this one's work: a retry, continue-as-new, a reset. A cron schedule's next run does work of its own. */
function isGoingOn({ status, nextRun, reset }: CloseEvent): boolean {
  if (status === Status.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW || reset?.keepsChildren) return true;
  return nextRun?.initiator === Initiator.CONTINUE_AS_NEW_INITIATOR_RETRY;
}

/** Fails a workflow task that is with a worker, so that it cannot complete under a close from outside. */
export function abandonStartedWorkflowTask(tx: Transition): void {
  if (tx.state.isWorkflowTaskStarted) {
    failWorkflowTask(tx, {
      cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
      failure: null,
      identity: SERVICE_IDENTITY,
    });
    tx.history.flushBuffered();
    return;
  }
  // A speculative task that nobody has yet leaves no trace.
  if (tx.state.workflowTask?.isSpeculative) tx.state.workflowTask = undefined;
  tx.history.flushBuffered();
}

export interface Termination {
  readonly reason: string;
  readonly details: temporal.api.common.v1.IPayloads | null;
  readonly identity: string;
  readonly links?: readonly temporal.api.common.v1.ILink[];
  readonly reset?: CloseEvent['reset'];
}

export function terminateWorkflow(tx: Transition, termination: Termination): void {
  abandonStartedWorkflowTask(tx);
  const event: HistoryEvent = {
    workflowExecutionTerminatedEventAttributes: {
      reason: termination.reason,
      details: termination.details,
      identity: termination.identity,
    },
  };
  if (termination.links && termination.links.length > 0) event.links = [...termination.links];
  closeWorkflow(tx, {
    status: Status.WORKFLOW_EXECUTION_STATUS_TERMINATED,
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
    attributes: event,
    outcome: { type: 'terminated' },
    reset: termination.reset,
  });
}

/** The run (or the whole chain) is out of time. */
export function timeOutWorkflow(tx: Transition, retryState: number, nextRun: NewRun | undefined): void {
  abandonStartedWorkflowTask(tx);
  closeWorkflow(tx, {
    status: Status.WORKFLOW_EXECUTION_STATUS_TIMED_OUT,
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
    attributes: {
      workflowExecutionTimedOutEventAttributes: {
        retryState,
        ...(nextRun ? { newExecutionRunId: nextRun.runId } : {}),
      },
    },
    outcome: { type: 'timedOut', retryState },
    nextRun,
  });
}
