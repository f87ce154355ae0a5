/**
 * One task queue of one kind: tasks that wait for pollers, or pollers that wait for tasks; both only while a rate holds the
 * tasks up, and then a timer brings them together.
 * Tasks leave by priority, and in turns by fairness key. A task that turns out to be gone (its run closed, its
 * attempt is over) is dropped when a poller would have had it; nothing has to be taken out of the queue before.
 */
import type { Clock, ClockTimer } from '../clock/clock.js';
import type { PollerInfo } from '../history/ports.js';
import { FairBacklog } from './fair-backlog.js';
import type { Waiting } from './fair-backlog.js';
import { Poller } from './poller.js';
import type { QueueLimits } from './queue-limits.js';
import { TaskRate } from './task-rate.js';

/** A waiting task: starting it gives what the poller gets, or undefined when the task is gone. */
export interface QueuedTask<Handout> extends Waiting {
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

/** How much waits, for how long, and what has come and gone lately. */
export interface TaskQueueStats {
  readonly backlogCount: number;
  /** 0 when nothing waits. */
  readonly backlogAgeMs: number;
  readonly addRate: number;
  readonly dispatchRate: number;
}

const POLLER_MEMORY_MS = 5 * 60 * 1000;

export class TaskQueue<Handout> {
  readonly #backlog = new FairBacklog<QueuedTask<Handout>>();
  /** By priority. */
  readonly #rates = new Map<number, { readonly added: TaskRate; readonly dispatched: TaskRate }>();
  readonly #createdMs: number;
  readonly #pollers: Poller<Handout>[] = [];
  readonly #pollerRecords = new Map<string, PollerRecord>();
  readonly #clock: Clock;
  readonly #limits: () => QueueLimits | undefined;
  #lastPollMs: number | undefined;
  #timer: ClockTimer | undefined;

  /** `limits` are of the whole task queue, of which this may be the part of one version. */
  constructor(clock: Clock, limits: () => QueueLimits | undefined = () => undefined) {
    this.#clock = clock;
    this.#limits = limits;
    this.#createdMs = clock.nowMs();
  }

  get backlogCount(): number {
    return this.#backlog.size;
  }

  /** By priority: those that it has had. */
  stats(nowMs: number): ReadonlyMap<number, TaskQueueStats> {
    const waiting = this.#backlog.byPriority();
    return new Map(
      [...this.#rates].map(([priority, { added, dispatched }]) => {
        const { count = 0, oldestMs = nowMs } = waiting.get(priority) ?? {};
        return [
          priority,
          {
            backlogCount: count,
            backlogAgeMs: nowMs - oldestMs,
            addRate: added.perSecond(nowMs),
            dispatchRate: dispatched.perSecond(nowMs),
          },
        ];
      }),
    );
  }

  #ratesOf(priority: number) {
    let rates = this.#rates.get(priority);
    if (!rates) {
      rates = { added: new TaskRate(this.#createdMs), dispatched: new TaskRate(this.#createdMs) };
      this.#rates.set(priority, rates);
    }
    return rates;
  }

  /** Nobody waits, nothing waits, nobody has polled for five minutes. */
  isIdle(nowMs: number): boolean {
    return (
      this.#backlog.size === 0 &&
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
  add(task: QueuedTask<Handout>, nowMs: number): void {
    this.#ratesOf(task.priority).added.add(nowMs);
    if (this.#limits()) {
      this.#backlog.add(task, nowMs);
      this.dispatch();
      return;
    }
    for (let poller = this.#pollers.shift(); poller; poller = this.#pollers.shift()) {
      if (!poller.isWaiting) continue;
      const handout = task.start(poller.info);
      if (handout !== undefined) {
        poller.settle(handout);
        this.#ratesOf(task.priority).dispatched.add(nowMs);
        return;
      }
      this.#pollers.unshift(poller);
      return;
    }
    this.#backlog.add(task, nowMs);
  }

  /** Takes a task for a poller at once, or undefined. */
  take(info: PollerInfo, nowMs: number): Handout | undefined {
    const limits = this.#limits();
    for (let task = this.#backlog.peek(); task; task = this.#backlog.peek()) {
      const delayMs = limits?.delayMs(task, nowMs) ?? 0;
      if (delayMs > 0) {
        this.#wakeIn(delayMs, nowMs);
        return undefined;
      }
      this.#backlog.shift();
      const handout = task.start(info);
      if (handout === undefined) continue;
      limits?.spend(task, nowMs);
      this.#ratesOf(task.priority).dispatched.add(nowMs);
      return handout;
    }
    return undefined;
  }

  /** Hands out what may leave to pollers that wait, after something has held it up. */
  dispatch(): void {
    this.#cancelTimer();
    const nowMs = this.#clock.nowMs();
    for (let poller = this.#pollers[0]; poller; poller = this.#pollers[0]) {
      const handout = poller.isWaiting ? this.take(poller.info, nowMs) : undefined;
      if (poller.isWaiting && handout === undefined) return;
      this.#pollers.shift();
      poller.settle(handout);
    }
  }

  #wakeIn(delayMs: number, nowMs: number): void {
    if (this.#timer || this.#pollers.length === 0 || delayMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#clock.wakeAt(nowMs + delayMs, () => this.dispatch());
  }

  /** Lets a poller wait. */
  wait(info: PollerInfo): Poller<Handout> {
    const poller = new Poller<Handout>(info);
    this.#pollers.push(poller);
    // Something waits although somebody has just tried to take it: a rate holds it up.
    if (this.#backlog.size > 0) this.dispatch();
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
    this.#backlog.remove(task);
  }

  /** Answers every poller with nothing and hands the tasks to whoever added them. */
  evict(): void {
    this.#lastPollMs = undefined;
    this.#cancelTimer();
    for (const poller of this.#pollers.splice(0)) poller.settle(undefined);
    for (const task of this.#backlog.clear()) task.evicted?.();
  }

  /** Hands the tasks to whoever added them; the pollers stay. */
  moveTasks(): void {
    for (const task of this.#backlog.clear()) task.evicted?.();
  }

  #cancelTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Forgets the tasks, keeps the pollers. */
  dropTasks(): void {
    this.#backlog.clear();
  }
}
