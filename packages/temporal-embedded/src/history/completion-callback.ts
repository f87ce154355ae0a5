/**
 * Callbacks of a run: whom to tell when it has closed. They come with the start, or with a later start that joins the run,
 * and go on to the runs that follow by retry or continue-as-new. The rule they keep: each is called once, when the chain
 * has ended.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { Completion } from '../nexus/operation-outcome.js';
import { EventType } from './history-builder.js';
import type { HistoryEvent } from './history-builder.js';
import type { MutableState } from './mutable-state.js';
import type { CompletionCallback } from './pending-items.js';
import type { Transition } from './transition.js';

type Callback = temporal.api.common.v1.ICallback;

const CallbackMessage = temporalProto.api.common.v1.Callback;
const FailureMessage = temporalProto.api.failure.v1.Failure;
const EMPTY = new Uint8Array(0);
export const CallbackState = temporalProto.api.enums.v1.CallbackState;

/** `requestId` is that of the request which brought them. */
export function addCallbacks(
  state: MutableState,
  requestId: string,
  callbacks: readonly Callback[],
  registrationTimeMs: number,
): void {
  callbacks.forEach((callback, index) => {
    state.callbacks.put(`${requestId}-${index}`, {
      requestId,
      callback: CallbackMessage.encode(callback).finish(),
      registrationTimeMs,
      state: CallbackState.CALLBACK_STATE_STANDBY,
      attempt: 0,
      lastAttemptCompleteTimeMs: 0,
      lastAttemptFailure: EMPTY,
    });
  });
}

/** For the run that goes on. */
export function callbacksOf(state: MutableState): Callback[] {
  return [...state.callbacks.values()].map(({ callback }) => CallbackMessage.decode(callback));
}

/** The chain has ended with this event: every callback is due. */
export function triggerCallbacks(tx: Transition, closeEvent: HistoryEvent): void {
  if (tx.state.callbacks.size === 0) return;
  const completion = completionOf(closeEvent);
  for (const [callbackId, callback] of tx.state.callbacks.entries()) {
    tx.state.callbacks.put(callbackId, { ...callback, state: CallbackState.CALLBACK_STATE_SCHEDULED });
    tx.effects.push({ type: 'deliverCallback', callbackId, completion });
  }
}

/** `error` is why it could not be delivered; undefined: it was. */
export function recordDelivery(
  tx: Transition,
  callbackId: string,
  callback: CompletionCallback,
  error: string | undefined,
): void {
  tx.state.callbacks.put(callbackId, {
    ...callback,
    state: error === undefined ? CallbackState.CALLBACK_STATE_SUCCEEDED : CallbackState.CALLBACK_STATE_FAILED,
    attempt: callback.attempt + 1,
    lastAttemptCompleteTimeMs: tx.nowMs,
    lastAttemptFailure:
      error === undefined
        ? EMPTY
        : FailureMessage.encode({ message: error, applicationFailureInfo: { nonRetryable: true } }).finish(),
  });
  tx.changed = true;
}

/** How a workflow ended, said in terms of the Nexus operation that it stands behind. */
function completionOf(event: HistoryEvent): Completion {
  switch (event.eventType) {
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
      // An operation has one result; so has a workflow of any SDK.
      return {
        type: 'succeeded',
        result: event.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0] ?? null,
      };
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
      return { type: 'failed', failure: event.workflowExecutionFailedEventAttributes?.failure ?? {} };
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
      return {
        type: 'canceled',
        failure: {
          message: 'operation canceled',
          canceledFailureInfo: { details: event.workflowExecutionCanceledEventAttributes?.details ?? null },
        },
      };
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
      return { type: 'failed', failure: { message: 'operation terminated', terminatedFailureInfo: {} } };
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
      return { type: 'failed', failure: { message: 'operation exceeded internal timeout', timeoutFailureInfo: {} } };
    default:
      throw new Error(`A workflow does not end with an event of type ${event.eventType}.`);
  }
}
