/**
 * The workflow task's life: schedule, start, complete, fail, time out. Mirrors the state table in mutable-state.ts.
 *
 * The rules it guards: at most one workflow task per run; a task that is retried (attempt > 1) or speculative
 * writes its scheduled and started events only when it is certain that they belong into the history; new events
 * since then turn it into an ordinary first attempt.
 */
import { int64FromNumber } from '../proto/int64.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { EventType } from './history-builder.js';
import type { HistoryEvent } from './history-builder.js';
import { limits } from './limits.js';
import type { PendingWorkflowTask } from './mutable-state.js';
import type { PollerInfo } from './ports.js';
import { durationFromMs, msFromDuration, msFromTimestamp, numberFromInt64, timestampFromMs } from './proto-time.js';
import type { Int64 } from './proto-time.js';
import { noteStartedBy } from './run-versioning.js';
import type { Transition } from './transition.js';

const { WorkerVersionStamp } = temporalProto.api.common.v1;
const EMPTY = new Uint8Array(0);
const Cause = temporalProto.api.enums.v1.WorkflowTaskFailedCause;
const TimeoutType = temporalProto.api.enums.v1.TimeoutType;
const TaskQueueKind = temporalProto.api.enums.v1.TaskQueueKind;

export interface ScheduleWorkflowTaskOptions {
  readonly isSpeculative?: boolean;
  /** Of a heartbeat task: when the first of its chain was scheduled. */
  readonly originalScheduledTimeMs?: number;
  /** False when the caller hands the task out by itself. */
  readonly dispatch?: boolean;
}

/** The queue that the next workflow task goes to, as events show it. */
export function currentTaskQueue(tx: Pick<Transition, 'state'>): temporal.api.taskqueue.v1.ITaskQueue {
  const { state } = tx;
  if (state.stickyTaskQueue !== '') {
    return {
      name: state.stickyTaskQueue,
      kind: TaskQueueKind.TASK_QUEUE_KIND_STICKY,
      normalName: state.info.taskQueue,
    };
  }
  return { name: state.info.taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL };
}

/** Schedules a workflow task; the run must not have one. */
export function scheduleWorkflowTask(tx: Transition, options: ScheduleWorkflowTaskOptions = {}): PendingWorkflowTask {
  const { state, history, nowMs } = tx;
  if (state.workflowTask) throw new Error(`Run ${state.runId} already has a workflow task.`);
  let isSpeculative = options.isSpeculative === true;
  if (history.hasBufferedEvents) {
    // New events make it an ordinary task, and they go before it.
    state.workflowTaskAttempt = 1;
    isSpeculative = false;
    history.flushBuffered();
  }
  const attempt = state.workflowTaskAttempt;
  const timeoutMs = startToCloseMs(state.info.workflowTaskTimeoutMs, attempt);
  let scheduledEventId = state.nextEventId;
  if (attempt === 1 && !isSpeculative) {
    scheduledEventId = numberFromInt64(addScheduledEvent(tx, timeoutMs, nowMs).eventId as Int64);
  }
  const task: PendingWorkflowTask = {
    ...scheduledTask(scheduledEventId, timeoutMs, nowMs),
    originalScheduledTimeMs: options.originalScheduledTimeMs ?? nowMs,
    isOnStickyQueue: state.stickyTaskQueue !== '',
    ...(isSpeculative ? { isSpeculative: true } : {}),
  };
  state.workflowTask = task;
  if (!isSpeculative) tx.changed = true;
  if (options.dispatch !== false) tx.dispatchWorkflowTask = true;
  return task;
}

function scheduledTask(scheduledEventId: number, timeoutMs: number, scheduledTimeMs: number): PendingWorkflowTask {
  return {
    scheduledEventId,
    startedEventId: 0,
    scheduledTimeMs,
    originalScheduledTimeMs: scheduledTimeMs,
    startedTimeMs: 0,
    timeoutMs,
    requestId: '',
    identity: '',
    suggestContinueAsNew: false,
    historySizeBytes: 0,
    isOnStickyQueue: false,
    workerVersion: EMPTY,
  };
}

/** Schedules a workflow task unless there is one, the run is closed, or its first one is still delayed. */
export function ensureWorkflowTask(tx: Transition): void {
  const { state } = tx;
  if (!state.isRunning || state.workflowTask || state.firstWorkflowTaskDueMs !== 0) return;
  scheduleWorkflowTask(tx);
}

