/**
 * The last few batches of a run's events, in memory, so that a worker's next poll and a client that follows the history
 * seldom read from disk. What it no longer holds is in the store.
 */
import type { EventBatch } from '../persistence/store.js';

/** Enough for a short run, or for what one workflow task brings to a long one. */
const MAXIMUM_BYTES = 16 * 1024;

export class EventTail {
  #batches: EventBatch[] = [];
  #bytes = 0;

  append(batch: EventBatch): void {
    // A copy of just these bytes: as encoded, they lie in a slab that they would keep alive for as long as the run.
    this.#batches.push({ ...batch, bytes: new Uint8Array(batch.bytes) });
    this.#bytes += batch.bytes.length;
    while (this.#bytes > MAXIMUM_BYTES && this.#batches.length > 1)
      this.#bytes -= this.#batches.shift()?.bytes.length ?? 0;
  }

  /** The batches from `fromEventId` on, or undefined when the tail does not reach back that far. */
  from(fromEventId: number): readonly EventBatch[] | undefined {
    const first = this.#batches[0];
    if (!first || first.firstEventId > fromEventId) return undefined;
    let index = this.#batches.length - 1;
    while (index > 0 && (this.#batches[index]?.firstEventId ?? 0) > fromEventId) index--;
    return index === 0 ? this.#batches : this.#batches.slice(index);
  }
}
