/**
 * Statements that answer list and count. A filter is rendered to SQL once per shape: values are parameters, so the
 * statements of the last shapes are kept, and a dashboard that asks the same question all day prepares it once.
 */
import type { SqlDatabase, SqlRow, SqlStatement, SqlValue } from './sqlite-driver.js';
import type { RunKey, VisibilityCursor, VisibilityRow } from './store.js';
import { CLOSE_TIME_OR_OPEN, filterToSql, OPEN_CLOSE_TIME } from './visibility-filter-sql.js';
import type { SqlCondition } from './visibility-filter-sql.js';
import type { VisibilityFilter } from './visibility-filter.js';

/** Prepared statements kept, by shape. */
const KEPT_STATEMENTS = 64;

const ROW_COLUMNS = `v.run_key, v.namespace_id, v.workflow_id, v.run_id, v.workflow_type, v.task_queue, v.status,
  v.start_time, v.execution_time, v.close_time, v.history_length, v.history_size_bytes, v.state_transition_count,
  v.parent_workflow_id, v.parent_run_id, v.root_workflow_id, v.root_run_id, v.memo, v.search_attributes`;

export class VisibilityReader {
  readonly #database: SqlDatabase;
  readonly #statements = new Map<string, SqlStatement>();

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  list(
    namespaceId: string,
    filter: VisibilityFilter,
    after: VisibilityCursor | undefined,
    limit: number,
  ): readonly VisibilityRow[] {
    const { sql, parameters } = filterToSql(filter);
    const order = `${CLOSE_TIME_OR_OPEN} DESC, v.start_time DESC, v.run_key DESC`;
    // Compared as a row, which the index by time answers with one seek.
    const from = after === undefined ? '' : `AND (${CLOSE_TIME_OR_OPEN}, v.start_time, v.run_key) < (?, ?, ?)`;
    const cursor: readonly SqlValue[] =
      after === undefined ? [] : [after.closeTimeMs ?? OPEN_CLOSE_TIME, after.startTimeMs, after.runKey];
    return this.#prepare(
      `SELECT ${ROW_COLUMNS} FROM visibility AS v WHERE v.namespace_id = ? AND ${sql} ${from} ORDER BY ${order} LIMIT ?`,
    )
      .all(namespaceId, ...parameters, ...cursor, limit)
      .map(toVisibilityRow);
  }

  /** In the order of their start. */
  runKeys(
    namespaceId: string,
    filter: VisibilityFilter,
    { after, upTo }: { readonly after: RunKey; readonly upTo: RunKey },
    limit: number,
  ): readonly RunKey[] {
    const { where, parameters } = this.#where(filterToSql(filter));
    return this.#prepare(
      `SELECT v.run_key FROM visibility AS v ${where} AND v.run_key > ? AND v.run_key <= ? ORDER BY v.run_key LIMIT ?`,
    )
      .all(namespaceId, ...parameters, after, upTo, limit)
      .map((row) => Number(row['run_key']));
  }

  count(namespaceId: string, filter: VisibilityFilter): number {
    const { where, parameters } = this.#where(filterToSql(filter));
    const row = this.#prepare(`SELECT count(*) AS n FROM visibility AS v ${where}`).get(namespaceId, ...parameters);
    return Number(row?.['n'] ?? 0);
  }

  /** Statuses that occur, in ascending order. */
  countByStatus(namespaceId: string, filter: VisibilityFilter): ReadonlyMap<number, number> {
    const { where, parameters } = this.#where(filterToSql(filter));
    const rows = this.#prepare(
      `SELECT v.status, count(*) AS n FROM visibility AS v ${where} GROUP BY v.status ORDER BY v.status`,
    ).all(namespaceId, ...parameters);
    return new Map(rows.map((row) => [Number(row['status']), Number(row['n'])]));
  }

  #where({ sql, parameters }: SqlCondition): { where: string; parameters: readonly SqlValue[] } {
    return { where: `WHERE v.namespace_id = ? AND ${sql}`, parameters };
  }

  #prepare(sql: string): SqlStatement {
    const known = this.#statements.get(sql);
    if (known) {
      // Moved to the end: the front is what was not used for longest.
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    const oldest = this.#statements.size > KEPT_STATEMENTS ? this.#statements.keys().next() : undefined;
    if (oldest?.done === false) this.#statements.delete(oldest.value);
    return statement;
  }
}

function toVisibilityRow(row: SqlRow): VisibilityRow {
  const status = Number(row['status']);
  return {
    runKey: Number(row['run_key']),
    namespaceId: String(row['namespace_id']),
    workflowId: String(row['workflow_id']),
    runId: String(row['run_id']),
    workflowType: String(row['workflow_type']),
    taskQueue: String(row['task_queue']),
    status,
    startTimeMs: Number(row['start_time']),
    executionTimeMs: Number(row['execution_time']),
    rootWorkflowId: String(row['root_workflow_id']),
    rootRunId: String(row['root_run_id']),
    ...optionalNumber(row, 'close_time', 'closeTimeMs'),
    ...optionalNumber(row, 'history_length', 'historyLength'),
    ...optionalNumber(row, 'history_size_bytes', 'historySizeBytes'),
    ...optionalNumber(row, 'state_transition_count', 'stateTransitionCount'),
    ...(row['parent_workflow_id'] !== null && { parentWorkflowId: String(row['parent_workflow_id']) }),
    ...(row['parent_run_id'] !== null && { parentRunId: String(row['parent_run_id']) }),
    ...(row['memo'] !== null && { memo: row['memo'] as Uint8Array }),
    ...(row['search_attributes'] !== null && { searchAttributes: row['search_attributes'] as Uint8Array }),
  };
}

function optionalNumber<K extends keyof VisibilityRow>(row: SqlRow, column: string, key: K): { [P in K]?: number } {
  const value = row[column];
  return value === null || value === undefined ? {} : ({ [key]: Number(value) } as { [P in K]?: number });
}