/** Hands the scheduled task to a worker. */
export function startWorkflowTask(
  tx: Transition,
  worker: PollerInfo,
  updateRegistrySuggestsContinueAsNew = false,
): PendingWorkflowTask {
  const { state, history, nowMs } = tx;
  const task = state.workflowTask;
  if (!task || task.startedEventId !== 0) throw new Error(`Run ${state.runId} has no workflow task to start.`);
  task.suggestContinueAsNew =
    updateRegistrySuggestsContinueAsNew ||
    state.historySizeBytes >= tx.limits.suggestContinueAsNewBytes ||
    state.nextEventId >= tx.limits.suggestContinueAsNewEvents;
  task.historySizeBytes = state.historySizeBytes;
  task.requestId = worker.requestId;
  task.identity = worker.identity;
  task.workerVersion = worker.workerVersion ? WorkerVersionStamp.encode(worker.workerVersion).finish() : EMPTY;
  task.startedTimeMs = nowMs;
  let isWritten = state.workflowTaskAttempt === 1 && !task.isSpeculative;
  if (!isWritten && (task.scheduledEventId !== state.nextEventId || history.hasBufferedEvents)) {
    // Events came since it was scheduled: it becomes an ordinary first attempt.
    history.flushBuffered();
    state.workflowTaskAttempt = 1;
    delete task.isSpeculative;
    isWritten = true;
    task.scheduledEventId = numberFromInt64(addScheduledEvent(tx, task.timeoutMs, nowMs).eventId as Int64);
  }
  task.startedEventId = task.scheduledEventId + 1;
  if (isWritten) {
    history.flushBuffered();
    task.startedEventId = numberFromInt64(addStartedEvent(tx, task).eventId as Int64);
    history.startBatch();
  }
  if (!task.isSpeculative) {
    tx.changed = true;
    noteStartedBy(state, worker.version ?? '');
  }
  return task;
}

/** Writes the events of a task that had none so far, because they are needed now. */
export function materializeWorkflowTask(tx: Transition, task: PendingWorkflowTask): void {
  task.scheduledEventId = numberFromInt64(addScheduledEvent(tx, task.timeoutMs, task.scheduledTimeMs).eventId as Int64);
  if (task.startedEventId !== 0) {
    task.startedEventId = numberFromInt64(addStartedEvent(tx, task).eventId as Int64);
    tx.history.startBatch();
  }
  delete task.isSpeculative;
  tx.changed = true;
}

/** A speculative task becomes an ordinary one as soon as anything else is written. */
export function convertSpeculativeWorkflowTask(tx: Transition): void {
  const task = tx.state.workflowTask;
  if (!task?.isSpeculative) return;
  // The events say no worker, as the official server's do not in this case.
  task.identity = '';
  task.workerVersion = EMPTY;
  materializeWorkflowTask(tx, task);
}

/** Takes the task away without an event; what comes next is a first attempt. */
export function removeWorkflowTask(tx: Pick<Transition, 'state'>): void {
  tx.state.workflowTask = undefined;
  tx.state.workflowTaskAttempt = 1;
  tx.state.workflowTaskFailureCause = 0;
  tx.state.closeAttempted = false;
}

export interface WorkflowTaskFailure {
  readonly cause: temporal.api.enums.v1.WorkflowTaskFailedCause;
  readonly failure: temporal.api.failure.v1.IFailure | null;
  readonly identity: string;
  readonly binaryChecksum?: string;
  /** The task fails because the run is another one's new beginning. */
  readonly reset?: { readonly baseRunId: string; readonly newRunId: string };
}

/** Fails the started task: an event on the first attempt, a silent retry on later ones. */
export function failWorkflowTask(tx: Transition, failure: WorkflowTaskFailure): HistoryEvent | undefined {
  const { state } = tx;
  const task = state.workflowTask;
  if (!task) return undefined;
  if (task.isSpeculative) materializeWorkflowTask(tx, task);
  let event: HistoryEvent | undefined;
  if (!state.isWorkflowTaskTransient) {
    event = tx.history.add(EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED, {
      workflowTaskFailedEventAttributes: {
        scheduledEventId: task.scheduledEventId,
        startedEventId: task.startedEventId,
        cause: failure.cause,
        failure: failure.failure,
        identity: failure.identity,
        ...(failure.binaryChecksum ? { binaryChecksum: failure.binaryChecksum } : {}),
        ...failure.reset,
      },
    });
  }
  afterFailedAttempt(tx, true);
  if (failure.reset) state.workflowTaskAttempt = 1;
  state.workflowTaskFailureCause = failure.cause;
  state.closeAttempted = failure.cause === Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND;
  return event;
}

/** The worker did not come back in time. */
export function timeOutStartedWorkflowTask(tx: Transition): void {
  const { state } = tx;
  const task = state.workflowTask;
  if (!task) return;
  if (task.isSpeculative) materializeWorkflowTask(tx, task);
  if (!state.isWorkflowTaskTransient) addTimedOutEvent(tx, task, TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE);
  afterFailedAttempt(tx, true);
}

/** Nobody took the task from the sticky queue (or a speculative one from any queue) in time. */
export function timeOutScheduledWorkflowTask(tx: Transition): void {
  const task = tx.state.workflowTask;
  if (!task) return;
  if (task.isSpeculative) materializeWorkflowTask(tx, task);
  addTimedOutEvent(tx, task, TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START);
  afterFailedAttempt(tx, false);
}

export function clearStickiness(tx: Transition): void {
  tx.state.stickyTaskQueue = '';
  tx.state.stickyScheduleToStartMs = 0;
  tx.changed = true;
}

