/**
 * Timers that a workflow starts. A timer fires or is cancelled, never both: one that has fired into the buffer of a
 * running workflow task can still be taken back by a cancel command, because nobody has seen it fire.
 */
import type { google, temporal } from '../proto/root.js';
import { EventType } from './history-builder.js';
import type { PendingTimer } from './pending-items.js';
import { durationFromMs, msFromDuration, numberFromInt64 } from './proto-time.js';
import type { Int64 } from './proto-time.js';
import type { Transition } from './transition.js';

export function startTimer(
  tx: Transition,
  timerId: string,
  startToFire: google.protobuf.IDuration | null,
  workflowTaskCompletedEventId: number,
  userMetadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  const startToFireMs = msFromDuration(startToFire);
  const event = tx.history.add(EventType.EVENT_TYPE_TIMER_STARTED, {
    timerStartedEventAttributes: {
      timerId,
      ...(startToFire ? { startToFireTimeout: durationFromMs(startToFireMs) } : {}),
      workflowTaskCompletedEventId,
    },
    ...(userMetadata ? { userMetadata } : {}),
  });
  tx.state.timers.put(timerId, {
    timerId,
    startedEventId: numberFromInt64(event.eventId as Int64),
    fireTimeMs: tx.nowMs + startToFireMs,
  });
}

export function fireTimer(tx: Transition, timer: PendingTimer): void {
  tx.history.add(EventType.EVENT_TYPE_TIMER_FIRED, {
    timerFiredEventAttributes: { timerId: timer.timerId, startedEventId: timer.startedEventId },
  });
  tx.state.timers.delete(timer.timerId);
}

/** Cancels a pending timer, or one whose firing is still buffered. Returns false when there is no such timer. */
export function cancelTimer(
  tx: Transition,
  timerId: string,
  workflowTaskCompletedEventId: number,
  identity: string,
): boolean {
  const timer = tx.state.timers.get(timerId);
  const startedEventId = timer?.startedEventId ?? findBufferedFiring(tx, timerId);
  if (startedEventId === undefined) return false;
  if (!timer) tx.history.takeBufferedTimerFired(timerId);
  tx.state.timers.delete(timerId);
  tx.history.add(EventType.EVENT_TYPE_TIMER_CANCELED, {
    timerCanceledEventAttributes: {
      timerId,
      startedEventId,
      workflowTaskCompletedEventId,
      identity,
    },
  });
  return true;
}

function findBufferedFiring(tx: Transition, timerId: string): number | undefined {
  for (const event of tx.state.bufferedEvents.values()) {
    const attributes = event.timerFiredEventAttributes;
    if (attributes?.timerId === timerId) return numberFromInt64(attributes.startedEventId as Int64);
  }
  return undefined;
}
