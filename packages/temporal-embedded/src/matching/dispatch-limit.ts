/**
 * How often tasks may leave a queue: so many per second, of which a second's worth may leave at once after a silence.
 * It keeps the moment from which the next one may leave; nothing has to be counted up as time passes.
 */

/** What may leave at once, and one more. */
const BURST_MS = 1000;

export class DispatchLimit {
  #readyMs = Number.NEGATIVE_INFINITY;

  /** How long the next task has to wait; Infinity at a rate of 0, which holds everything. */
  delayMs(perSecond: number, nowMs: number): number {
    if (perSecond <= 0) return Number.POSITIVE_INFINITY;
    return Math.max(this.#readyMs - nowMs, 0);
  }

  /** A task leaves; one of more weight counts for less. */
  spend(perSecond: number, nowMs: number, weight = 1): void {
    if (perSecond <= 0) return;
    this.#readyMs = Math.max(this.#readyMs, nowMs - BURST_MS) + 1000 / (perSecond * weight);
  }

  /** After a change of the rate nothing waits longer than the new one asks for. */
  clip(perSecond: number, nowMs: number): void {
    if (perSecond > 0) this.#readyMs = Math.min(this.#readyMs, nowMs + 1000 / perSecond);
  }

  /** True when it holds nothing up, and would not if it were forgotten. */
  isFull(nowMs: number): boolean {
    return this.#readyMs <= nowMs - BURST_MS;
  }
}
