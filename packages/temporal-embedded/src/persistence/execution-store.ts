/** Statements over runs: their records, pending items, and which run of a workflow id is the current one. */
import type { CurrentRun, ExecutionRecord, OpenExecutionSummary, PendingItem, RunKey } from './store.js';
import type { SqlDatabase, SqlRow, SqlStatement } from './sqlite-driver.js';

export class ExecutionStore {
  readonly #put: SqlStatement;
  readonly #find: SqlStatement;
  readonly #findByKey: SqlStatement;
  readonly #putCurrent: SqlStatement;
  readonly #findCurrent: SqlStatement;
  readonly #putItem: SqlStatement;
  readonly #deleteItem: SqlStatement;
  readonly #items: SqlStatement;
  readonly #open: SqlStatement;
  readonly #maxKey: SqlStatement;
  readonly #deletes: readonly SqlStatement[];

  constructor(database: SqlDatabase) {
    this.#put = database.prepare(
      `INSERT INTO executions (run_key, namespace_id, workflow_id, run_id, status, wake_at, has_dispatch, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (run_key) DO UPDATE SET status = excluded.status, wake_at = excluded.wake_at,
         has_dispatch = excluded.has_dispatch, state = excluded.state`,
    );
    const columns = 'run_key, namespace_id, workflow_id, run_id, status, wake_at, has_dispatch, state';
    this.#find = database.prepare(
      `SELECT ${columns} FROM executions WHERE workflow_id = ? AND run_id = ? AND namespace_id = ?`,
    );
    this.#findByKey = database.prepare(`SELECT ${columns} FROM executions WHERE run_key = ?`);
    this.#putCurrent = database.prepare(
      `INSERT OR REPLACE INTO current_runs
         (namespace_id, workflow_id, run_id, run_key, start_request_id, status, start_time) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#findCurrent = database.prepare(
      `SELECT run_id, run_key, start_request_id, status, start_time FROM current_runs
       WHERE workflow_id = ? AND namespace_id = ?`,
    );
    this.#putItem = database.prepare(
      'INSERT OR REPLACE INTO pending_items (run_key, kind, id, data) VALUES (?, ?, ?, ?)',
    );
    this.#deleteItem = database.prepare('DELETE FROM pending_items WHERE run_key = ? AND kind = ? AND id = ?');
    this.#items = database.prepare('SELECT kind, id, data FROM pending_items WHERE run_key = ? ORDER BY kind, id');
    // Answered from the partial index alone: 100,000 open runs are read in a fraction of a second.
    this.#open = database.prepare(
      'SELECT run_key, wake_at, has_dispatch FROM executions INDEXED BY executions_open WHERE status IN (1, 8)',
    );
    this.#maxKey = database.prepare('SELECT max(run_key) AS max_key FROM executions');
    this.#deletes = ['executions', 'pending_items', 'history', 'visibility', 'visibility_values', 'current_runs'].map(
      (table) => database.prepare(`DELETE FROM ${table} WHERE run_key = ?`),
    );
  }

  put(record: ExecutionRecord): void {
    this.#put.run(
      record.runKey,
      record.namespaceId,
      record.workflowId,
      record.runId,
      record.status,
      record.wakeAtMs ?? null,
      record.hasDispatch ? 1 : 0,
      record.state,
    );
  }

  find(namespaceId: string, workflowId: string, runId: string): ExecutionRecord | undefined {
    return toRecord(this.#find.get(workflowId, runId, namespaceId));
  }

  findByKey(runKey: RunKey): ExecutionRecord | undefined {
    return toRecord(this.#findByKey.get(runKey));
  }

  putCurrent(current: CurrentRun): void {
    this.#putCurrent.run(
      current.namespaceId,
      current.workflowId,
      current.runId,
      current.runKey,
      current.startRequestId,
      current.status,
      current.startTimeMs,
    );
  }

  findCurrent(namespaceId: string, workflowId: string): CurrentRun | undefined {
    const row = this.#findCurrent.get(workflowId, namespaceId);
    if (row === undefined) return undefined;
    return {
      namespaceId,
      workflowId,
      runId: String(row['run_id']),
      runKey: Number(row['run_key']),
      startRequestId: String(row['start_request_id']),
      status: Number(row['status']),
      startTimeMs: Number(row['start_time']),
    };
  }

  putItem(runKey: RunKey, item: PendingItem): void {
    this.#putItem.run(runKey, item.kind, item.id, item.data);
  }

  deleteItem(runKey: RunKey, kind: number, id: string): void {
    this.#deleteItem.run(runKey, kind, id);
  }

  items(runKey: RunKey): readonly PendingItem[] {
    return this.#items
      .all(runKey)
      .map((row) => ({ kind: Number(row['kind']), id: String(row['id']), data: row['data'] as Uint8Array }));
  }

  open(): readonly OpenExecutionSummary[] {
    return this.#open.all().map((row) => ({
      runKey: Number(row['run_key']),
      wakeAtMs: row['wake_at'] === null ? undefined : Number(row['wake_at']),
      hasDispatch: row['has_dispatch'] === 1,
    }));
  }

  /** 0 when there is none. */
  maxRunKey(): RunKey {
    return Number(this.#maxKey.get()?.['max_key'] ?? 0);
  }

  delete(runKey: RunKey): void {
    for (const statement of this.#deletes) statement.run(runKey);
  }
}

function toRecord(row: SqlRow | undefined): ExecutionRecord | undefined {
  if (row === undefined) return undefined;
  return {
    runKey: Number(row['run_key']),
    namespaceId: String(row['namespace_id']),
    workflowId: String(row['workflow_id']),
    runId: String(row['run_id']),
    status: Number(row['status']),
    wakeAtMs: row['wake_at'] === null ? undefined : Number(row['wake_at']),
    hasDispatch: row['has_dispatch'] === 1,
    state: row['state'] as Uint8Array,
  };
}
