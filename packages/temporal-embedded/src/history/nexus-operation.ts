/**
 * A Nexus operation's life in its caller's history, and the life of the wish to cancel it:
 *
 *   scheduled --started--> started --its callback--> completed | failed | canceled   (event, item gone)
 *      |  ^                   +--schedule-to-close timeout--> timed out
 *      |  +--later-- backing off   (a call that may be repeated)
 *      +--completed, failed, canceled, timed out
 *
 *   requested (waits for the start) --> scheduled <--> backing off --> succeeded | failed
 *
 * The rule it guards: an operation ends at most once, and what comes for one that has ended changes nothing.
 */
import { failureFromCallError, failureFromHandlerError } from '../nexus/nexus-failure.js';
import { NULL_PAYLOAD } from '../nexus/null-payload.js';
import { isRetryable } from '../nexus/operation-outcome.js';
import type { CancelOutcome, Completion, StartOutcome } from '../nexus/operation-outcome.js';
import { int64FromNumber } from '../proto/int64.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { EventType } from './history-builder.js';
import type { HistoryEvent } from './history-builder.js';
import { limits } from './limits.js';
import type { MutableState } from './mutable-state.js';
import type { NexusCancellation, PendingNexusOperation } from './pending-items.js';
import type { NexusCall } from './ports.js';
import { msFromDuration, numberFromInt64 } from './proto-time.js';
import type { Int64 } from './proto-time.js';
import type { Transition } from './transition.js';

type Failure = temporal.api.failure.v1.IFailure;
type Link = temporal.api.common.v1.ILink;

const { PendingNexusOperationState, NexusOperationCancellationState, TimeoutType } = temporalProto.api.enums.v1;
const FailureMessage = temporalProto.api.failure.v1.Failure;
const EMPTY = new Uint8Array(0);

export const OperationState = {
  Scheduled: PendingNexusOperationState.PENDING_NEXUS_OPERATION_STATE_SCHEDULED,
  BackingOff: PendingNexusOperationState.PENDING_NEXUS_OPERATION_STATE_BACKING_OFF,
  Started: PendingNexusOperationState.PENDING_NEXUS_OPERATION_STATE_STARTED,
} as const;

export const CancellationState = {
  WaitsForStart: NexusOperationCancellationState.NEXUS_OPERATION_CANCELLATION_STATE_UNSPECIFIED,
  Scheduled: NexusOperationCancellationState.NEXUS_OPERATION_CANCELLATION_STATE_SCHEDULED,
  BackingOff: NexusOperationCancellationState.NEXUS_OPERATION_CANCELLATION_STATE_BACKING_OFF,
  Succeeded: NexusOperationCancellationState.NEXUS_OPERATION_CANCELLATION_STATE_SUCCEEDED,
  Failed: NexusOperationCancellationState.NEXUS_OPERATION_CANCELLATION_STATE_FAILED,
} as const;

/** The first events of an operation; its handler is called once this transition holds. */
export function scheduleNexusOperation(
  tx: Transition,
  attributes: temporal.api.history.v1.INexusOperationScheduledEventAttributes,
  userMetadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  const event = tx.history.add(EventType.EVENT_TYPE_NEXUS_OPERATION_SCHEDULED, {
    nexusOperationScheduledEventAttributes: attributes,
    ...(userMetadata ? { userMetadata } : {}),
  });
  const scheduledEventId = numberFromInt64(event.eventId as Int64);
  tx.state.nexusOperations.put(scheduledEventId, pendingNexusOperation(attributes, scheduledEventId, tx.nowMs));
  tx.nexusCalls.push({ scheduledEventId, method: 'start' });
}

