/**
 * A binary heap of pending wakes, earliest first, for the clocks that keep their own time.
 * Two wakes for the same instant come out in the order they went in, so that virtual time is deterministic.
 * A cancelled entry stays until it reaches the top: cancelling is O(1).
 */

export interface HeapTimer {
  readonly atMs: number;
  /** Breaks ties; increases with every insertion. */
  readonly order: number;
  /** Cleared when the timer is cancelled or has fired. */
  wake: (() => void) | undefined;
}

const isBefore = (a: HeapTimer, b: HeapTimer): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** Pending wakes of one virtual clock. */
export class TimerHeap {
  readonly #items: HeapTimer[] = [];
  #nextOrder = 0;

  add(atMs: number, wake: () => void): HeapTimer {
    const timer: HeapTimer = { atMs, order: this.#nextOrder++, wake };
    const items = this.#items;
    let index = items.push(timer) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = items[parentIndex];
      if (!parent || !isBefore(timer, parent)) break;
      items[index] = parent;
      index = parentIndex;
    }
    items[index] = timer;
    return timer;
  }

  /** The earliest timer that is not cancelled; undefined when none is pending. */
  peek(): HeapTimer | undefined {
    let first = this.#items[0];
    while (first && !first.wake) {
      this.#removeFirst();
      first = this.#items[0];
    }
    return first;
  }

  /** Removes and returns the earliest pending timer that is due at `nowMs`. */
  takeDue(nowMs: number): HeapTimer | undefined {
    const first = this.peek();
    if (!first || first.atMs > nowMs) return undefined;
    this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const items = this.#items;
    const last = items.pop();
    if (!last || items.length === 0) return;
    let index = 0;
    for (;;) {
      const leftIndex = 2 * index + 1;
      const left = items[leftIndex];
      const right = items[leftIndex + 1];
      const smallest = right && left && isBefore(right, left) ? right : left;
      if (!smallest || !isBefore(smallest, last)) break;
      items[index] = smallest;
      index = smallest === left ? leftIndex : leftIndex + 1;
    }
    items[index] = last;
  }
}
