/**
 * Where the CLI writes: results on stdout, progress and errors on stderr. With `--json` stdout carries exactly one JSON
 * object, the last thing printed, whatever happens; an error is such an object too.
 */
import { VishkarError } from '../errors.js';
import { secretMask } from '../processes/environment-secrets.js';
import { EXIT, exitCodeOf } from './exit-codes.js';

export interface Output {
  readonly json: boolean;
  /** Progress for people. */
  progress(line: string): void;
  /** The command's result: text lines for people, one object for machines. */
  result(lines: readonly string[], value: unknown): void;
  /** Prints an error with its hint and returns the exit code. */
  fail(error: unknown): number;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    progress: (line) => {
      process.stderr.write(`${line}\n`);
    },
    result: (lines, value) => {
      process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''));
    },
    fail: (error) => {
      const { code, message, hint } = describe(error);
      if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, hint } }, null, 2)}\n`);
      else process.stderr.write(`error: ${message}\n${hint === '' ? '' : `  ${hint}\n`}`);
      return error instanceof VishkarError ? exitCodeOf(code) : EXIT.failure;
    },
  };
}

/** Errors of libraries may repeat what they were given. */
function describe(error: unknown): { code: string; message: string; hint: string } {
  const message = secretMask(process.env)(error instanceof Error ? error.message : String(error));
  if (error instanceof VishkarError) return { code: error.code, message, hint: error.hint };
  return {
    code: 'UNEXPECTED',
    message,
    hint: 'Run the command again; if it stays, please report it with this message.',
  };
}
