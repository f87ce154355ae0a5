/**
 * A loaded run: its mutable state, and what lives only as long as this process: callers of updates, buffered
 * queries, waiting history polls, and the last few batches of events, so that a worker's next poll seldom reads
 * from disk.
 */
import type { EventBatch } from '../persistence/store.js';
import type { MutableState } from './mutable-state.js';
import { QueryRegistry } from './query-registry.js';
import { UpdateRegistry } from './update-registry.js';

/** Enough for what one workflow task brings; older events are read from the store. */
const TAIL_BYTES = 128 * 1024;

export class RunContext {
  state: MutableState;
  readonly updates = new UpdateRegistry();
  readonly queries = new QueryRegistry();
  /** Changed since it was last staged. */
  isDirty = false;
  /** Its visibility record has to be staged too. */
  isVisibilityDirty = false;
  readonly #eventListeners = new Set<() => void>();
  #tail: EventBatch[] = [];
  #tailBytes = 0;

  constructor(state: MutableState) {
    this.state = state;
  }

  /** True when dropping it from memory would lose something that the store does not have. */
  get isPinned(): boolean {
    return (
      this.isDirty ||
      !this.updates.isEmpty ||
      this.queries.size > 0 ||
      this.#eventListeners.size > 0 ||
      this.state.workflowTask?.isSpeculative === true ||
      this.state.closeAttempted
    );
  }

  appendToTail(batch: EventBatch): void {
    this.#tail.push(batch);
    this.#tailBytes += batch.bytes.length;
    while (this.#tailBytes > TAIL_BYTES && this.#tail.length > 1)
      this.#tailBytes -= this.#tail.shift()?.bytes.length ?? 0;
  }

  dropTail(): void {
    this.#tail = [];
    this.#tailBytes = 0;
  }

  /** The batches from `fromEventId` on, or undefined when the tail does not reach back that far. */
  tailFrom(fromEventId: number): readonly EventBatch[] | undefined {
    const first = this.#tail[0];
    if (!first || first.firstEventId > fromEventId) return undefined;
    let index = this.#tail.length - 1;
    while (index > 0 && (this.#tail[index]?.firstEventId ?? 0) > fromEventId) index--;
    return index === 0 ? this.#tail : this.#tail.slice(index);
  }

  /** Calls `listener` whenever events were added, until the returned function is called. */
  onEvents(listener: () => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  notifyEvents(): void {
    for (const listener of [...this.#eventListeners]) listener();
  }
}
