/**
 * What an operator may do to a pending activity: pause it, let it go on, begin anew, and change its options.
 *
 *   scheduled --pause--> paused --unpause--> scheduled (at once, or a while later)
 *   started   --pause--> pause requested: the worker may finish, a failed attempt waits until it is unpaused
 *
 * The rules it guards: nothing of a paused activity happens by itself (no attempt, no timeout); whatever was offered to
 * a worker before a change is stale after it.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { InvalidArgumentError, NotFoundError } from '../errors.js';
import { activityTimeouts } from './activity-timeouts.js';
import { CommandRefusedError } from './commands/command-context.js';
import { mergePayloads } from './payload-map.js';
import type { PendingActivity } from './pending-items.js';

import { durationFromMs, msFromDuration } from './proto-time.js';
import { encodeKeywordListPayload } from './string-payload.js';
import type { Transition } from './transition.js';

type ActivityOptions = temporal.api.activity.v1.IActivityOptions;
type ScheduledAttributes = temporal.api.history.v1.IActivityTaskScheduledEventAttributes;

const { RetryPolicy, SearchAttributes } = temporalProto.api.common.v1;
const { TaskQueueKind } = temporalProto.api.enums.v1;
const EMPTY = new Uint8Array(0);

/** Which of a run's pending activities are meant. */
export type ActivitySelection = { readonly id: string } | { readonly type: string } | 'all';

/** Throws NotFoundError when no pending activity is meant. */
export function selectActivities(tx: Transition, selection: ActivitySelection): PendingActivity[] {
  if (!tx.state.isRunning) throw new NotFoundError('workflow execution already completed');
  const selected = [...tx.state.activities.values()].filter(
    (activity) =>
      selection === 'all' ||
      ('id' in selection ? activity.activityId === selection.id : activity.activityType === selection.type),
  );
  if (selected.length > 0) return selected;
  throw new NotFoundError("Can't find pending activity with such ID. Invalid activityID or activity already completed");
}

export function pauseActivity(tx: Transition, activity: PendingActivity, identity: string, reason: string): void {
  if (activity.paused) return;
  if (isWaiting(activity)) activity.stamp += 1;
  activity.paused = true;
  activity.pauseTimeMs = tx.nowMs;
  activity.pausedBy = identity;
  activity.pauseReason = reason;
  activity.isDispatched = false;
  keep(tx, activity);
  showPaused(tx);
}

export interface UnpauseOptions {
  readonly resetAttempts: boolean;
  readonly resetHeartbeat: boolean;
  /** How long to wait before the activity goes on; picked by the caller. */
  readonly delayMs: number;
}

export function unpauseActivity(tx: Transition, activity: PendingActivity, options: UnpauseOptions): void {
  if (!activity.paused) return;
  activity.paused = false;
  activity.stamp += 1;
  if (options.resetAttempts) activity.attempt = 1;
  if (options.resetHeartbeat) clearHeartbeat(activity);
  if (isWaiting(activity)) scheduleAnew(tx, activity, tx.nowMs + options.delayMs);
  keep(tx, activity);
  showPaused(tx);
}

export interface ResetActivityOptions {
  readonly resetHeartbeat: boolean;
  readonly keepPaused: boolean;
  readonly delayMs: number;
  /** As the activity was scheduled; undefined: its options stay as they are. */
  readonly original: ScheduledAttributes | undefined;
}

/** The first attempt again. An attempt that a worker has goes on and counts as the first. */
export function resetActivity(tx: Transition, activity: PendingActivity, options: ResetActivityOptions): void {
  activity.attempt = 1;
  activity.isReset = true;
  if (options.resetHeartbeat) activity.resetsHeartbeat = true;
  if (options.original) setOptions(activity, options.original);
  keep(tx, activity);
  if ((activity.startedEventId !== 0 && !activity.cancelRequested) || (activity.paused && options.keepPaused)) return;
  activity.stamp += 1;
  const wasPaused = activity.paused;
  activity.paused = false;
  if (isWaiting(activity)) {
    if (options.resetHeartbeat) clearHeartbeat(activity);
    scheduleAnew(tx, activity, tx.nowMs + options.delayMs);
  }
  if (wasPaused) showPaused(tx);
}