/** An operation as its scheduled event leaves it. */
export function pendingNexusOperation(
  attributes: temporal.api.history.v1.INexusOperationScheduledEventAttributes,
  scheduledEventId: number,
  scheduledTimeMs: number,
): PendingNexusOperation {
  return {
    scheduledEventId,
    endpointId: attributes.endpointId ?? '',
    endpoint: attributes.endpoint ?? '',
    service: attributes.service ?? '',
    operation: attributes.operation ?? '',
    scheduledTimeMs,
    scheduleToCloseMs: msFromDuration(attributes.scheduleToCloseTimeout),
    requestId: attributes.requestId ?? '',
    state: OperationState.Scheduled,
    attempt: 0,
    lastAttemptCompleteTimeMs: 0,
    lastAttemptFailure: EMPTY,
    nextAttemptTimeMs: 0,
    operationToken: '',
    cancellation: null,
  };
}

/** A wish to cancel as its event leaves it, before the operation has started. */
export const pendingCancellation = (requestedEventId: number): NexusCancellation => ({
  requestedEventId,
  requestedTimeMs: 0,
  state: CancellationState.WaitsForStart,
  attempt: 0,
  lastAttemptCompleteTimeMs: 0,
  lastAttemptFailure: EMPTY,
  nextAttemptTimeMs: 0,
});

/** True when its handler is to be called by `method` now. */
export function isCallDue(operation: PendingNexusOperation, method: 'start' | 'cancel'): boolean {
  if (method === 'start') return operation.state === OperationState.Scheduled;
  return operation.state === OperationState.Started && operation.cancellation?.state === CancellationState.Scheduled;
}

/** Every call that the run's operations wait for. */
export function nexusCallsDue(state: MutableState): NexusCall[] {
  return [...state.nexusOperations.values()].flatMap((operation) =>
    (['start', 'cancel'] as const)
      .filter((method) => isCallDue(operation, method))
      .map((method) => ({ scheduledEventId: operation.scheduledEventId, method })),
  );
}

/** What the call that starts an operation came to. Does nothing when the operation does not wait for it any more. */
export function recordStartOutcome(tx: Transition, operation: PendingNexusOperation, outcome: StartOutcome): void {
  if (!isCallDue(operation, 'start')) return;
  switch (outcome.type) {
    case 'started':
      return recordStarted(tx, operation, outcome.token, outcome.links);
    case 'completed':
      return recordCompletion(tx, operation, outcome.completion, outcome.links);
    case 'refused': {
      const failure = failureFromHandlerError(outcome.error, true);
      if (isRetryable(outcome.error)) return backOff(tx, operation, failure);
      return recordCompletion(tx, operation, { type: 'failed', failure });
    }
    case 'lost': {
      const failure = failureFromCallError({ ...outcome.error, isRetryable: true });
      if (outcome.error.isRetryable) return backOff(tx, operation, failure);
      return recordCompletion(tx, operation, { type: 'failed', failure });
    }
    default:
      return outcome satisfies never;
  }
}

/** The operation goes on by itself; `eventTimeMs` when that was noticed late. */
export function recordStarted(
  tx: Transition,
  operation: PendingNexusOperation,
  operationToken: string,
  links: readonly Link[],
  eventTimeMs = tx.nowMs,
): void {
  const event: HistoryEvent = {
    nexusOperationStartedEventAttributes: {
      scheduledEventId: int64FromNumber(operation.scheduledEventId),
      operationToken,
      // The name that the token had before; older SDKs read it.
      operationId: operationToken,
      requestId: operation.requestId,
    },
  };
  if (links.length > 0) event.links = [...links];
  tx.history.add(EventType.EVENT_TYPE_NEXUS_OPERATION_STARTED, event, eventTimeMs);
  operation.state = OperationState.Started;
  operation.operationToken = operationToken;
  operation.attempt += 1;
  operation.lastAttemptCompleteTimeMs = tx.nowMs;
  operation.lastAttemptFailure = EMPTY;
  operation.nextAttemptTimeMs = 0;
  if (operation.cancellation) scheduleCancellation(tx, operation, operation.cancellation);
  touch(tx, operation);
}

