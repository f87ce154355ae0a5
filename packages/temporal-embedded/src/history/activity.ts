/**
 * The activity task's life, per attempt:
 *
 *   scheduled --a poller gets it--> started --completed / failed for good / canceled--> closed (event written)
 *      ^                              +--failed or timed out, policy allows--> scheduled again, later
 *      +-- schedule-to-start / schedule-to-close timeout --> closed
 *
 * The rule it guards: an activity closes at most once, and its started event is written only then (all activities
 * have a retry policy), so retries cost no history.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { forgetReset } from './activity-control.js';
import { EventType } from './history-builder.js';
import { TRANSIENT_EVENT_ID } from './pending-items.js';
import type { PendingActivity } from './pending-items.js';
import { msFromDuration, numberFromInt64 } from './proto-time.js';
import type { Int64 } from './proto-time.js';
import { RetryState, decideRetry, isRetryable, timeoutTypeName } from './retry.js';
import type { Transition } from './transition.js';

type Failure = temporal.api.failure.v1.IFailure;
type Payloads = temporal.api.common.v1.IPayloads;
type WorkerVersion = temporal.api.common.v1.IWorkerVersionStamp;

const { Payloads, Header, RetryPolicy, Priority } = temporalProto.api.common.v1;
const FailureMessage = temporalProto.api.failure.v1.Failure;
const TimeoutType = temporalProto.api.enums.v1.TimeoutType;
const EMPTY = new Uint8Array(0);

/** Records a scheduled activity from its event; the caller decides whether it is dispatched or handed out eagerly. */
export function scheduleActivity(
  tx: Transition,
  attributes: temporal.api.history.v1.IActivityTaskScheduledEventAttributes,
  userMetadata: temporal.api.sdk.v1.IUserMetadata | null,
): PendingActivity {
  const event = tx.history.add(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, {
    activityTaskScheduledEventAttributes: attributes,
    ...(userMetadata ? { userMetadata } : {}),
  });
  const activity = pendingActivity(attributes, numberFromInt64(event.eventId as Int64), tx.nowMs);
  tx.state.activities.put(activity.scheduledEventId, activity);
  tx.state.activityIds.set(activity.activityId, activity.scheduledEventId);
  return activity;
}

/** An activity as it is when its scheduled event has been written. */
export function pendingActivity(
  attributes: temporal.api.history.v1.IActivityTaskScheduledEventAttributes,
  scheduledEventId: number,
  scheduledTimeMs: number,
): PendingActivity {
  const scheduleToCloseMs = msFromDuration(attributes.scheduleToCloseTimeout);
  const policy = attributes.retryPolicy;
  return {
    scheduledEventId,
    startedEventId: 0,
    activityId: attributes.activityId ?? '',
    activityType: attributes.activityType?.name ?? '',
    taskQueue: attributes.taskQueue?.name ?? '',
    firstScheduledTimeMs: scheduledTimeMs,
    scheduledTimeMs,
    startedTimeMs: 0,
    attempt: 1,
    scheduleToCloseMs,
    scheduleToStartMs: msFromDuration(attributes.scheduleToStartTimeout),
    startToCloseMs: msFromDuration(attributes.startToCloseTimeout),
    heartbeatMs: msFromDuration(attributes.heartbeatTimeout),
    retryInitialMs: msFromDuration(policy?.initialInterval),
    retryCoefficient: policy?.backoffCoefficient ?? 2,
    retryMaximumMs: msFromDuration(policy?.maximumInterval),
    retryMaximumAttempts: policy?.maximumAttempts ?? 0,
    retryNonRetryableTypes: policy?.nonRetryableErrorTypes ?? [],
    retryExpirationMs: scheduleToCloseMs > 0 ? scheduledTimeMs + scheduleToCloseMs : 0,
    cancelRequested: false,
    cancelRequestedEventId: 0,
    lastHeartbeatTimeMs: 0,
    heartbeatDetails: EMPTY,
    lastFailure: EMPTY,
    lastWorkerIdentity: '',
    requestId: '',
    input: attributes.input ? Payloads.encode(attributes.input).finish() : EMPTY,
    header: attributes.header ? Header.encode(attributes.header).finish() : EMPTY,
    retryPolicy: policy ? RetryPolicy.encode(policy).finish() : EMPTY,
    lastAttemptCompleteTimeMs: 0,
    paused: false,
    pauseTimeMs: 0,
    pausedBy: '',
    pauseReason: '',
    stamp: 0,
    isReset: false,
    resetsHeartbeat: false,
    priority: attributes.priority ? Priority.encode(attributes.priority).finish() : EMPTY,
  };
}

