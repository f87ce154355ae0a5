/**
 * One kind of a run's pending things (activities, timers, children, ...), keyed, with what changed since the last
 * staging. It is the boundary between mutable state and `PendingItem` rows: a change costs one row, never the
 * whole collection. An item that comes and goes between two stagings never reaches the store.
 */
import type { RunKey, Store } from '../persistence/store.js';
import type { StateCodec } from './state-schema.js';

export class PendingCollection<T extends object> {
  readonly #kind: number;
  readonly #codec: StateCodec<T>;
  readonly #items = new Map<string, T>();
  readonly #changed = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #stored = new Set<string>();

  constructor(kind: number, codec: StateCodec<T>) {
    this.#kind = kind;
    this.#codec = codec;
  }

  get size(): number {
    return this.#items.size;
  }

  get(id: string | number): T | undefined {
    return this.#items.get(String(id));
  }

  keys(): IterableIterator<string> {
    return this.#items.keys();
  }

  values(): IterableIterator<T> {
    return this.#items.values();
  }

  entries(): IterableIterator<[string, T]> {
    return this.#items.entries();
  }

  /** Adds or replaces an item, or marks a mutated one as changed. */
  put(id: string | number, item: T): void {
    const key = String(id);
    this.#items.set(key, item);
    this.#changed.add(key);
    this.#removed.delete(key);
  }

  delete(id: string | number): void {
    const key = String(id);
    if (!this.#items.delete(key)) return;
    this.#changed.delete(key);
    if (this.#stored.has(key)) this.#removed.add(key);
  }

  clear(): void {
    for (const key of [...this.#items.keys()]) this.delete(key);
  }

  /** Takes over an item as the store has it. */
  load(id: string, data: Uint8Array): void {
    this.#items.set(id, this.#codec.decode(data));
    this.#stored.add(id);
  }

  /** Stages what changed since the last call. */
  stage(runKey: RunKey, store: Pick<Store, 'stage'>): void {
    for (const id of this.#removed) {
      store.stage({ type: 'deletePending', runKey, kind: this.#kind, id });
      this.#stored.delete(id);
    }
    this.#removed.clear();
    for (const id of this.#changed) {
      const item = this.#items.get(id);
      if (item === undefined) continue;
      store.stage({ type: 'putPending', runKey, item: { kind: this.#kind, id, data: this.#codec.encode(item) } });
      this.#stored.add(id);
    }
    this.#changed.clear();
  }
}
