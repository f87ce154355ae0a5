/**
 * Nexus operations in a run that begins with another run's history (a reset): what the shared events say of them, and what
 * came of them after the point, carried over. The new run's operations keep their request ids, by which completions that
 * are still to come find them.
 */
import { EventType } from './history-builder.js';
import type { HistoryEvent } from './history-builder.js';
import type { MutableState } from './mutable-state.js';
import {
  CancellationState,
  OperationState,
  endsNexusOperation,
  pendingCancellation,
  pendingNexusOperation,
} from './nexus-operation.js';
import type { NexusCancellation } from './pending-items.js';
import { msFromTimestamp, numberFromInt64 } from './proto-time.js';
import type { Int64 } from './proto-time.js';
import type { Transition } from './transition.js';

const id = (value: unknown): number => numberFromInt64(value as Int64);

/** Brings the operations to where this event of the shared history leaves them. */
export function replayNexusEvent(state: MutableState, event: HistoryEvent): void {
  const scheduled = event.nexusOperationScheduledEventAttributes;
  const timeMs = msFromTimestamp(event.eventTime) ?? 0;
  if (scheduled) {
    state.nexusOperations.put(id(event.eventId), pendingNexusOperation(scheduled, id(event.eventId), timeMs));
    return;
  }
  const attributes = nexusAttributes(event);
  const operation = attributes && state.nexusOperations.get(id(attributes.scheduledEventId));
  if (!operation) return;
  const { cancellation } = operation;
  if (endsNexusOperation(event, operation.scheduledEventId)) {
    state.nexusOperations.delete(operation.scheduledEventId);
  } else if (event.nexusOperationStartedEventAttributes) {
    operation.state = OperationState.Started;
    operation.operationToken = event.nexusOperationStartedEventAttributes.operationToken ?? '';
    operation.attempt = 1;
    operation.lastAttemptCompleteTimeMs = timeMs;
    if (cancellation) askFrom(cancellation, timeMs);
  } else if (event.nexusOperationCancelRequestedEventAttributes) {
    operation.cancellation = pendingCancellation(id(event.eventId));
    if (operation.state === OperationState.Started) askFrom(operation.cancellation, timeMs);
  } else if (cancellation) {
    const isDone = event.eventType === EventType.EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED;
    cancellation.state = isDone ? CancellationState.Succeeded : CancellationState.Failed;
  }
}

/** Adds what the handler said after the point to the new history. Requests of the workflow itself it may make again. */
export function reapplyNexusEvent(tx: Transition, event: HistoryEvent): void {
  const attributes = nexusAttributes(event);
  const operation = attributes && tx.state.nexusOperations.get(id(attributes.scheduledEventId));
  if (!operation) return;
  const isStart = event.nexusOperationStartedEventAttributes && operation.state !== OperationState.Started;
  const isEnd = endsNexusOperation(event, operation.scheduledEventId);
  if (
    (!isStart && !isEnd) ||
    !event.eventType ||
    (attributes as { requestId?: string }).requestId !== operation.requestId
  ) {
    return;
  }
  const { eventId: _id, taskId: _taskId, eventTime: _time, eventType, ...rest } = event;
  tx.history.add(eventType, { ...rest });
  if (isEnd) tx.state.nexusOperations.delete(operation.scheduledEventId);
  else replayNexusEvent(tx.state, event);
  tx.changed = true;
}

/** The handler of a started operation is to be asked to cancel it. */
function askFrom(cancellation: NexusCancellation, requestedTimeMs: number): void {
  cancellation.state = CancellationState.Scheduled;
  cancellation.requestedTimeMs = requestedTimeMs;
}

type Referring = { scheduledEventId?: unknown };

function nexusAttributes(event: HistoryEvent): Referring | null | undefined {
  return (
    event.nexusOperationStartedEventAttributes ??
    event.nexusOperationCompletedEventAttributes ??
    event.nexusOperationFailedEventAttributes ??
    event.nexusOperationCanceledEventAttributes ??
    event.nexusOperationTimedOutEventAttributes ??
    event.nexusOperationCancelRequestedEventAttributes ??
    event.nexusOperationCancelRequestCompletedEventAttributes ??
    event.nexusOperationCancelRequestFailedEventAttributes
  );
}
