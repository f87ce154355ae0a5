/**
 * The base of every error that Vishkar reports: a stable code, a sentence, what to do next, and whether trying again can help.
 * Activities turn it into a (non-)retryable ApplicationFailure at one place; the CLI prints sentence and hint.
 * Every code is listed in docs/errors.md, checked both ways by a test. Secrets never enter a message.
 */
export interface VishkarErrorOptions {
  /** What the reader can do about it, one sentence. */
  readonly hint: string;
  /** True when the same call may work later without anybody doing anything. Default false. */
  readonly retryable?: boolean;
  /** How long to leave it alone before that; undefined: as the activity's own policy says. */
  readonly retryAfterMs?: number;
  /** True when nothing is wrong: it only says "not yet", and is no news in a log. Default false. */
  readonly isExpected?: boolean;
  readonly cause?: unknown;
  /** What the workflow needs to know of it, as plain data. */
  readonly details?: unknown;
}

export class VishkarError extends Error {
  readonly hint: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly isExpected: boolean;
  readonly details: unknown;

  constructor(
    /** Stable, upper snake case: `ENGINE_TIMEOUT`. */
    readonly code: string,
    message: string,
    options: VishkarErrorOptions,
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'VishkarError';
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.isExpected = options.isExpected ?? false;
    this.details = options.details;
  }
}
