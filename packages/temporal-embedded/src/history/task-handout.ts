/**
 * What a worker gets with a task. The boundary between mutable state and poll responses: everything but the
 * history, which the reply reads as bytes, is put together here, in the turn in which the task starts.
 */
import { int64FromNumber } from '../proto/int64.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { encodeEventBatch, encodeLengthDelimited } from './event-batch.js';
import type { PendingWorkflowTask } from './mutable-state.js';
import type { MutableState } from './mutable-state.js';
import type { PendingActivity } from './pending-items.js';
import type { ActivityTaskHandout, WorkflowTaskHandout } from './ports.js';
import { durationFromMs, timestampFromMs } from './proto-time.js';
import type { RunContext } from './run-context.js';
import { encodeTaskToken } from './task-token.js';
import { transientWorkflowTaskEvents } from './workflow-task.js';

type WorkflowResponse = temporal.api.workflowservice.v1.IPollWorkflowTaskQueueResponse;
type ActivityResponse = temporal.api.workflowservice.v1.IPollActivityTaskQueueResponse;

const { RetryPolicy, Priority } = temporalProto.api.common.v1;
const TaskQueueKind = temporalProto.api.enums.v1.TaskQueueKind;
const ActivityResponseType = temporalProto.api.workflowservice.v1.PollActivityTaskQueueResponse as unknown as {
  fields: Record<string, { id: number }>;
};

export interface HandoutOptions {
  /** Only updates that came since the task before are sent. */
  readonly isHeartbeat?: boolean;
  /** The worker that has just completed the task before gets this one, and has the history up to there. */
  readonly isSameWorker?: boolean;
}

/** The hand-out of a workflow task that has just started. */
export function workflowTaskHandout(
  context: RunContext,
  task: PendingWorkflowTask,
  { isHeartbeat = false, isSameWorker = false }: HandoutOptions = {},
): WorkflowTaskHandout {
  const { state } = context;
  const isWritten = task.startedEventId < state.nextEventId;
  const firstEventId = isSameWorker || state.stickyTaskQueue !== '' ? state.previousStartedEventId + 1 : 1;
  const messages = context.updates.takeOutgoing(task.startedEventId - 1, isHeartbeat);
  const queries = context.queries.size > 0 ? context.queries.pending() : undefined;
  const response: WorkflowResponse = {
    ...runFields(state),
    taskToken: encodeTaskToken({
      ...tokenOf(state),
      scheduledEventId: task.scheduledEventId,
      startedEventId: task.startedEventId,
      attempt: state.workflowTaskAttempt,
      startedTimeMs: task.startedTimeMs,
    }),
    startedEventId: int64FromNumber(task.startedEventId),
    attempt: state.workflowTaskAttempt,
    scheduledTime: timestampFromMs(task.scheduledTimeMs),
    startedTime: timestampFromMs(task.startedTimeMs),
    ...(queries ? { queries } : {}),
    ...(messages.length > 0 ? { messages } : {}),
  };
  return {
    runKey: state.runKey,
    runId: state.runId,
    firstEventId,
    lastEventId: isWritten ? task.startedEventId : state.nextEventId - 1,
    historySuffix: isWritten
      ? undefined
      : encodeEventBatch(state.runKey, transientWorkflowTaskEvents({ state }, task)).bytes,
    response,
  };
}

/** The hand-out of a query that needs no workflow task. */
export function queryTaskHandout(
  state: MutableState,
  queryId: string,
  query: temporal.api.query.v1.IWorkflowQuery,
  isSticky: boolean,
): WorkflowTaskHandout {
  const response: WorkflowResponse = {
    ...runFields(state),
    taskToken: encodeTaskToken({ ...tokenOf(state), queryId }),
    startedEventId: int64FromNumber(0),
    attempt: 1,
    query,
  };
  return {
    runKey: state.runKey,
    runId: state.runId,
    // A worker that holds the run in its cache needs no history to answer.
    firstEventId: 1,
    lastEventId: isSticky ? 0 : state.nextEventId - 1,
    historySuffix: undefined,
    response,
  };
}

function runFields(state: MutableState): WorkflowResponse {
  return {
    workflowExecution: { workflowId: state.workflowId, runId: state.runId },
    workflowType: { name: state.info.workflowType },
    previousStartedEventId: int64FromNumber(state.previousStartedEventId),
    workflowExecutionTaskQueue: { name: state.info.taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
  };
}

/** The hand-out of an activity that has just started. */
export function activityTaskHandout(state: MutableState, activity: PendingActivity): ActivityTaskHandout {
  const fields: Uint8Array[] = [];
  appendField(fields, 'header', activity.header);
  appendField(fields, 'input', activity.input);
  appendField(fields, 'heartbeatDetails', activity.heartbeatDetails);
  const response: ActivityResponse = {
    taskToken: encodeTaskToken({
      ...tokenOf(state),
      scheduledEventId: activity.scheduledEventId,
      attempt: activity.attempt,
      startedTimeMs: activity.startedTimeMs,
      activityId: activity.activityId,
    }),
    workflowNamespace: state.info.namespace,
    workflowType: { name: state.info.workflowType },
    workflowExecution: { workflowId: state.workflowId, runId: state.runId },
    activityType: { name: activity.activityType },
    activityId: activity.activityId,
    scheduledTime: timestampFromMs(activity.firstScheduledTimeMs),
    currentAttemptScheduledTime: timestampFromMs(activity.scheduledTimeMs),
    startedTime: timestampFromMs(activity.startedTimeMs),
    attempt: activity.attempt,
    scheduleToCloseTimeout: durationFromMs(activity.scheduleToCloseMs),
    startToCloseTimeout: durationFromMs(activity.startToCloseMs),
    heartbeatTimeout: durationFromMs(activity.heartbeatMs),
    ...(activity.retryPolicy.length > 0 ? { retryPolicy: RetryPolicy.decode(activity.retryPolicy) } : {}),
    ...(activity.priority.length > 0 ? { priority: Priority.decode(activity.priority) } : {}),
  };
  return { response, encodedFields: fields };
}

/** Payloads stay the bytes they were stored as: the field's tag and length go before them. */
function appendField(fields: Uint8Array[], name: string, bytes: Uint8Array): void {
  const field = ActivityResponseType.fields[name];
  if (bytes.length === 0 || !field) return;
  fields.push(...encodeLengthDelimited(field.id, [bytes]));
}

function tokenOf(state: MutableState) {
  return { runKey: state.runKey, runId: state.runId, namespaceId: state.namespaceId, workflowId: state.workflowId };
}
