/**
 * Everything of a run that happens by itself when time passes, as one number (the earliest) and one transition
 * (whatever is due). The boundary between runs and the timer queue, which keeps one entry per run.
 */
import { temporalProto } from '../proto/root.js';
import { timeOutActivity } from './activity.js';
import { limits } from './limits.js';
import type { MutableState } from './mutable-state.js';
import { nextCronRun, nextRetryRun } from './next-run.js';
import type { ReadStartedEvent } from './next-run.js';
import { nexusDeadlineMs, processNexusDeadline } from './nexus-operation.js';
import type { PendingActivity } from './pending-items.js';
import type { Transition } from './transition.js';
import { fireTimer } from './user-timer.js';
import { timeOutWorkflow } from './workflow-close.js';
import {
  ensureWorkflowTask,
  scheduleWorkflowTask,
  timeOutScheduledWorkflowTask,
  timeOutStartedWorkflowTask,
} from './workflow-task.js';

const TimeoutType = temporalProto.api.enums.v1.TimeoutType;

/** The earliest deadline, speculative task included; undefined: nothing will happen by itself. */
export function earliestDeadlineMs(state: MutableState): number | undefined {
  if (!state.isRunning) return undefined;
  let earliest = Infinity;
  if (state.info.runExpirationMs > 0) earliest = state.info.runExpirationMs;
  if (state.firstWorkflowTaskDueMs > 0) earliest = Math.min(earliest, state.firstWorkflowTaskDueMs);
  earliest = Math.min(earliest, workflowTaskDeadlineMs(state));
  for (const timer of state.timers.values()) earliest = Math.min(earliest, timer.fireTimeMs);
  for (const activity of state.activities.values()) earliest = Math.min(earliest, activityDeadline(activity).atMs);
  for (const operation of state.nexusOperations.values()) earliest = Math.min(earliest, nexusDeadlineMs(operation));
  return earliest === Infinity ? undefined : earliest;
}

/** The same as the store keeps it: a speculative task, which is not stored, has no say. */
export function storedDeadlineMs(state: MutableState): number | undefined {
  const task = state.workflowTask;
  if (!task?.isSpeculative) return earliestDeadlineMs(state);
  state.workflowTask = undefined;
  const deadlineMs = earliestDeadlineMs(state);
  state.workflowTask = task;
  return deadlineMs;
}

/** When the workflow task times out by one of its two timeouts; Infinity: not by itself. */
export function workflowTaskDeadlineMs(state: MutableState): number {
  const task = state.workflowTask;
  if (!task) return Infinity;
  if (task.startedEventId !== 0) return task.startedTimeMs + task.timeoutMs;
  if (task.isOnStickyQueue && state.stickyScheduleToStartMs > 0) {
    return task.scheduledTimeMs + state.stickyScheduleToStartMs;
  }
  return task.isSpeculative ? task.scheduledTimeMs + limits.speculativeScheduleToStartMs : Infinity;
}

interface ActivityDeadline {
  readonly atMs: number;
  /** A timeout type, or 0 when the backoff before the next attempt ends. */
  readonly timeoutType: number;
}

function activityDeadline(activity: PendingActivity): ActivityDeadline {
  let atMs = Infinity;
  let timeoutType = 0;
  if (activity.paused) return { atMs, timeoutType };
  const offer = (candidate: number, type: number): void => {
    if (candidate < atMs) {
      atMs = candidate;
      timeoutType = type;
    }
  };
  const offerScheduleToClose = (): void => {
    if (activity.scheduleToCloseMs === 0) return;
    offer(activity.firstScheduledTimeMs + activity.scheduleToCloseMs, TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE);
  };
  // Of two at the same instant the one that is offered first counts: the narrower timeout, as in the official server.
  if (activity.startedEventId === 0) {
    if (activity.scheduleToStartMs > 0) {
      offer(activity.scheduledTimeMs + activity.scheduleToStartMs, TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START);
    }
    offerScheduleToClose();
    // Past its backoff an attempt waits in a task queue, not for the clock.
    if (isDelayed(activity) && !activity.isDispatched) {
      offer(activity.scheduledTimeMs, 0);
    }
    return { atMs, timeoutType };
  }
  if (activity.startToCloseMs > 0) {
    offer(activity.startedTimeMs + activity.startToCloseMs, TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE);
  }
  offerScheduleToClose();
  if (activity.heartbeatMs > 0) {
    const lastMs = Math.max(activity.startedTimeMs, activity.lastHeartbeatTimeMs);
    offer(lastMs + activity.heartbeatMs, TimeoutType.TIMEOUT_TYPE_HEARTBEAT);
  }
  return { atMs, timeoutType };
}