/** Sets the options that `mask` names (`scheduleToCloseTimeout`, `retryPolicy.maximumAttempts`, ...); returns all of them. */
export function updateActivityOptions(
  tx: Transition,
  activity: PendingActivity,
  changes: ActivityOptions,
  mask: ReadonlySet<string>,
): ActivityOptions {
  const options = merged(activity, changes, mask);
  const applied = applyOptions(tx, activity, { ...options, ...adjustedTimeouts(tx, activity, options) });
  return { ...applied, taskQueue: { name: activity.taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL } };
}

/** Gives an activity back the options with which it was scheduled. */
export function restoreActivityOptions(
  tx: Transition,
  activity: PendingActivity,
  original: ScheduledAttributes,
): ActivityOptions {
  return applyOptions(tx, activity, original);
}

/** What an attempt leaves behind when the next one begins, after a reset of the activity. */
export function forgetReset(activity: PendingActivity): void {
  if (activity.resetsHeartbeat) clearHeartbeat(activity);
  activity.isReset = false;
  activity.resetsHeartbeat = false;
}

function applyOptions(
  tx: Transition,
  activity: PendingActivity,
  options: ActivityOptions | ScheduledAttributes,
): ActivityOptions {
  setOptions(activity, options);
  activity.stamp += 1;
  if (isWaiting(activity) && !activity.paused) scheduleAnew(tx, activity, nextScheduledTimeMs(activity));
  keep(tx, activity);
  return {
    taskQueue: { name: activity.taskQueue },
    scheduleToCloseTimeout: durationFromMs(activity.scheduleToCloseMs),
    scheduleToStartTimeout: durationFromMs(activity.scheduleToStartMs),
    startToCloseTimeout: durationFromMs(activity.startToCloseMs),
    heartbeatTimeout: durationFromMs(activity.heartbeatMs),
    retryPolicy: RetryPolicy.decode(activity.retryPolicy),
  };
}

function setOptions(activity: PendingActivity, options: ActivityOptions | ScheduledAttributes): void {
  const policy = options.retryPolicy;
  activity.taskQueue = options.taskQueue?.name || activity.taskQueue;
  activity.scheduleToCloseMs = msFromDuration(options.scheduleToCloseTimeout);
  activity.scheduleToStartMs = msFromDuration(options.scheduleToStartTimeout);
  activity.startToCloseMs = msFromDuration(options.startToCloseTimeout);
  activity.heartbeatMs = msFromDuration(options.heartbeatTimeout);
  activity.retryInitialMs = msFromDuration(policy?.initialInterval);
  activity.retryCoefficient = policy?.backoffCoefficient ?? 0;
  activity.retryMaximumMs = msFromDuration(policy?.maximumInterval);
  activity.retryMaximumAttempts = policy?.maximumAttempts ?? 0;
  activity.retryPolicy = RetryPolicy.encode({
    initialInterval: durationFromMs(activity.retryInitialMs),
    backoffCoefficient: activity.retryCoefficient,
    maximumInterval: durationFromMs(activity.retryMaximumMs),
    maximumAttempts: activity.retryMaximumAttempts,
    nonRetryableErrorTypes: activity.retryNonRetryableTypes,
  }).finish();
}

function merged(activity: PendingActivity, changes: ActivityOptions, mask: ReadonlySet<string>): ActivityOptions {
  const pick = <T>(path: string, current: T, changed: T): T => (mask.has(path) ? changed : current);
  const changesPolicy = [...mask].some((path) => path.startsWith('retryPolicy.'));
  if (changesPolicy && !changes.retryPolicy) throw new InvalidArgumentError('RetryPolicy is not provided');
  if (mask.has('taskQueue.name') && !changes.taskQueue) throw new InvalidArgumentError('TaskQueue is not provided');
  const policy = changes.retryPolicy ?? {};
  return {
    taskQueue: { name: pick('taskQueue.name', activity.taskQueue, changes.taskQueue?.name ?? '') },
    scheduleToCloseTimeout: pick(
      'scheduleToCloseTimeout',
      durationFromMs(activity.scheduleToCloseMs),
      changes.scheduleToCloseTimeout ?? null,
    ),
    scheduleToStartTimeout: pick(
      'scheduleToStartTimeout',
      durationFromMs(activity.scheduleToStartMs),
      changes.scheduleToStartTimeout ?? null,
    ),
    startToCloseTimeout: pick(
      'startToCloseTimeout',
      durationFromMs(activity.startToCloseMs),
      changes.startToCloseTimeout ?? null,
    ),
    heartbeatTimeout: pick('heartbeatTimeout', durationFromMs(activity.heartbeatMs), changes.heartbeatTimeout ?? null),
    retryPolicy: {
      initialInterval: pick(
        'retryPolicy.initialInterval',
        durationFromMs(activity.retryInitialMs),
        policy.initialInterval ?? null,
      ),
      backoffCoefficient: pick(
        'retryPolicy.backoffCoefficient',
        activity.retryCoefficient,
        policy.backoffCoefficient ?? 0,
      ),
      maximumInterval: pick(
        'retryPolicy.maximumInterval',
        durationFromMs(activity.retryMaximumMs),
        policy.maximumInterval ?? null,
      ),
      maximumAttempts: pick('retryPolicy.maximumAttempts', activity.retryMaximumAttempts, policy.maximumAttempts ?? 0),
    },
  };
}