/** Hands an attempt to a worker. */
export function startActivity(
  tx: Transition,
  activity: PendingActivity,
  worker: { readonly identity: string; readonly requestId: string },
): void {
  activity.startedEventId = TRANSIENT_EVENT_ID;
  activity.startedTimeMs = tx.nowMs;
  activity.requestId = worker.requestId;
  activity.lastWorkerIdentity = worker.identity;
  touch(tx, activity);
}

export function completeActivity(
  tx: Transition,
  activity: PendingActivity,
  result: Payloads | null,
  identity: string,
  workerVersion: WorkerVersion | null = null,
): void {
  writeStartedEvent(tx, activity, workerVersion);
  tx.history.add(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, {
    activityTaskCompletedEventAttributes: { ...closing(activity), ...(result ? { result } : {}), identity },
  });
  remove(tx, activity);
}

/** A failed attempt: scheduled again, or closed when the policy says so. Returns whether it closed. */
export function failActivity(
  tx: Transition,
  activity: PendingActivity,
  failure: Failure | null,
  identity: string,
  workerVersion: WorkerVersion | null = null,
): boolean {
  activity.lastAttemptCompleteTimeMs = tx.nowMs;
  const retryState = retryActivity(tx, activity, failure);
  if (retryState === RetryState.RETRY_STATE_IN_PROGRESS) return false;
  writeStartedEvent(tx, activity, workerVersion);
  tx.history.add(EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED, {
    activityTaskFailedEventAttributes: { ...closing(activity), ...(failure ? { failure } : {}), retryState, identity },
  });
  remove(tx, activity);
  return true;
}

/** An attempt that was with a worker when its run was reset: it fails for good. */
export function failResetActivity(tx: Transition, activity: PendingActivity, failure: Failure): void {
  tx.history.add(EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED, {
    activityTaskFailedEventAttributes: {
      ...closing(activity),
      failure,
      retryState: RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE,
      identity: activity.lastWorkerIdentity,
    },
  });
  remove(tx, activity);
}

/** A timeout of one of the four kinds. Returns whether the activity closed. */
export function timeOutActivity(tx: Transition, activity: PendingActivity, timeoutType: number): boolean {
  let failure = timeoutFailure(timeoutType);
  if (activity.startedEventId !== 0) activity.lastAttemptCompleteTimeMs = tx.nowMs;
  const retryState = retryActivity(tx, activity, failure);
  if (retryState === RetryState.RETRY_STATE_IN_PROGRESS) return false;
  // No time left for another attempt is the schedule-to-close timeout, seen early.
  if (retryState === RetryState.RETRY_STATE_TIMEOUT)
    failure = timeoutFailure(TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE);
  if (failure.timeoutFailureInfo && activity.heartbeatDetails.length > 0) {
    failure.timeoutFailureInfo.lastHeartbeatDetails = Payloads.decode(activity.heartbeatDetails);
  }
  if (activity.lastFailure.length > 0) failure.cause = FailureMessage.decode(activity.lastFailure);
  writeStartedEvent(tx, activity);
  tx.history.add(EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT, {
    activityTaskTimedOutEventAttributes: { ...closing(activity), failure, retryState },
  });
  remove(tx, activity);
  return true;
}

/** Marks an activity that the workflow wants cancelled; the worker learns it from its next heartbeat. */
export function requestActivityCancel(tx: Transition, activity: PendingActivity, requestedEventId: number): void {
  activity.cancelRequested = true;
  activity.cancelRequestedEventId = requestedEventId;
  touch(tx, activity);
}

