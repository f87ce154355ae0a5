/**
 * Tasks that wait in a queue, in the order in which they leave: by priority, and among those of one priority in turns by
 * fairness key, each key as often as its weight says. Tasks of one key leave in the order of their coming.
 *
 * A task's turn is its key's turn before plus 1 / weight, but never earlier than the turn that was served last: a key that
 * was silent for a while gets no more than its share later.
 */

export interface Waiting {
  /** 1 leaves first. */
  readonly priority: number;
  readonly fairnessKey?: string;
  /** Share of its key; 1 when not given. */
  readonly fairnessWeight?: number;
}

interface Entry<T> {
  readonly task: T;
  readonly turn: number;
  readonly addedMs: number;
}

/** The turns of one priority. */
interface Turns {
  served: number;
  readonly last: Map<string, number>;
}

export class FairBacklog<T extends Waiting> {
  readonly #entries: Entry<T>[] = [];
  readonly #turns = new Map<number, Turns>();

  get size(): number {
    return this.#entries.length;
  }

  add(task: T, nowMs: number): void {
    const turns = this.#turnsOf(task.priority);
    const key = task.fairnessKey ?? '';
    const turn = Math.max(turns.served, turns.last.get(key) ?? 0) + 1 / (task.fairnessWeight || 1);
    turns.last.set(key, turn);
    let index = this.#entries.length;
    for (let before = this.#entries[index - 1]; before && leavesAfter(before, task, turn);) {
      index -= 1;
      before = this.#entries[index - 1];
    }
    this.#entries.splice(index, 0, { task, turn, addedMs: nowMs });
  }

  /** The task whose turn it is; it stays. */
  peek(): T | undefined {
    return this.#entries[0]?.task;
  }

  /** The task whose turn it is. */
  shift(): T | undefined {
    const entry = this.#entries.shift();
    if (!entry) return undefined;
    this.#turnsOf(entry.task.priority).served = entry.turn;
    if (this.#entries.length === 0) this.#turns.clear();
    return entry.task;
  }

  remove(task: T): void {
    const index = this.#entries.findIndex((entry) => entry.task === task);
    if (index >= 0) this.#entries.splice(index, 1);
  }

  /** Empties it; returns what was there. */
  clear(): T[] {
    this.#turns.clear();
    return this.#entries.splice(0).map(({ task }) => task);
  }

  /** How many wait, and since when the oldest of them does, by priority. */
  byPriority(): ReadonlyMap<number, { readonly count: number; readonly oldestMs: number }> {
    const found = new Map<number, { count: number; oldestMs: number }>();
    for (const { task, addedMs } of this.#entries) {
      const known = found.get(task.priority);
      if (!known) found.set(task.priority, { count: 1, oldestMs: addedMs });
      else {
        known.count += 1;
        known.oldestMs = Math.min(known.oldestMs, addedMs);
      }
    }
    return found;
  }

  #turnsOf(priority: number): Turns {
    let turns = this.#turns.get(priority);
    if (!turns) {
      turns = { served: 0, last: new Map() };
      this.#turns.set(priority, turns);
    }
    return turns;
  }
}

function leavesAfter<T extends Waiting>(entry: Entry<T>, task: Waiting, turn: number): boolean {
  return entry.task.priority > task.priority || (entry.task.priority === task.priority && entry.turn > turn);
}
