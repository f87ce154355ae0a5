/**
 * When which run has something to do next: one entry per run, one clock timer for the earliest of all.
 * The boundary between the clock and runs. A run with ten thousand timers costs one entry here; what exactly is due
 * is found by loading the run when its moment comes.
 */
import type { Clock, ClockTimer } from '../clock/clock.js';
import type { RunKey } from '../persistence/store.js';

interface Entry {
  readonly atMs: number;
  readonly runKey: RunKey;
}

export class TimerQueue {
  readonly #clock: Clock;
  readonly #fire: (runKey: RunKey) => void;
  readonly #deadlines = new Map<RunKey, number>();
  /** Binary heap by time. Entries that no longer match `#deadlines` are skipped when they surface. */
  #heap: Entry[] = [];
  #timer: ClockTimer | undefined;
  #timerAtMs = Infinity;
  #isClosed = false;

  constructor(clock: Clock, fire: (runKey: RunKey) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  /** Sets or clears the run's next deadline. */
  set(runKey: RunKey, atMs: number | undefined): void {
    const previousMs = this.#deadlines.get(runKey);
    if (previousMs === atMs) return;
    // The clock waits for a moment that has just been given up: a clock that skips must not go there.
    if (previousMs === this.#timerAtMs) this.#disarm();
    if (atMs === undefined) {
      this.#deadlines.delete(runKey);
      this.#arm();
      return;
    }
    this.#deadlines.set(runKey, atMs);
    this.#push({ atMs, runKey });
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#deadlines.size) this.#compact();
    this.#arm();
  }

  clear(): void {
    this.#deadlines.clear();
    this.#heap = [];
    this.#disarm();
  }

  close(): void {
    this.#isClosed = true;
    this.clear();
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAtMs = Infinity;
  }

  #arm(): void {
    const head = this.#head();
    if (this.#isClosed || !head || head.atMs >= this.#timerAtMs) return;
    this.#timer?.cancel();
    this.#timerAtMs = head.atMs;
    this.#timer = this.#clock.wakeAt(head.atMs, () => this.#wake());
  }

  #wake(): void {
    this.#timer = undefined;
    this.#timerAtMs = Infinity;
    const nowMs = this.#clock.nowMs();
    const due: RunKey[] = [];
    for (let head = this.#head(); head && head.atMs <= nowMs; head = this.#head()) {
      this.#pop();
      this.#deadlines.delete(head.runKey);
      due.push(head.runKey);
    }
    for (const runKey of due) this.#fire(runKey);
    this.#arm();
  }

  /** The earliest entry that still holds. */
  #head(): Entry | undefined {
    for (let head = this.#heap[0]; head; head = this.#heap[0]) {
      if (this.#deadlines.get(head.runKey) === head.atMs) return head;
      this.#pop();
    }
    return undefined;
  }

  #compact(): void {
    const entries = [...this.#deadlines].map(([runKey, atMs]) => ({ runKey, atMs }));
    // A sorted array is a heap.
    this.#heap = entries.sort((a, b) => a.atMs - b.atMs);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (!parent || parent.atMs <= entry.atMs) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = heap[childIndex];
      const right = heap[childIndex + 1];
      if (child && right && right.atMs < child.atMs) {
        childIndex += 1;
        child = right;
      }
      if (!child || child.atMs >= last.atMs) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}
