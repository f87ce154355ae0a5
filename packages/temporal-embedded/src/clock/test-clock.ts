/**
 * A clock that stands still until a test moves it. It is what unit tests hand to everything that takes a `Clock`;
 * the time-skipping service runs on `SkippingClock` instead.
 * Rule: `advanceTo` fires wakes in order of time, each at exactly its own instant, also those that earlier wakes add.
 */
import type { Clock, ClockTimer } from './clock.js';
import { TimerHeap } from './timer-heap.js';

/** Virtual time, moved by hand. */
export class TestClock implements Clock {
  readonly #timers = new TimerHeap();
  #nowMs: number;

  /** @param startMs where time begins, ms since the epoch. Default 2026-01-01T00:00:00Z. */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wakeAt(atMs: number, wake: () => void): ClockTimer {
    const timer = this.#timers.add(atMs, wake);
    return { cancel: () => (timer.wake = undefined) };
  }

  /** When the next wake is due; undefined when nothing waits. */
  nextWakeMs(): number | undefined {
    return this.#timers.peek()?.atMs;
  }

  /** Moves time forward, firing everything that falls due on the way, synchronously. */
  advanceTo(targetMs: number): void {
    for (let timer = this.#timers.takeDue(targetMs); timer; timer = this.#timers.takeDue(targetMs)) {
      this.#nowMs = Math.max(this.#nowMs, timer.atMs);
      const wake = timer.wake;
      timer.wake = undefined;
      wake?.();
    }
    this.#nowMs = Math.max(this.#nowMs, targetMs);
  }

  advanceBy(durationMs: number): void {
    this.advanceTo(this.#nowMs + durationMs);
  }
}