/** The timeouts as a workflow's command would get them: what is missing filled in, what is too long cut. */
function adjustedTimeouts(tx: Transition, activity: PendingActivity, options: ActivityOptions): ActivityOptions {
  const names = `ActivityId=${activity.activityId} ActivityType=${activity.activityType}`;
  try {
    const timeouts = activityTimeouts(options, tx.state.info.workflowRunTimeoutMs, names);
    return {
      scheduleToCloseTimeout: durationFromMs(timeouts.scheduleToCloseMs),
      scheduleToStartTimeout: durationFromMs(timeouts.scheduleToStartMs),
      startToCloseTimeout: durationFromMs(timeouts.startToCloseMs),
      heartbeatTimeout: durationFromMs(timeouts.heartbeatMs),
    };
  } catch (error) {
    throw error instanceof CommandRefusedError ? new InvalidArgumentError(error.message) : error;
  }
}

/** When the attempt that waits may begin by the (new) retry policy. */
function nextScheduledTimeMs(activity: PendingActivity): number {
  if (activity.attempt <= 1) return activity.scheduledTimeMs;
  let intervalMs = activity.retryInitialMs * activity.retryCoefficient ** (activity.attempt - 1);
  if (activity.retryMaximumMs > 0 && (intervalMs <= 0 || intervalMs > activity.retryMaximumMs)) {
    intervalMs = activity.retryMaximumMs;
  }
  return intervalMs > 0 ? activity.lastAttemptCompleteTimeMs + intervalMs : activity.scheduledTimeMs;
}

function scheduleAnew(tx: Transition, activity: PendingActivity, atMs: number): void {
  forgetReset(activity);
  activity.scheduledTimeMs = atMs;
  activity.startedEventId = 0;
  activity.startedTimeMs = 0;
  activity.requestId = '';
  activity.lastFailure = EMPTY;
  activity.isDispatched = atMs <= tx.nowMs;
  if (activity.isDispatched) tx.dispatchActivities.push(activity.scheduledEventId);
  keep(tx, activity);
}

/** Neither with a worker nor about to be cancelled. */
function isWaiting(activity: PendingActivity): boolean {
  return activity.startedEventId === 0 && !activity.cancelRequested;
}

function clearHeartbeat(activity: PendingActivity): void {
  activity.heartbeatDetails = EMPTY;
  activity.lastHeartbeatTimeMs = 0;
}

function keep(tx: Transition, activity: PendingActivity): void {
  tx.state.activities.put(activity.scheduledEventId, activity);
  tx.changed = true;
}

/** Lists can be filtered by which types of activity are paused. */
function showPaused(tx: Transition): void {
  const types = new Set<string>();
  for (const activity of tx.state.activities.values()) if (activity.paused) types.add(activity.activityType);
  const values = [...types].map((type) => `property:activityType=${type}`);
  const fields = SearchAttributes.decode(tx.state.searchAttributes).indexedFields ?? {};
  const changed = mergePayloads(fields, { TemporalPauseInfo: encodeKeywordListPayload(values) });
  tx.state.searchAttributes = SearchAttributes.encode({ indexedFields: changed }).finish();
  tx.visibilityChanged = true;
}