/** Handed out later than scheduled: a retry, or an attempt that an operator has put off. */
export function isDelayed(activity: PendingActivity): boolean {
  return activity.attempt > 1 || activity.scheduledTimeMs > activity.firstScheduledTimeMs;
}

/** Does whatever is due: run timeout first, then timers, activities and Nexus operations, then the task. */
export function processDeadlines(tx: Transition, readStarted: ReadStartedEvent): void {
  const { state, nowMs } = tx;
  if (!state.isRunning) return;
  if (state.info.runExpirationMs > 0 && state.info.runExpirationMs <= nowMs) {
    timeOutRun(tx, readStarted);
    return;
  }
  if (state.firstWorkflowTaskDueMs > 0 && state.firstWorkflowTaskDueMs <= nowMs) {
    state.firstWorkflowTaskDueMs = 0;
    tx.changed = true;
    ensureWorkflowTask(tx);
  }
  if (workflowTaskDeadlineMs(state) <= nowMs) timeOutWorkflowTask(tx);
  let somethingHappened = fireDueTimers(tx);
  for (const activity of dueActivities(state, nowMs)) {
    let deadline = activityDeadline(activity);
    if (deadline.timeoutType === 0) {
      activity.isDispatched = true;
      tx.dispatchActivities.push(activity.scheduledEventId);
      // Much time may have passed at once: a timeout that came after the backoff is due as well.
      deadline = activityDeadline(activity);
      if (deadline.atMs > nowMs) continue;
    }
    if (timeOutActivity(tx, activity, deadline.timeoutType)) somethingHappened = true;
  }
  for (const operation of [...state.nexusOperations.values()]) {
    if (nexusDeadlineMs(operation) <= nowMs && processNexusDeadline(tx, operation)) somethingHappened = true;
  }
  if (somethingHappened) ensureWorkflowTask(tx);
}

function fireDueTimers(tx: Transition): boolean {
  const due = [...tx.state.timers.values()].filter((timer) => timer.fireTimeMs <= tx.nowMs);
  due.sort((a, b) => a.fireTimeMs - b.fireTimeMs || a.startedEventId - b.startedEventId);
  for (const timer of due) fireTimer(tx, timer);
  return due.length > 0;
}

function dueActivities(state: MutableState, nowMs: number): PendingActivity[] {
  const due: { activity: PendingActivity; atMs: number }[] = [];
  for (const activity of state.activities.values()) {
    const { atMs } = activityDeadline(activity);
    if (atMs <= nowMs) due.push({ activity, atMs });
  }
  due.sort((a, b) => a.atMs - b.atMs || a.activity.scheduledEventId - b.activity.scheduledEventId);
  return due.map(({ activity }) => activity);
}

function timeOutWorkflowTask(tx: Transition): void {
  if (tx.state.isWorkflowTaskStarted) timeOutStartedWorkflowTask(tx);
  else timeOutScheduledWorkflowTask(tx);
  scheduleWorkflowTask(tx);
}

function timeOutRun(tx: Transition, readStarted: ReadStartedEvent): void {
  const { info } = tx.state;
  const isChainOver = info.executionExpirationMs > 0 && info.executionExpirationMs <= tx.nowMs;
  const failure = {
    message: 'workflow timeout',
    source: 'Server',
    timeoutFailureInfo: { timeoutType: TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE },
  };
  if (isChainOver) {
    timeOutWorkflow(tx, temporalProto.api.enums.v1.RetryState.RETRY_STATE_TIMEOUT, undefined);
    return;
  }
  const retry = nextRetryRun(tx, readStarted, failure);
  const nextRun = retry.run ?? nextCronRun(tx, readStarted, { result: null, failure });
  timeOutWorkflow(tx, retry.retryState, nextRun);
}