/** The end of an operation, as its handler or its callback tells it. */
export function recordCompletion(
  tx: Transition,
  operation: PendingNexusOperation,
  completion: Completion,
  links: readonly Link[] = [],
): void {
  const common = { scheduledEventId: operation.scheduledEventId, requestId: operation.requestId };
  switch (completion.type) {
    case 'succeeded':
      tx.history.add(EventType.EVENT_TYPE_NEXUS_OPERATION_COMPLETED, {
        nexusOperationCompletedEventAttributes: { ...common, result: completion.result ?? NULL_PAYLOAD },
        ...(links.length > 0 ? { links: [...links] } : {}),
      });
      break;
    case 'failed':
      tx.history.add(EventType.EVENT_TYPE_NEXUS_OPERATION_FAILED, {
        nexusOperationFailedEventAttributes: { ...common, failure: operationFailure(operation, completion.failure) },
      });
      break;
    case 'canceled':
      tx.history.add(EventType.EVENT_TYPE_NEXUS_OPERATION_CANCELED, {
        nexusOperationCanceledEventAttributes: { ...common, failure: operationFailure(operation, completion.failure) },
      });
      break;
    default:
      return completion satisfies never;
  }
  remove(tx, operation);
}

/** The workflow wants the operation cancelled. Returns false when it has asked before. */
export function requestCancellation(
  tx: Transition,
  operation: PendingNexusOperation,
  requestedEventId: number,
): boolean {
  if (operation.cancellation) return false;
  operation.cancellation = pendingCancellation(requestedEventId);
  if (operation.state === OperationState.Started) scheduleCancellation(tx, operation, operation.cancellation);
  touch(tx, operation);
  return true;
}

/** What the call that cancels an operation came to. Returns whether the workflow has something to see. */
export function recordCancelOutcome(tx: Transition, operation: PendingNexusOperation, outcome: CancelOutcome): boolean {
  const { cancellation } = operation;
  if (!cancellation || !isCallDue(operation, 'cancel')) return false;
  cancellation.attempt += 1;
  cancellation.lastAttemptCompleteTimeMs = tx.nowMs;
  cancellation.lastAttemptFailure = EMPTY;
  touch(tx, operation);
  const common = { scheduledEventId: operation.scheduledEventId, requestedEventId: cancellation.requestedEventId };
  if (outcome.type === 'accepted') {
    cancellation.state = CancellationState.Succeeded;
    tx.history.add(EventType.EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED, {
      nexusOperationCancelRequestCompletedEventAttributes: common,
      workerMayIgnore: true,
    });
    return true;
  }
  const mayRepeat = outcome.type === 'lost' ? outcome.error.isRetryable : isRetryable(outcome.error);
  const failure =
    outcome.type === 'lost' ? failureFromCallError(outcome.error) : failureFromHandlerError(outcome.error, mayRepeat);
  cancellation.lastAttemptFailure = FailureMessage.encode(failure).finish();
  if (mayRepeat) {
    cancellation.state = CancellationState.BackingOff;
    cancellation.nextAttemptTimeMs = tx.nowMs + retryDelayMs(cancellation.attempt);
    return false;
  }
  cancellation.state = CancellationState.Failed;
  tx.history.add(EventType.EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_FAILED, {
    nexusOperationCancelRequestFailedEventAttributes: { ...common, failure },
    workerMayIgnore: true,
  });
  return true;
}

/** When something happens to the operation by itself; Infinity: nothing will. */
export function nexusDeadlineMs(operation: PendingNexusOperation): number {
  let atMs = timeoutAtMs(operation);
  if (operation.state === OperationState.BackingOff) atMs = Math.min(atMs, operation.nextAttemptTimeMs);
  if (operation.cancellation?.state === CancellationState.BackingOff) {
    atMs = Math.min(atMs, operation.cancellation.nextAttemptTimeMs);
  }
  return atMs;
}

