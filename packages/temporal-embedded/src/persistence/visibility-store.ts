/** Statements that write what list and count see. Reading is visibility-reader's. */
import type { RunKey, SearchAttributeValue, VisibilityRecord } from './store.js';
import type { SqlDatabase, SqlStatement } from './sqlite-driver.js';

export class VisibilityStore {
  readonly #put: SqlStatement;
  readonly #dropValues: SqlStatement;
  readonly #putValue: SqlStatement;

  constructor(database: SqlDatabase) {
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO visibility (run_key, namespace_id, workflow_id, run_id, workflow_type, task_queue, status,
         start_time, execution_time, close_time, history_length, history_size_bytes, state_transition_count,
         parent_workflow_id, parent_run_id, root_workflow_id, root_run_id, namespace_division, memo, search_attributes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#dropValues = database.prepare('DELETE FROM visibility_values WHERE run_key = ?');
    this.#putValue = database.prepare(
      `INSERT INTO visibility_values (run_key, name, position, text_value, int_value, real_value) VALUES (?, ?, ?, ?, ?, ?)`,
    );
  }

  put(record: VisibilityRecord): void {
    const division = record.indexedValues.get('TemporalNamespaceDivision');
    this.#put.run(
      record.runKey,
      record.namespaceId,
      record.workflowId,
      record.runId,
      record.workflowType,
      record.taskQueue,
      record.status,
      record.startTimeMs,
      record.executionTimeMs,
      record.closeTimeMs ?? null,
      record.historyLength ?? null,
      record.historySizeBytes ?? null,
      record.stateTransitionCount ?? null,
      record.parentWorkflowId ?? null,
      record.parentRunId ?? null,
      record.rootWorkflowId,
      record.rootRunId,
      division === undefined ? null : String(division),
      record.memo ?? null,
      record.searchAttributes ?? null,
    );
    this.#dropValues.run(record.runKey);
    for (const [name, value] of record.indexedValues) this.#putValues(record.runKey, name, value);
  }

  #putValues(runKey: RunKey, name: string, value: SearchAttributeValue): void {
    if (Array.isArray(value)) {
      value.forEach((item: string, position) => this.#putValue.run(runKey, name, position, item, null, null));
      return;
    }
    const [text, int, real] = columns(value as Exclude<SearchAttributeValue, readonly string[]>);
    this.#putValue.run(runKey, name, 0, text, int, real);
  }
}

/** Integers (and booleans, and datetimes as nanoseconds) are INTEGER, other numbers REAL; `1.0` of a Double is REAL by its type. */
function columns(value: string | number | bigint | boolean): [string | null, bigint | number | null, number | null] {
  switch (typeof value) {
    case 'string':
      return [value, null, null];
    case 'bigint':
      return [null, value, null];
    case 'boolean':
      return [null, value ? 1 : 0, null];
    default:
      return [null, null, value];
  }
}
