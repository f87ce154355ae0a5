/** START_TIMER: a timer's id is unique among the run's pending timers. */
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { limits } from '../limits.js';
import { isNegativeDuration } from '../proto-time.js';
import { startTimer as recordTimerStarted } from '../user-timer.js';
import { CommandRefusedError } from './command-context.js';
import type { CommandContext } from './command-context.js';

const Cause = temporalProto.api.enums.v1.WorkflowTaskFailedCause;
const BAD = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES;

export function startTimer(
  context: CommandContext,
  command: temporal.api.command.v1.IStartTimerCommandAttributes,
  metadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  const timerId = command.timerId ?? '';
  if (timerId === '') throw new CommandRefusedError(BAD, 'TimerId is not set on StartTimerCommand.');
  if (timerId.length > limits.idLength) {
    throw new CommandRefusedError(
      BAD,
      `TimerId on StartTimerCommand exceeds length limit. TimerId=${timerId} Length=${timerId.length} Limit=${limits.idLength}`,
    );
  }
  if (isNegativeDuration(command.startToFireTimeout)) {
    throw new CommandRefusedError(
      BAD,
      `An invalid StartToFireTimeout is set on StartTimerCommand: negative duration. TimerId=${timerId}`,
    );
  }
  if (context.tx.state.timers.get(timerId)) {
    throw new CommandRefusedError(
      Cause.WORKFLOW_TASK_FAILED_CAUSE_START_TIMER_DUPLICATE_ID,
      `invalid history builder state for action: add-timer-started-event, TimerID: ${timerId}`,
    );
  }
  recordTimerStarted(
    context.tx,
    timerId,
    command.startToFireTimeout ?? null,
    context.workflowTaskCompletedEventId,
    metadata,
  );
}
