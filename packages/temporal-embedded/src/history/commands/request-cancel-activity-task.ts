/** REQUEST_CANCEL_ACTIVITY_TASK: an unstarted activity is cancelled at once, a started one hears of it with its next heartbeat. */
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { cancelActivity, requestActivityCancel } from '../activity.js';
import { EventType } from '../history-builder.js';
import { numberFromInt64 } from '../proto-time.js';
import type { Int64 } from '../proto-time.js';
import { encodeStringPayloads } from '../string-payload.js';
import { CommandRefusedError } from './command-context.js';
import type { CommandContext } from './command-context.js';

const BAD =
  temporalProto.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES;

/** What the cancelled event of an activity that never started says. */
const NOT_STARTED = 'ACTIVITY_ID_NOT_STARTED';

export function requestCancelActivityTask(
  context: CommandContext,
  command: temporal.api.command.v1.IRequestCancelActivityTaskCommandAttributes,
): void {
  const { tx } = context;
  const scheduledEventId = numberFromInt64(command.scheduledEventId as Int64);
  if (scheduledEventId <= 0) {
    throw new CommandRefusedError(BAD, 'ScheduledEventId is not set on RequestCancelActivityTaskCommand.');
  }
  const activity = tx.state.activities.get(scheduledEventId);
  if ((!activity && !tx.history.hasActivityClosed(scheduledEventId)) || activity?.cancelRequested) {
    throw new CommandRefusedError(
      BAD,
      `invalid history builder state for action: add-activitytask-cancel-requested-event, ScheduledEventID: ${scheduledEventId}`,
    );
  }
  const event = tx.history.add(EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED, {
    activityTaskCancelRequestedEventAttributes: {
      scheduledEventId,
      workflowTaskCompletedEventId: context.workflowTaskCompletedEventId,
    },
  });
  // Already closed, its completion is buffered: the request is history, nothing else.
  if (!activity) return;
  requestActivityCancel(tx, activity, numberFromInt64(event.eventId as Int64));
  if (activity.startedEventId !== 0) return;
  cancelActivity(tx, activity, encodeStringPayloads(NOT_STARTED), context.identity);
  context.canceledUnstartedActivity = true;
}
