/** SCHEDULE_ACTIVITY_TASK: checks and completes the attributes, records the activity, dispatches it or keeps it for an eager start. */
import { int64FromNumber } from '../../proto/int64.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { activityTimeouts } from '../activity-timeouts.js';
import { scheduleActivity } from '../activity.js';
import { limits } from '../limits.js';
import { requirePriority } from '../priority.js';
import { durationFromMs } from '../proto-time.js';
import { fillRetryPolicy, validateRetryPolicy } from '../retry.js';
import { requireTaskQueueName } from '../task-queue-name.js';
import { CommandRefusedError, explainInvalid, refuseOnInvalid } from './command-context.js';
import type { CommandContext } from './command-context.js';

type Attributes = temporal.api.command.v1.IScheduleActivityTaskCommandAttributes;
type UserMetadata = temporal.api.sdk.v1.IUserMetadata;

const Cause = temporalProto.api.enums.v1.WorkflowTaskFailedCause;
const TaskQueueKind = temporalProto.api.enums.v1.TaskQueueKind;
const BAD = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES;

export function scheduleActivityTask(
  context: CommandContext,
  command: Attributes,
  metadata: UserMetadata | null,
): void {
  const { tx } = context;
  const activityId = command.activityId ?? '';
  const activityType = command.activityType?.name ?? '';
  const taskQueue = command.taskQueue?.name ?? '';
  const refuse = (message: string): never => {
    throw new CommandRefusedError(BAD, message);
  };
  const names = `ActivityId=${activityId} ActivityType=${activityType}`;
  explainInvalid(
    () => requireTaskQueueName(command.taskQueue),
    (message) => `invalid TaskQueue on ScheduleActivityTaskCommand: ${message}. ${names}`,
  );
  if (activityId === '') refuse(`ActivityId is not set on ScheduleActivityTaskCommand. ActivityType=${activityType}`);
  if (activityType === '') refuse(`ActivityType is not set on ScheduleActivityTaskCommand. ActivityID=${activityId}`);
  const retryPolicy = fillRetryPolicy(command.retryPolicy);
  explainInvalid(
    () => validateRetryPolicy(retryPolicy),
    (message) => `invalid ActivityRetryPolicy on SechduleActivityTaskCommand: ${message}. ${names}`,
  );
  for (const [name, id] of [
    ['ActivityId', activityId],
    ['ActivityType', activityType],
  ] as const) {
    if (id.length <= limits.idLength) continue;
    refuse(
      `${name} on ScheduleActivityTaskCommand exceeds length limit. ${names} Length=${id.length} Limit=${limits.idLength}`,
    );
  }
  refuseOnInvalid(BAD, () => requirePriority(command.priority));
  const timeouts = activityTimeouts(command, tx.state.info.workflowRunTimeoutMs, names);
  if (tx.state.findActivityById(activityId)) {
    throw new CommandRefusedError(
      Cause.WORKFLOW_TASK_FAILED_CAUSE_SCHEDULE_ACTIVITY_DUPLICATE_ID,
      `invalid history builder state for action: add-activitytask-scheduled-event, ActivityID: ${activityId}`,
    );
  }
  if (tx.state.activities.size >= tx.limits.pendingActivities) {
    throw new CommandRefusedError(
      Cause.WORKFLOW_TASK_FAILED_CAUSE_PENDING_ACTIVITIES_LIMIT_EXCEEDED,
      `the number of pending activities, ${tx.state.activities.size}, has reached the per-workflow limit of ${tx.limits.pendingActivities}`,
    );
  }
  const activity = scheduleActivity(
    tx,
    {
      workflowTaskCompletedEventId: int64FromNumber(context.workflowTaskCompletedEventId),
      activityId,
      activityType: { name: activityType },
      taskQueue: { name: taskQueue, kind: command.taskQueue?.kind || TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
      header: command.header ?? null,
      input: command.input ?? null,
      scheduleToCloseTimeout: durationFromMs(timeouts.scheduleToCloseMs),
      scheduleToStartTimeout: durationFromMs(timeouts.scheduleToStartMs),
      startToCloseTimeout: durationFromMs(timeouts.startToCloseMs),
      heartbeatTimeout: durationFromMs(timeouts.heartbeatMs),
      retryPolicy,
      ...(command.useWorkflowBuildId ? { useWorkflowBuildId: true } : {}),
      ...(command.priority ? { priority: command.priority } : {}),
    },
    metadata,
  );
  if (command.requestEagerExecution) context.eagerActivities.push(activity);
  else tx.dispatchActivities.push(activity.scheduledEventId);
}
