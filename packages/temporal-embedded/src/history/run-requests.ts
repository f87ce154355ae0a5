/**
 * What may be asked of a running workflow from outside: signal, cancel, terminate. Used by rpcs and by other
 * workflows alike; a request id that the run has already honoured is not honoured twice.
 */
import type { Built } from '../proto/int64.js';
import { CancellationAlreadyRequestedError, InvalidArgumentError, NotFoundError } from '../errors.js';
import type { temporal } from '../proto/root.js';
import { EventType } from './history-builder.js';
import type { HistoryEvent } from './history-builder.js';
import type { HistoryEngine } from './history-engine.js';
import type { RunContext } from './run-context.js';
import type { Transition } from './transition.js';
import { workflowClosing } from './update-endings.js';
import { ensureWorkflowTask } from './workflow-task.js';

export interface SignalRequest {
  readonly signalName: string;
  readonly input: temporal.api.common.v1.IPayloads | null;
  readonly header: temporal.api.common.v1.IHeader | null;
  readonly identity: string;
  readonly requestId: string;
  readonly links: readonly temporal.api.common.v1.ILink[];
  /** The workflow that signals, when it is one. */
  readonly sender?: temporal.api.common.v1.IWorkflowExecution;
}

/** Throws NotFoundError when the run has closed. */
export function requireRunning(context: RunContext): void {
  if (!context.state.isRunning) throw new NotFoundError('workflow execution already completed');
}

export function signalRun(engine: HistoryEngine, context: RunContext, signal: SignalRequest): void {
  requireRunning(context);
  engine.transact(context, (tx) => recordSignal(tx, signal));
}

/** The signal as part of a transition; `schedules` is false when a workflow task follows anyway. */
export function recordSignal(tx: Transition, signal: SignalRequest, schedules = true): void {
  const { state } = tx;
  if (signal.requestId !== '' && state.requestIds.get(signal.requestId)) return;
  if (state.signalCount >= tx.limits.signalsPerRun) {
    throw new InvalidArgumentError('exceeded workflow execution limit for signal events');
  }
  if (state.closeAttempted && state.isWorkflowTaskStarted) throw workflowClosing();
  const event: HistoryEvent = {
    workflowExecutionSignaledEventAttributes: {
      signalName: signal.signalName,
      input: signal.input,
      identity: signal.identity,
      header: signal.header,
      ...(signal.sender ? { externalWorkflowExecution: signal.sender } : {}),
    },
  };
  if (signal.links.length > 0) event.links = [...signal.links];
  tx.history.add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, event);
  state.signalCount += 1;
  if (signal.requestId !== '') {
    state.requestIds.put(signal.requestId, {
      requestId: signal.requestId,
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
      eventId: 0,
    });
  }
  if (schedules) ensureWorkflowTask(tx);
}

export interface CancelRequest {
  readonly reason: string;
  readonly identity: string;
  readonly requestId: string;
  readonly links: readonly temporal.api.common.v1.ILink[];
  /** The workflow that asks, when it is one, and its initiated event. */
  readonly sender?: {
    readonly execution: temporal.api.common.v1.IWorkflowExecution;
    readonly initiatedEventId: number;
  };
}

export function requestCancelRun(engine: HistoryEngine, context: RunContext, request: CancelRequest): void {
  const { state } = context;
  // A workflow that has ended needs no asking any more; that is no error.
  if (!state.isRunning) return;
  if (state.cancelRequested) {
    // The same request again is fine; so is another one from a client, which has nothing more to do.
    if (state.cancelRequestId === request.requestId && request.requestId !== '') return;
    throw new CancellationAlreadyRequestedError('cancellation already requested for this workflow execution');
  }
  engine.transact(context, (tx) => {
    const event: Built<HistoryEvent> = {
      workflowExecutionCancelRequestedEventAttributes: {
        cause: request.reason,
        identity: request.identity,
        ...(request.sender
          ? {
              externalInitiatedEventId: request.sender.initiatedEventId,
              externalWorkflowExecution: request.sender.execution,
            }
          : {}),
      },
    };
    if (request.links.length > 0) event.links = [...request.links];
    tx.history.add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED, event);
    tx.state.cancelRequested = true;
    tx.state.cancelRequestId = request.requestId;
    ensureWorkflowTask(tx);
  });
}