/** Does what is due: the timeout, or the next call. Returns whether the workflow has something to see. */
export function processNexusDeadline(tx: Transition, operation: PendingNexusOperation): boolean {
  if (timeoutAtMs(operation) <= tx.nowMs) {
    timeOut(tx, operation);
    return true;
  }
  const { scheduledEventId, cancellation } = operation;
  if (operation.state === OperationState.BackingOff && operation.nextAttemptTimeMs <= tx.nowMs) {
    operation.state = OperationState.Scheduled;
    operation.nextAttemptTimeMs = 0;
    tx.nexusCalls.push({ scheduledEventId, method: 'start' });
    touch(tx, operation);
  }
  if (cancellation?.state === CancellationState.BackingOff && cancellation.nextAttemptTimeMs <= tx.nowMs) {
    cancellation.state = CancellationState.Scheduled;
    cancellation.nextAttemptTimeMs = 0;
    tx.nexusCalls.push({ scheduledEventId, method: 'cancel' });
    touch(tx, operation);
  }
  return false;
}

/** Until when the operation has to have ended; Infinity: no limit. */
export const timeoutAtMs = (operation: PendingNexusOperation): number =>
  operation.scheduleToCloseMs === 0 ? Infinity : operation.scheduledTimeMs + operation.scheduleToCloseMs;

/** True for the event with which the operation ended. */
export function endsNexusOperation(event: HistoryEvent, scheduledEventId: number): boolean {
  const attributes =
    event.nexusOperationCompletedEventAttributes ??
    event.nexusOperationFailedEventAttributes ??
    event.nexusOperationCanceledEventAttributes ??
    event.nexusOperationTimedOutEventAttributes;
  return !!attributes && numberFromInt64(attributes.scheduledEventId as Int64) === scheduledEventId;
}

function timeOut(tx: Transition, operation: PendingNexusOperation): void {
  tx.history.add(EventType.EVENT_TYPE_NEXUS_OPERATION_TIMED_OUT, {
    nexusOperationTimedOutEventAttributes: {
      scheduledEventId: operation.scheduledEventId,
      requestId: operation.requestId,
      failure: operationFailure(operation, {
        message: 'operation timed out',
        timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE },
      }),
    },
  });
  remove(tx, operation);
}

function backOff(tx: Transition, operation: PendingNexusOperation, failure: Failure): void {
  operation.attempt += 1;
  operation.state = OperationState.BackingOff;
  operation.lastAttemptCompleteTimeMs = tx.nowMs;
  operation.lastAttemptFailure = FailureMessage.encode(failure).finish();
  operation.nextAttemptTimeMs = tx.nowMs + retryDelayMs(operation.attempt);
  touch(tx, operation);
}

function retryDelayMs(attempt: number): number {
  return Math.min(limits.nexusRetryInitialMs * 2 ** (attempt - 1), limits.nexusRetryMaximumMs);
}

function scheduleCancellation(tx: Transition, operation: PendingNexusOperation, cancellation: NexusCancellation): void {
  cancellation.state = CancellationState.Scheduled;
  cancellation.requestedTimeMs = tx.nowMs;
  tx.nexusCalls.push({ scheduledEventId: operation.scheduledEventId, method: 'cancel' });
}

function operationFailure(operation: PendingNexusOperation, cause: Failure): Failure {
  const { endpoint, service, operation: name, operationToken, scheduledEventId } = operation;
  return {
    message: 'nexus operation completed unsuccessfully',
    nexusOperationExecutionFailureInfo: {
      endpoint,
      service,
      operation: name,
      operationToken,
      operationId: operationToken,
      scheduledEventId: int64FromNumber(scheduledEventId),
    },
    cause,
  };
}

function remove(tx: Transition, operation: PendingNexusOperation): void {
  tx.state.nexusOperations.delete(operation.scheduledEventId);
  tx.changed = true;
}

function touch(tx: Transition, operation: PendingNexusOperation): void {
  tx.state.nexusOperations.put(operation.scheduledEventId, operation);
  tx.changed = true;
}
