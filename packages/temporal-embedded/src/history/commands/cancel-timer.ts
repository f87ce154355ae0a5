/** CANCEL_TIMER: cancels a pending timer, or takes back one that fired while the workflow task was out. */
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { cancelTimer as recordTimerCanceled } from '../user-timer.js';
import { CommandRefusedError } from './command-context.js';
import type { CommandContext } from './command-context.js';

const BAD = temporalProto.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES;

export function cancelTimer(
  context: CommandContext,
  command: temporal.api.command.v1.ICancelTimerCommandAttributes,
): void {
  const timerId = command.timerId ?? '';
  if (timerId === '') throw new CommandRefusedError(BAD, 'TimerId is not set on CancelTimerCommand.');
  if (!recordTimerCanceled(context.tx, timerId, context.workflowTaskCompletedEventId, context.identity)) {
    throw new CommandRefusedError(
      BAD,
      `invalid history builder state for action: add-timer-canceled-event, TimerID: ${timerId}`,
    );
  }
  // The firing that was taken back may have been all that kept the workflow from closing.
  context.hasUnseenEvents = context.hasUnseenEvents && context.tx.history.hasBufferedEvents;
}
