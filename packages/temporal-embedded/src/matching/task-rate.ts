/** How many tasks per second there were lately: counted in steps of five seconds over the last half minute. */
const STEP_MS = 5000;
const STEPS = 6;

export class TaskRate {
  readonly #counts = new Map<number, number>();
  readonly #sinceMs: number;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  add(nowMs: number): void {
    const step = Math.floor(nowMs / STEP_MS);
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + 1);
    if (this.#counts.size > STEPS) this.#forget(step);
  }

  perSecond(nowMs: number): number {
    this.#forget(Math.floor(nowMs / STEP_MS));
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    // Of a queue that is younger than the window, no less than a second counts.
    const elapsedMs = Math.min(Math.max(nowMs - this.#sinceMs, 1000), STEP_MS * STEPS);
    return total / (elapsedMs / 1000);
  }

  #forget(step: number): void {
    for (const old of this.#counts.keys()) if (old <= step - STEPS) this.#counts.delete(old);
  }
}