export function cancelActivity(
  tx: Transition,
  activity: PendingActivity,
  details: Payloads | null,
  identity: string,
): void {
  writeStartedEvent(tx, activity);
  tx.history.add(EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED, {
    activityTaskCanceledEventAttributes: {
      ...closing(activity),
      latestCancelRequestedEventId: activity.cancelRequestedEventId,
      ...(details ? { details } : {}),
      identity,
    },
  });
  remove(tx, activity);
}

/** Progress of a started attempt. */
export function recordHeartbeat(tx: Transition, activity: PendingActivity, details: Payloads | null): void {
  activity.lastHeartbeatTimeMs = tx.nowMs;
  activity.heartbeatDetails = details ? Payloads.encode(details).finish() : EMPTY;
  touch(tx, activity);
}

function retryActivity(tx: Transition, activity: PendingActivity, failure: Failure | null): number {
  if (activity.cancelRequested) return RetryState.RETRY_STATE_CANCEL_REQUESTED;
  if (activity.paused && isRetryable(failure, activity.retryNonRetryableTypes)) {
    // It waits, with all attempts that it may have, until somebody lets it go on.
    endAttempt(activity, failure);
    touch(tx, activity);
    return RetryState.RETRY_STATE_IN_PROGRESS;
  }
  const decision = decideRetry(
    {
      initialIntervalMs: activity.retryInitialMs,
      backoffCoefficient: activity.retryCoefficient,
      maximumIntervalMs: activity.retryMaximumMs,
      maximumAttempts: activity.retryMaximumAttempts,
      nonRetryableTypes: activity.retryNonRetryableTypes,
    },
    activity.attempt,
    tx.nowMs,
    activity.retryExpirationMs,
    failure,
    true,
  );
  if (decision.type === 'stop') return decision.retryState;
  endAttempt(activity, failure);
  forgetReset(activity);
  activity.scheduledTimeMs = tx.nowMs + decision.delayMs;
  activity.isDispatched = decision.delayMs === 0;
  touch(tx, activity);
  if (activity.isDispatched) tx.dispatchActivities.push(activity.scheduledEventId);
  return RetryState.RETRY_STATE_IN_PROGRESS;
}

function endAttempt(activity: PendingActivity, failure: Failure | null): void {
  activity.attempt += 1;
  activity.startedEventId = 0;
  activity.startedTimeMs = 0;
  activity.requestId = '';
  activity.lastFailure = failure ? FailureMessage.encode(failure).finish() : EMPTY;
}

function writeStartedEvent(
  tx: Transition,
  activity: PendingActivity,
  workerVersion: WorkerVersion | null = null,
): void {
  if (activity.startedEventId !== TRANSIENT_EVENT_ID) return;
  const event = tx.history.add(
    EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
    {
      activityTaskStartedEventAttributes: {
        scheduledEventId: activity.scheduledEventId,
        identity: activity.lastWorkerIdentity,
        requestId: activity.requestId,
        attempt: activity.attempt,
        ...(workerVersion ? { workerVersion } : {}),
        ...(activity.lastFailure.length > 0 ? { lastFailure: FailureMessage.decode(activity.lastFailure) } : {}),
      },
    },
    activity.startedTimeMs,
  );
  activity.startedEventId = numberFromInt64(event.eventId as Int64);
}

function closing(activity: PendingActivity): { scheduledEventId: number; startedEventId: number } {
  return { scheduledEventId: activity.scheduledEventId, startedEventId: activity.startedEventId };
}

function remove(tx: Transition, activity: PendingActivity): void {
  tx.state.activities.delete(activity.scheduledEventId);
  tx.state.activityIds.delete(activity.activityId);
  tx.changed = true;
}

function touch(tx: Transition, activity: PendingActivity): void {
  tx.state.activities.put(activity.scheduledEventId, activity);
  tx.changed = true;
}

function timeoutFailure(timeoutType: number): Failure {
  return {
    message: `activity ${timeoutTypeName(timeoutType)} timeout`,
    source: 'Server',
    timeoutFailureInfo: { timeoutType },
  };
}
