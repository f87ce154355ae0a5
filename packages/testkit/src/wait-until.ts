/**
 * Waiting for something that happens elsewhere (another process, a real server) without sleeping a guessed
 * time: the condition is polled until it holds, and the failure says what was waited for and what was seen last.
 * Waits on our own timers belong on a TestClock instead.
 */
import { setTimeout as pause } from 'node:timers/promises';

/** What is waited for and for how long. */
export interface WaitUntilOptions {
  /** Completes the sentence "waited 5000 ms for ...". */
  readonly what: string;
  /** Default 30 000: generous, because it only matters when the test fails anyway. */
  readonly timeoutMs?: number;
  /** Default 20. */
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
}

/** What the condition may answer to say "not yet". */
type NotYet = false | null | undefined;

/** Thrown by {@link waitUntil} when its time is over. `cause` is what the condition threw last, if it threw. */
export class WaitTimeoutError extends Error {
  constructor(what: string, waitedMs: number, lastError: unknown) {
    const reason = lastError instanceof Error ? `; the last try failed: ${lastError.message}` : '';
    super(`Waited ${waitedMs} ms for ${what}${reason}`, { cause: lastError });
    this.name = 'WaitTimeoutError';
  }
}

/**
 * Polls `condition` until it returns something else than `false`, `null` or `undefined`, and returns that.
 * A condition that throws counts as "not yet". Throws {@link WaitTimeoutError} when the time is over, and the
 * signal's reason when it is aborted.
 *
 * @example
 * const port = await waitUntil(() => readPort(child.stdout), { what: 'the server to print its port' });
 */
export async function waitUntil<T>(
  condition: () => T | NotYet | Promise<T | NotYet>,
  options: WaitUntilOptions,
): Promise<T> {
  const { what, timeoutMs = 30_000, intervalMs = 20, signal } = options;
  const startedAt = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    let lastError: unknown;
    try {
      const answer = await condition();
      if (answer !== false && answer !== null && answer !== undefined) return answer;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() - startedAt >= timeoutMs) throw new WaitTimeoutError(what, timeoutMs, lastError);
    await pause(intervalMs, undefined, signal ? { signal } : undefined);
  }
}
