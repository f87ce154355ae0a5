/**
 * Workers as they have last said they are, by namespace. In memory: a worker says it again within a minute, and after a
 * restart those that do not are not there any more.
 */
import type { Clock } from '../clock/clock.js';
import { NotFoundError } from '../errors.js';
import type { WorkerFilter, WorkerHeartbeat } from './worker-filter.js';

/** As long as this a worker is remembered after its last word, as in the official service. */
const MEMORY_MS = 24 * 60 * 60 * 1000;
/** So many of a namespace are remembered; those go first that have been silent for longest. */
const MAX_WORKERS = 10_000;

interface Entry {
  readonly heartbeat: WorkerHeartbeat;
  readonly atMs: number;
}

export class WorkerRegistry {
  readonly #clock: Clock;
  /** By namespace and key, those that were heard of last at the end. */
  readonly #workers = new Map<string, Map<string, Entry>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  record(namespaceId: string, heartbeats: readonly WorkerHeartbeat[]): void {
    let workers = this.#workers.get(namespaceId);
    if (!workers) this.#workers.set(namespaceId, (workers = new Map<string, Entry>()));
    const atMs = this.#clock.nowMs();
    for (const heartbeat of heartbeats) {
      const key = heartbeat.workerInstanceKey ?? '';
      workers.delete(key);
      workers.set(key, { heartbeat, atMs });
    }
    for (const [key, entry] of workers) {
      if (workers.size <= MAX_WORKERS && atMs - entry.atMs <= MEMORY_MS) break;
      workers.delete(key);
    }
  }

  /** Those that have been heard of within a day. */
  list(namespaceId: string, filter: WorkerFilter): readonly WorkerHeartbeat[] {
    const sinceMs = this.#clock.nowMs() - MEMORY_MS;
    return [...(this.#workers.get(namespaceId)?.values() ?? [])]
      .filter(({ heartbeat, atMs }) => atMs >= sinceMs && filter(heartbeat))
      .map(({ heartbeat }) => heartbeat);
  }

  /** Throws NotFoundError. */
  require(namespaceId: string, workerInstanceKey: string): WorkerHeartbeat {
    const found = this.#workers.get(namespaceId)?.get(workerInstanceKey);
    if (!found) throw new NotFoundError(`Worker ${workerInstanceKey} not found`);
    return found.heartbeat;
  }
}
