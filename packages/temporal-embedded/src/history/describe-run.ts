/** A run as DescribeWorkflowExecution shows it, made from its mutable state. */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { describeCallback, describeNexusOperation } from './describe-nexus.js';
import { describeVersioning } from './run-versioning.js';
import type { MutableState } from './mutable-state.js';
import type { PendingActivity } from './pending-items.js';
import { durationFromMs, timestampFromMs } from './proto-time.js';

type Response = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse;

const { Memo, SearchAttributes, Payloads, Priority, RetryPolicy, WorkerVersionStamp } = temporalProto.api.common.v1;
const { UserMetadata } = temporalProto.api.sdk.v1;
const { ResetPoints } = temporalProto.api.workflow.v1;
const FailureMessage = temporalProto.api.failure.v1.Failure;
const { PendingActivityState, PendingWorkflowTaskState, TaskQueueKind, EventType } = temporalProto.api.enums.v1;

/** What the official server, written in Go, says of a time that is none: the first of January of the year 1. */
const NEVER_MS = -62_135_596_800_000;

export function describeRun(state: MutableState, nowMs: number): Response {
  const { info } = state;
  const response: object = {
    executionConfig: {
      taskQueue: { name: info.taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
      workflowExecutionTimeout: durationFromMs(info.workflowExecutionTimeoutMs),
      workflowRunTimeout: durationFromMs(info.workflowRunTimeoutMs),
      defaultWorkflowTaskTimeout: durationFromMs(info.workflowTaskTimeoutMs),
      ...(info.userMetadata.length > 0 ? { userMetadata: UserMetadata.decode(info.userMetadata) } : {}),
    },
    workflowExecutionInfo: describeExecution(state),
    pendingActivities: [...state.activities.values()].map((activity) => describeActivity(activity, nowMs)),
    pendingChildren: [...state.children.values()].map((child) => ({
      workflowId: child.workflowId,
      runId: child.runId,
      workflowTypeName: child.workflowType,
      initiatedId: child.initiatedEventId,
      parentClosePolicy: child.parentClosePolicy,
    })),
    pendingNexusOperations: [...state.nexusOperations.values()].map(describeNexusOperation),
    callbacks: [...state.callbacks.values()].map(describeCallback),
    ...describeWorkflowTask(state),
    workflowExtendedInfo: {
      ...(info.executionExpirationMs ? { executionExpirationTime: timestampFromMs(info.executionExpirationMs) } : {}),
      runExpirationTime: timestampFromMs(info.runExpirationMs || NEVER_MS),
      cancelRequested: state.cancelRequested,
      originalStartTime: timestampFromMs(state.originalStartTimeMs || info.startTimeMs),
      ...(state.resetRunId ? { resetRunId: state.resetRunId } : {}),
      ...(state.baseRunId ? { lastResetTime: timestampFromMs(info.startTimeMs) } : {}),
      requestIdInfos: describeRequestIds(state),
    },
  };
  return response as Response;
}

function describeExecution(state: MutableState): temporal.api.workflow.v1.IWorkflowExecutionInfo {
  const { info } = state;
  const execution: object = {
    execution: { workflowId: state.workflowId, runId: state.runId },
    type: { name: info.workflowType },
    startTime: timestampFromMs(info.startTimeMs),
    executionTime: timestampFromMs(info.executionTimeMs),
    status: state.status,
    historyLength: state.nextEventId - 1,
    taskQueue: info.taskQueue,
    stateTransitionCount: state.stateTransitionCount,
    historySizeBytes: state.historySizeBytes,
    rootExecution: { workflowId: info.rootWorkflowId, runId: info.rootRunId },
    firstRunId: info.firstExecutionRunId,
    ...describeVersioning(state),
    memo: Memo.decode(state.memo),
    ...(state.resetPoints.length > 0 ? { autoResetPoints: ResetPoints.decode(state.resetPoints) } : {}),
    searchAttributes: SearchAttributes.decode(state.searchAttributes),
    ...(info.priority.length > 0 ? { priority: Priority.decode(info.priority) } : {}),
    ...(state.mostRecentWorkerVersion.length > 0
      ? { mostRecentWorkerVersionStamp: WorkerVersionStamp.decode(state.mostRecentWorkerVersion) }
      : {}),
    ...(info.parentRunId
      ? {
          parentNamespaceId: info.parentNamespaceId,
          parentExecution: { workflowId: info.parentWorkflowId, runId: info.parentRunId },
        }
      : {}),
    ...(state.isRunning
      ? {}
      : {
          closeTime: timestampFromMs(state.closeTimeMs),
          executionDuration: durationFromMs(Math.max(state.closeTimeMs - info.executionTimeMs, 0)),
        }),
  };
  return execution;
}

function describeWorkflowTask(state: MutableState): object {
  const task = state.workflowTask;
  if (!task) return {};
  return {
    pendingWorkflowTask: {
      state: task.startedEventId
        ? PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_STARTED
        : PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED,
      scheduledTime: timestampFromMs(task.scheduledTimeMs),
      originalScheduledTime: timestampFromMs(task.originalScheduledTimeMs),
      ...(task.startedEventId ? { startedTime: timestampFromMs(task.startedTimeMs) } : {}),
      attempt: state.workflowTaskAttempt,
    },
  };
}

function describeActivity(activity: PendingActivity, nowMs: number): object {
  const isStarted = activity.startedEventId !== 0;
  const isBackingOff = !isStarted && activity.scheduledTimeMs > nowMs;
  return {
    activityId: activity.activityId,
    activityType: { name: activity.activityType },
    activityOptions: describeOptions(activity),
    state: activityState(activity),
    attempt: activity.attempt,
    maximumAttempts: activity.retryMaximumAttempts,
    scheduledTime: timestampFromMs(activity.scheduledTimeMs),
    lastWorkerIdentity: activity.lastWorkerIdentity,
    ...(isStarted ? { lastStartedTime: timestampFromMs(activity.startedTimeMs) } : {}),
    ...(activity.retryExpirationMs ? { expirationTime: timestampFromMs(activity.retryExpirationMs) } : {}),
    ...(activity.lastFailure.length > 0 ? { lastFailure: FailureMessage.decode(activity.lastFailure) } : {}),
    ...(activity.lastHeartbeatTimeMs
      ? {
          lastHeartbeatTime: timestampFromMs(activity.lastHeartbeatTimeMs),
          heartbeatDetails: Payloads.decode(activity.heartbeatDetails),
        }
      : {}),
    ...(activity.lastAttemptCompleteTimeMs
      ? { lastAttemptCompleteTime: timestampFromMs(activity.lastAttemptCompleteTimeMs) }
      : {}),
    ...(isStarted || activity.cancelRequested ? {} : retryTimes(activity, isBackingOff)),
    ...(activity.priority.length > 0 ? { priority: Priority.decode(activity.priority) } : {}),
    ...(activity.paused
      ? {
          paused: true,
          pauseInfo: {
            pauseTime: timestampFromMs(activity.pauseTimeMs),
            manual: { identity: activity.pausedBy, reason: activity.pauseReason },
          },
        }
      : {}),
  };
}

function describeOptions(activity: PendingActivity): object {
  return {
    taskQueue: { name: activity.taskQueue, normalName: activity.taskQueue },
    scheduleToCloseTimeout: durationFromMs(activity.scheduleToCloseMs),
    scheduleToStartTimeout: durationFromMs(activity.scheduleToStartMs),
    startToCloseTimeout: durationFromMs(activity.startToCloseMs),
    heartbeatTimeout: durationFromMs(activity.heartbeatMs),
    retryPolicy: RetryPolicy.decode(activity.retryPolicy),
  };
}

function retryTimes(activity: PendingActivity, isBackingOff: boolean): object {
  if (isBackingOff) {
    return {
      nextAttemptScheduleTime: timestampFromMs(activity.scheduledTimeMs),
      currentRetryInterval: durationFromMs(activity.scheduledTimeMs - activity.lastAttemptCompleteTimeMs),
    };
  }
  const intervalMs = activity.retryInitialMs * activity.retryCoefficient ** (activity.attempt - 1);
  return { currentRetryInterval: durationFromMs(intervalMs) };
}

function activityState(activity: PendingActivity): number {
  if (activity.cancelRequested) return PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED;
  if (activity.startedEventId !== 0) {
    return activity.paused
      ? PendingActivityState.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED
      : PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;
  }
  return activity.paused
    ? PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED
    : PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
}

function describeRequestIds(state: MutableState): Record<string, object> {
  const infos: Record<string, object> = {
    [state.info.startRequestId]: { eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, eventId: 1 },
  };
  for (const known of state.requestIds.values()) {
    // Signals keep their request ids for dedupe only; the ones shown are those that started or joined the run.
    if (known.eventType !== EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED) continue;
    infos[known.requestId] =
      known.eventId > 0
        ? { eventType: known.eventType, eventId: known.eventId }
        : { eventType: known.eventType, buffered: true };
  }
  return infos;
}
