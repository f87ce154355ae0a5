/**
 * The port to time. Every timer, timeout, deadline and timestamp of the service comes through a Clock,
 * so that the test clock can skip a seven-day wait in microseconds.
 */

/** A pending wake-up. Closing it twice, or after it fired, does nothing. */
export interface ClockTimer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the epoch. Never goes back within one process. */
  nowMs(): number;
  /** Calls `wake` once, at or after `atMs`; never synchronously inside this call. */
  wakeAt(atMs: number, wake: () => void): ClockTimer;
}