function afterFailedAttempt(tx: Transition, countsAttempt: boolean): void {
  const { state } = tx;
  // A failure on a sticky queue is first blamed on stickiness: the full history is tried before it counts.
  const counts = countsAttempt && state.stickyTaskQueue === '';
  clearStickiness(tx);
  state.workflowTask = undefined;
  state.closeAttempted = false;
  state.workflowTaskAttempt = counts ? state.workflowTaskAttempt + 1 : 1;
}

/** From the fourth attempt on, the worker's silence about failures is used as backoff: the task times out ever later. */
function startToCloseMs(defaultMs: number, attempt: number): number {
  if (attempt <= limits.workflowTaskBackoffMinAttempts) return defaultMs;
  const exponent = attempt - limits.workflowTaskBackoffMinAttempts - 1;
  return defaultMs + Math.min(limits.workflowTaskBackoffInitialMs * 2 ** exponent, limits.workflowTaskBackoffMaximumMs);
}

function addScheduledEvent(tx: Transition, timeoutMs: number, scheduledTimeMs: number): HistoryEvent {
  return tx.history.add(
    EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
    {
      workflowTaskScheduledEventAttributes: {
        taskQueue: currentTaskQueue(tx),
        startToCloseTimeout: durationFromMs(timeoutMs),
        attempt: tx.state.workflowTaskAttempt,
      },
    },
    scheduledTimeMs,
  );
}

function addStartedEvent(tx: Transition, task: PendingWorkflowTask): HistoryEvent {
  return tx.history.add(
    EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    { workflowTaskStartedEventAttributes: startedAttributes(task) },
    task.startedTimeMs,
  );
}

function startedAttributes(task: PendingWorkflowTask): temporal.api.history.v1.IWorkflowTaskStartedEventAttributes {
  return {
    scheduledEventId: int64FromNumber(task.scheduledEventId),
    identity: task.identity,
    requestId: task.requestId,
    historySizeBytes: int64FromNumber(task.historySizeBytes),
    ...(task.workerVersion.length > 0 ? { workerVersion: WorkerVersionStamp.decode(task.workerVersion) } : {}),
    ...(task.suggestContinueAsNew ? { suggestContinueAsNew: true } : {}),
  };
}

function addTimedOutEvent(tx: Transition, task: PendingWorkflowTask, timeoutType: number): void {
  tx.history.add(EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT, {
    workflowTaskTimedOutEventAttributes: {
      scheduledEventId: task.scheduledEventId,
      startedEventId: task.startedEventId,
      timeoutType,
    },
  });
}

/** The scheduled and started events of a task that has none in the history, as a worker gets to see them. */
export function transientWorkflowTaskEvents(tx: Pick<Transition, 'state'>, task: PendingWorkflowTask): HistoryEvent[] {
  const { state } = tx;
  return [
    {
      eventId: int64FromNumber(task.scheduledEventId),
      eventTime: timestampFromMs(task.scheduledTimeMs),
      eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
      workflowTaskScheduledEventAttributes: {
        taskQueue: currentTaskQueue(tx),
        startToCloseTimeout: durationFromMs(task.timeoutMs),
        attempt: state.workflowTaskAttempt,
      },
    },
    {
      eventId: int64FromNumber(task.startedEventId),
      eventTime: timestampFromMs(task.startedTimeMs),
      eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
      workflowTaskStartedEventAttributes: startedAttributes(task),
    },
  ];
}

/** Brings the task's state to where an event has got it, when a run is made from a history; no task is on a sticky queue then. */
export function replayWorkflowTaskEvent(tx: Pick<Transition, 'state' | 'nowMs'>, event: HistoryEvent): void {
  const { state } = tx;
  const eventId = numberFromInt64(event.eventId as Int64);
  const atMs = msFromTimestamp(event.eventTime) ?? tx.nowMs;
  const scheduled = event.workflowTaskScheduledEventAttributes;
  const started = event.workflowTaskStartedEventAttributes;
  const timedOut = event.workflowTaskTimedOutEventAttributes;
  if (scheduled) {
    state.workflowTaskAttempt = scheduled.attempt || 1;
    state.workflowTask = scheduledTask(eventId, msFromDuration(scheduled.startToCloseTimeout), atMs);
  } else if (started && state.workflowTask) {
    state.workflowTask.startedEventId = eventId;
    state.workflowTask.startedTimeMs = atMs;
    state.workflowTask.requestId = started.requestId ?? '';
    state.workflowTask.identity = started.identity ?? '';
  } else if (event.workflowTaskCompletedEventAttributes) {
    state.previousStartedEventId = numberFromInt64(event.workflowTaskCompletedEventAttributes.startedEventId as Int64);
    removeWorkflowTask(tx);
  } else if (event.workflowTaskFailedEventAttributes || timedOut) {
    const countsAttempt = timedOut?.timeoutType !== TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START;
    state.workflowTaskAttempt = countsAttempt ? state.workflowTaskAttempt + 1 : 1;
    // The next attempt has no event of its own, and no place in the history until it is started.
    state.workflowTask =
      state.workflowTaskAttempt > 1 ? scheduledTask(0, state.info.workflowTaskTimeoutMs, tx.nowMs) : undefined;
  }
}
