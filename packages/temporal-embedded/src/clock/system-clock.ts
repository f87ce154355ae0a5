/**
 * The clock of a running service: the machine's wall clock.
 * It guards two rules of the port: time never goes back (a clock set back by NTP stands still instead), and a wake
 * never comes early (Node may fire a timer up to a millisecond too soon, and clamps delays beyond 2^31-1 ms to 1 ms).
 */
import type { Clock, ClockTimer } from './clock.js';

/** The longest delay that `setTimeout` takes, about 24.8 days; longer waits are armed in steps. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Wall-clock time. Its timers never keep the process alive: whoever waits holds a socket or a promise anyway. */
export class SystemClock implements Clock {
  #latestMs = 0;

  nowMs(): number {
    this.#latestMs = Math.max(this.#latestMs, Date.now());
    return this.#latestMs;
  }

  wakeAt(atMs: number, wake: () => void): ClockTimer {
    let timeout: NodeJS.Timeout;
    const arm = (): void => {
      const delayMs = Math.min(Math.max(Math.ceil(atMs - this.nowMs()), 0), MAX_DELAY_MS);
      timeout = setTimeout(() => (this.nowMs() >= atMs ? wake() : arm()), delayMs);
      timeout.unref();
    };
    arm();
    return { cancel: () => clearTimeout(timeout) };
  }
}
