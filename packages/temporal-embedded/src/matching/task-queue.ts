/**
 * One task queue of one kind: tasks that wait for pollers, or pollers that wait for tasks, never both.
 * Tasks leave by priority, then in the order of their coming. A task that turns out to be gone (its run closed, its
 * attempt is over) is dropped when a poller would have had it; nothing has to be taken out of the queue before.
 */
import type { PollerInfo } from '../history/ports.js';
import { Poller } from './poller.js';

/** A waiting task: starting it gives what the poller gets, or undefined when the task is gone. */
export interface QueuedTask<Handout> {
  readonly priority: number;
  start(poller: PollerInfo): Handout | undefined;
  /** The queue is given up (its worker has shut down): put the task elsewhere, or forget it. */
  evicted?(): void;
}

/** Who has polled, for DescribeTaskQueue. */
export interface PollerRecord {
  readonly identity: string;
  lastAccessMs: number;
  readonly ratePerSecond: number;
}

const POLLER_MEMORY_MS = 5 * 60 * 1000;

export class TaskQueue<Handout> {
  readonly #backlog: QueuedTask<Handout>[] = [];
  readonly #pollers: Poller<Handout>[] = [];
  readonly #pollerRecords = new Map<string, PollerRecord>();
  #lastPollMs: number | undefined;

  get backlogCount(): number {
    return this.#backlog.length;
  }

  /** Nobody waits, nothing waits, nobody has polled for five minutes. */
  isIdle(nowMs: number): boolean {
    return (
      this.#backlog.length === 0 &&
      this.#pollers.length === 0 &&
      (this.#lastPollMs === undefined || nowMs - this.#lastPollMs > POLLER_MEMORY_MS)
    );
  }

  /** True when somebody polls now or did within `windowMs`. */
  hasRecentPoller(nowMs: number, windowMs: number): boolean {
    if (this.#pollers.length > 0) return true;
    return this.#lastPollMs !== undefined && nowMs - this.#lastPollMs <= windowMs;
  }

  pollerRecords(nowMs: number): readonly PollerRecord[] {
    for (const [identity, record] of this.#pollerRecords) {
      if (nowMs - record.lastAccessMs > POLLER_MEMORY_MS) this.#pollerRecords.delete(identity);
    }
    return [...this.#pollerRecords.values()];
  }

  /** Gives the task to a waiting poller, or keeps it. */
  add(task: QueuedTask<Handout>): void {
    for (let poller = this.#pollers.shift(); poller; poller = this.#pollers.shift()) {
      if (!poller.isWaiting) continue;
      const handout = task.start(poller.info);
      if (handout !== undefined) {
        poller.settle(handout);
        return;
      }
      this.#pollers.unshift(poller);
      return;
    }
    let index = this.#backlog.length;
    while (index > 0 && (this.#backlog[index - 1]?.priority ?? 0) > task.priority) index--;
    if (index === this.#backlog.length) this.#backlog.push(task);
    else this.#backlog.splice(index, 0, task);
  }

  /** Takes a task for a poller at once, or undefined. */
  take(info: PollerInfo): Handout | undefined {
    for (let task = this.#backlog.shift(); task; task = this.#backlog.shift()) {
      const handout = task.start(info);
      if (handout !== undefined) return handout;
    }
    return undefined;
  }

  /** Lets a poller wait. */
  wait(info: PollerInfo): Poller<Handout> {
    const poller = new Poller<Handout>(info);
    this.#pollers.push(poller);
    return poller;
  }

  /** The poller has gone away or run out of time. */
  leave(poller: Poller<Handout>, nowMs: number): void {
    const index = this.#pollers.indexOf(poller);
    if (index >= 0) this.#pollers.splice(index, 1);
    this.#lastPollMs = nowMs;
    poller.settle(undefined);
  }

  recordPoll(identity: string, nowMs: number, ratePerSecond: number): void {
    this.#lastPollMs = nowMs;
    this.#pollerRecords.set(identity, { identity, lastAccessMs: nowMs, ratePerSecond });
  }

  /** Takes out a task that nobody wants any more. */
  remove(task: QueuedTask<Handout>): void {
    const index = this.#backlog.indexOf(task);
    if (index >= 0) this.#backlog.splice(index, 1);
  }

  /** Answers every poller with nothing and hands the tasks to whoever added them. */
  evict(): void {
    this.#lastPollMs = undefined;
    for (const poller of this.#pollers.splice(0)) poller.settle(undefined);
    for (const task of this.#backlog.splice(0)) task.evicted?.();
  }

  /** Hands the tasks to whoever added them; the pollers stay. */
  moveTasks(): void {
    for (const task of this.#backlog.splice(0)) task.evicted?.();
  }

  /** Forgets the tasks, keeps the pollers. */
  dropTasks(): void {
    this.#backlog.length = 0;
  }
}
