/** The command line without a process: arguments in, lines and an exit code out, so that tests need no child process. */
import type { Duration } from './duration.js';
import { DurationSyntaxError } from './errors.js';
import { formatDuration } from './format-duration.js';
import { parseDuration } from './parse-duration.js';

export interface CommandOutput {
  readonly exitCode: 0 | 1 | 2;
  /** What goes to standard output when the exit code is 0, else to standard error. */
  readonly text: string;
}

const COMMANDS: Readonly<Record<string, (text: string) => Duration>> = {
  parse: parseDuration,
};

const USAGE = `Usage: duration <${Object.keys(COMMANDS).join('|')}> <text>`;

/** Exit code 0: done; 1: the text is not understood; 2: called wrongly. */
export function runCommand(args: readonly string[]): CommandOutput {
  const [name = '', text] = args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined || text === undefined || args.length > 2) return { exitCode: 2, text: USAGE };
  try {
    return { exitCode: 0, text: formatDuration(command(text)) };
  } catch (error) {
    if (error instanceof DurationSyntaxError) return { exitCode: 1, text: error.message };
    throw error;
  }
}
