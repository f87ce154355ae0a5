/** What the SDK's worker logs, as one line each for people on stderr: the whole story is in the history, not in a log. */
import type { LogEntry } from '@temporalio/worker';

/** `select_task failed at attempt 2: the remote does not answer`. */
export function logLine({ level, message, meta }: Pick<LogEntry, 'level' | 'message' | 'meta'>): string {
  const reason = meta?.['error'] instanceof Error ? meta['error'].message : undefined;
  if (message === 'Activity failed')
    return `        ${String(meta?.['activityType'])} failed at attempt ${String(meta?.['attempt'])}: ${reason ?? 'for no reason given'}`;
  return `${level.toLowerCase()}: ${message}${reason === undefined ? '' : `: ${reason}`}`;
}

export function writeLogEntry(entry: LogEntry): void {
  process.stderr.write(`${logLine(entry)}\n`);
}
