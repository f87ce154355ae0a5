/**
 * The clock of a time-skipping service: it jumps to the next wake whenever nobody needs time to pass for real.
 * Official SDKs test workflows on it through `TestService`; its rules are those of the official test server.
 *
 *   locks > 0, or nothing waits   ->  time flows with the wall clock
 *   otherwise                     ->  time stands at the last wake and jumps to the next one
 *
 * Each workflow task and activity that is scheduled or with a worker holds a lock; an activity that waits for its next
 * attempt does not. Clients' locks are in the same count, so an activity that asks for a sleep gives up its own lock.
 * One jump fires the wakes of one instant, then other work of the process gets its turn.
 */
import type { Clock, ClockTimer } from './clock.js';
import { SystemClock } from './system-clock.js';
import { TimerHeap } from './timer-heap.js';

export interface SkippingClockOptions {
  /** How many locks are held at first. Default 0: skipping at once. */
  readonly locks?: number;
  /** What time flows with while it is not skipped. Default: the machine's clock. */
  readonly wallClock?: Clock;
}

/** More unlocks than locks. */
export class NotLockedError extends Error {
  constructor() {
    super('Time skipping is not locked: lock and unlock calls are not balanced.');
    this.name = 'NotLockedError';
  }
}

/** Virtual time that skips idle waits. */
export class SkippingClock implements Clock {
  readonly #wallClock: Clock;
  readonly #timers = new TimerHeap();
  readonly #tasksOfRuns = new Map<number, number>();
  /** Of clients and tasks together. */
  #locks: number;
  #nowMs: number;
  /** The wall clock's time at which `#nowMs` was right; undefined while time stands still. */
  #flowsSinceMs: number | undefined;
  #wallTimer: ClockTimer | undefined;
  #jump: NodeJS.Immediate | undefined;

  constructor({ locks = 0, wallClock = new SystemClock() }: SkippingClockOptions = {}) {
    this.#wallClock = wallClock;
    this.#locks = locks;
    this.#nowMs = wallClock.nowMs();
    this.#flowsSinceMs = this.#nowMs;
  }

  nowMs(): number {
    if (this.#flowsSinceMs !== undefined) {
      const wallMs = this.#wallClock.nowMs();
      this.#nowMs += wallMs - this.#flowsSinceMs;
      this.#flowsSinceMs = wallMs;
    }
    return this.#nowMs;
  }

  wakeAt(atMs: number, wake: () => void): ClockTimer {
    const timer = this.#timers.add(atMs, wake);
    this.#rearm();
    return {
      cancel: () => {
        timer.wake = undefined;
        this.#rearm();
      },
    };
  }

  /** Makes time flow until the matching `unlock`. Locks add up. */
  lock(): void {
    this.#locks += 1;
    this.#rearm();
  }

  /** Throws `NotLockedError` when no lock is held. */
  unlock(): void {
    if (this.#locks === 0) throw new NotLockedError();
    this.#locks -= 1;
    this.#rearm();
  }

  /** Told by history after each transition: how many tasks of this run a worker has or could take this moment. */
  setTasksInProgress(runKey: number, tasks: number): void {
    const before = this.#tasksOfRuns.get(runKey) ?? 0;
    if (tasks === before) return;
    if (tasks === 0) this.#tasksOfRuns.delete(runKey);
    else this.#tasksOfRuns.set(runKey, tasks);
    this.#locks += tasks - before;
    this.#rearm();
  }

  /** Forgets every pending wake, so that nothing fires after the service is closed. */
  close(): void {
    for (let timer = this.#timers.takeDue(Infinity); timer; timer = this.#timers.takeDue(Infinity))
      timer.wake = undefined;
    this.#disarm();
  }

  /** Decides between flowing and skipping, and arms whatever brings the next wake. */
  #rearm(): void {
    const nowMs = this.nowMs();
    const next = this.#timers.peek();
    const flows = this.#locks > 0 || !next;
    this.#flowsSinceMs = flows ? this.#wallClock.nowMs() : undefined;
    this.#disarm();
    if (!next) return;
    if (flows && next.atMs > nowMs) {
      const wallMs = this.#wallClock.nowMs() + (next.atMs - nowMs);
      this.#wallTimer = this.#wallClock.wakeAt(wallMs, () => this.#fire());
    } else {
      this.#jump = setImmediate(() => this.#fire());
    }
  }

  #disarm(): void {
    this.#wallTimer?.cancel();
    this.#wallTimer = undefined;
    clearImmediate(this.#jump);
    this.#jump = undefined;
  }

  #fire(): void {
    const next = this.#timers.peek();
    if (next && this.#flowsSinceMs === undefined) this.#nowMs = Math.max(this.#nowMs, next.atMs);
    const nowMs = this.nowMs();
    for (let timer = this.#timers.takeDue(nowMs); timer; timer = this.#timers.takeDue(nowMs)) {
      const wake = timer.wake;
      timer.wake = undefined;
      wake?.();
    }
    this.#rearm();
  }
}
