/** Statements over schedules. What a list sees of one is a visibility record under the same key. */
import type { RunKey, ScheduleRecord, ScheduleSummary } from './store.js';
import type { SqlDatabase, SqlRow, SqlStatement } from './sqlite-driver.js';

export class ScheduleStore {
  readonly #put: SqlStatement;
  readonly #find: SqlStatement;
  readonly #findByKey: SqlStatement;
  readonly #toResume: SqlStatement;
  readonly #ofNamespace: SqlStatement;
  readonly #maxKey: SqlStatement;
  readonly #deletes: readonly SqlStatement[];

  constructor(database: SqlDatabase) {
    const columns = 'schedule_key, namespace_id, schedule_id, wake_at, is_watching, state';
    this.#put = database.prepare(
      `INSERT INTO schedules (${columns}) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (schedule_key) DO UPDATE SET wake_at = excluded.wake_at, is_watching = excluded.is_watching,
         state = excluded.state`,
    );
    this.#find = database.prepare(`SELECT ${columns} FROM schedules WHERE schedule_id = ? AND namespace_id = ?`);
    this.#findByKey = database.prepare(`SELECT ${columns} FROM schedules WHERE schedule_key = ?`);
    this.#toResume = database.prepare(
      'SELECT schedule_key, wake_at, is_watching FROM schedules WHERE wake_at IS NOT NULL OR is_watching',
    );
    this.#ofNamespace = database.prepare('SELECT schedule_key FROM schedules WHERE namespace_id = ? LIMIT ?');
    this.#maxKey = database.prepare('SELECT max(schedule_key) AS max_key FROM schedules');
    this.#deletes = [
      database.prepare('DELETE FROM schedules WHERE schedule_key = ?'),
      ...['visibility', 'visibility_values'].map((table) => database.prepare(`DELETE FROM ${table} WHERE run_key = ?`)),
    ];
  }

  put(record: ScheduleRecord): void {
    this.#put.run(
      record.scheduleKey,
      record.namespaceId,
      record.scheduleId,
      // Up, since a wake that comes early finds nothing to do.
      record.wakeAtMs === undefined ? null : Math.ceil(record.wakeAtMs),
      record.isWatching ? 1 : 0,
      record.state,
    );
  }

  find(namespaceId: string, scheduleId: string): ScheduleRecord | undefined {
    return toRecord(this.#find.get(scheduleId, namespaceId));
  }

  findByKey(scheduleKey: RunKey): ScheduleRecord | undefined {
    return toRecord(this.#findByKey.get(scheduleKey));
  }

  toResume(): readonly ScheduleSummary[] {
    return this.#toResume.all().map((row) => ({
      scheduleKey: Number(row['schedule_key']),
      wakeAtMs: row['wake_at'] === null ? undefined : Number(row['wake_at']),
      isWatching: row['is_watching'] === 1,
    }));
  }

  ofNamespace(namespaceId: string, limit: number): readonly RunKey[] {
    return this.#ofNamespace.all(namespaceId, limit).map((row) => Number(row['schedule_key']));
  }

  /** 0 when there is none. */
  maxKey(): RunKey {
    return Number(this.#maxKey.get()?.['max_key'] ?? 0);
  }

  delete(scheduleKey: RunKey): void {
    for (const statement of this.#deletes) statement.run(scheduleKey);
  }
}

function toRecord(row: SqlRow | undefined): ScheduleRecord | undefined {
  if (row === undefined) return undefined;
  return {
    scheduleKey: Number(row['schedule_key']),
    namespaceId: String(row['namespace_id']),
    scheduleId: String(row['schedule_id']),
    wakeAtMs: row['wake_at'] === null ? undefined : Number(row['wake_at']),
    isWatching: row['is_watching'] === 1,
    state: row['state'] as Uint8Array,
  };
}
