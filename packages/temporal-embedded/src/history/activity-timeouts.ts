/** An activity's four timeouts, as a command or an operator gives them and as the service keeps them. */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { CommandRefusedError } from './commands/command-context.js';
import { isNegativeDuration, msFromDuration } from './proto-time.js';

type TimeoutOptions = Pick<
  temporal.api.command.v1.IScheduleActivityTaskCommandAttributes,
  'scheduleToCloseTimeout' | 'scheduleToStartTimeout' | 'startToCloseTimeout' | 'heartbeatTimeout'
>;

const BAD =
  temporalProto.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES;

export interface ActivityTimeouts {
  readonly scheduleToCloseMs: number;
  readonly scheduleToStartMs: number;
  readonly startToCloseMs: number;
  readonly heartbeatMs: number;
}

/** Fills in what is left open and caps everything at the run timeout. Throws CommandRefusedError: one of two must be set. */
export function activityTimeouts(command: TimeoutOptions, runTimeoutMs: number, names: string): ActivityTimeouts {
  for (const name of [
    'ScheduleToCloseTimeout',
    'ScheduleToStartTimeout',
    'StartToCloseTimeout',
    'HeartbeatTimeout',
  ] as const) {
    const key = (name[0]?.toLowerCase() + name.slice(1)) as
      'scheduleToCloseTimeout' | 'scheduleToStartTimeout' | 'startToCloseTimeout' | 'heartbeatTimeout';
    if (!isNegativeDuration(command[key])) continue;
    throw new CommandRefusedError(BAD, `Invalid ${name} for ScheduleActivityTaskCommand: negative duration. ${names}`);
  }
  let scheduleToCloseMs = msFromDuration(command.scheduleToCloseTimeout);
  let scheduleToStartMs = msFromDuration(command.scheduleToStartTimeout);
  let startToCloseMs = msFromDuration(command.startToCloseTimeout);
  if (scheduleToCloseMs > 0) {
    scheduleToStartMs = scheduleToStartMs > 0 ? Math.min(scheduleToStartMs, scheduleToCloseMs) : scheduleToCloseMs;
    startToCloseMs = startToCloseMs > 0 ? Math.min(startToCloseMs, scheduleToCloseMs) : scheduleToCloseMs;
  } else if (startToCloseMs > 0) {
    scheduleToCloseMs = runTimeoutMs;
    if (scheduleToStartMs === 0) scheduleToStartMs = runTimeoutMs;
  } else {
    throw new CommandRefusedError(
      BAD,
      `A valid StartToClose or ScheduleToCloseTimeout is not set on ScheduleActivityTaskCommand. ${names}`,
    );
  }
  const cap = (ms: number): number => (runTimeoutMs > 0 ? Math.min(ms, runTimeoutMs) : ms);
  startToCloseMs = cap(startToCloseMs);
  return {
    scheduleToCloseMs: cap(scheduleToCloseMs),
    scheduleToStartMs: cap(scheduleToStartMs),
    startToCloseMs,
    heartbeatMs: Math.min(cap(msFromDuration(command.heartbeatTimeout)), startToCloseMs),
  };
}
