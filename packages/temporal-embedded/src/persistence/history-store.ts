/** Statements over event batches; the bytes go in and out as they are. */
import type { EventBatch, RunKey } from './store.js';
import type { SqlDatabase, SqlRow, SqlStatement } from './sqlite-driver.js';

/** Rows fetched at a time while a page fills up. */
const CHUNK = 64;

export class HistoryStore {
  readonly #append: SqlStatement;
  readonly #forward: SqlStatement;
  readonly #backward: SqlStatement;

  constructor(database: SqlDatabase) {
    this.#append = database.prepare(
      'INSERT INTO history (run_key, first_event_id, last_event_id, events) VALUES (?, ?, ?, ?)',
    );
    const columns = 'SELECT first_event_id, last_event_id, events FROM history WHERE run_key = ?';
    // The batch that holds an event is the last one that begins at or before it.
    this.#forward = database.prepare(
      `${columns} AND first_event_id >= coalesce((SELECT max(first_event_id) FROM history WHERE run_key = ? AND first_event_id <= ?), 0)
       AND first_event_id <= ? ORDER BY first_event_id LIMIT ${String(CHUNK)}`,
    );
    this.#backward = database.prepare(
      `${columns} AND first_event_id <= ? ORDER BY first_event_id DESC LIMIT ${String(CHUNK)}`,
    );
  }

  append(batch: EventBatch): void {
    this.#append.run(batch.runKey, batch.firstEventId, batch.lastEventId, batch.bytes);
  }

  read(runKey: RunKey, fromEventId: number, toEventId: number, maxBytes: number): readonly EventBatch[] {
    return this.#fill(runKey, fromEventId, maxBytes, (from) => {
      const rows = from > toEventId ? [] : this.#forward.all(runKey, runKey, from, toEventId);
      const last = rows.at(-1);
      return { rows, next: last === undefined ? undefined : Number(last['last_event_id']) + 1 };
    });
  }

  readReverse(runKey: RunKey, fromEventId: number, maxBytes: number): readonly EventBatch[] {
    return this.#fill(runKey, fromEventId, maxBytes, (from) => {
      const rows = from < 1 ? [] : this.#backward.all(runKey, from);
      const last = rows.at(-1);
      return { rows, next: last === undefined ? undefined : Number(last['first_event_id']) - 1 };
    });
  }

  #fill(
    runKey: RunKey,
    start: number,
    maxBytes: number,
    chunk: (from: number) => { readonly rows: readonly SqlRow[]; readonly next: number | undefined },
  ): readonly EventBatch[] {
    const batches: EventBatch[] = [];
    let bytes = 0;
    for (let from: number | undefined = start; from !== undefined;) {
      const { rows, next }: ReturnType<typeof chunk> = chunk(from);
      for (const row of rows) {
        const events = row['events'] as Uint8Array;
        batches.push({
          runKey,
          firstEventId: Number(row['first_event_id']),
          lastEventId: Number(row['last_event_id']),
          bytes: events,
        });
        bytes += events.byteLength;
        if (bytes >= maxBytes) return batches;
      }
      from = rows.length < CHUNK ? undefined : next;
    }
    return batches;
  }
}
