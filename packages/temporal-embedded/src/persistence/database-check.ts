/**
 * Looks through a whole database for what must not be: by SQLite's own check, by what holds between our tables, and by
 * a check of each run that the caller brings (persistence does not read events). Meant for a snapshot: it is read for
 * as long as it takes.
 */
import { ExecutionStore } from './execution-store.js';
import { HistoryStore } from './history-store.js';
import type { SqlDatabase, SqliteDriver } from './sqlite-driver.js';
import type { EventBatch, ExecutionRecord, PendingItem } from './store.js';

/** One run with all that belongs to it. Returns what is wrong with it, a sentence each. */
export type RunCheck = (
  record: ExecutionRecord,
  items: readonly PendingItem[],
  batches: readonly EventBatch[],
) => readonly string[];

export interface DatabaseReport {
  readonly runs: number;
  readonly openRuns: number;
  readonly schedules: number;
  /** What is wrong, a sentence each; none: it is sound. */
  readonly faults: readonly string[];
}

/** More than this say nothing new. */
const MAX_FAULTS = 100;
const ROWS_AT_ONCE = 500;

/** Each must yield nothing; `what` is the key of a row that it does yield. */
const TABLE_RULES: readonly (readonly [sentence: string, sql: string])[] = [
  [
    'has a current run that is not there',
    `SELECT workflow_id AS what FROM current_runs AS c WHERE NOT EXISTS
       (SELECT 1 FROM executions AS e WHERE e.run_key = c.run_key AND e.run_id = c.run_id AND e.workflow_id = c.workflow_id)`,
  ],
  [
    'has a current run of another status than the run itself',
    `SELECT c.workflow_id AS what FROM current_runs AS c JOIN executions AS e USING (run_key) WHERE c.status <> e.status`,
  ],
  [
    'is open and not the current run of its workflow',
    `SELECT run_id AS what FROM executions AS e WHERE status IN (1, 8) AND NOT EXISTS
       (SELECT 1 FROM current_runs AS c WHERE c.run_key = e.run_key)`,
  ],
  [
    'has events and no run',
    `SELECT DISTINCT run_key AS what FROM history AS h WHERE NOT EXISTS
       (SELECT 1 FROM executions AS e WHERE e.run_key = h.run_key)`,
  ],
  [
    'has pending items and no run',
    `SELECT DISTINCT run_key AS what FROM pending_items AS p WHERE NOT EXISTS
       (SELECT 1 FROM executions AS e WHERE e.run_key = p.run_key)`,
  ],
  [
    'is not in lists',
    `SELECT run_id AS what FROM executions AS e WHERE NOT EXISTS
       (SELECT 1 FROM visibility AS v WHERE v.run_key = e.run_key AND v.status = e.status)`,
  ],
  [
    'is in lists and nowhere else',
    `SELECT v.run_key AS what FROM visibility AS v WHERE
       NOT EXISTS (SELECT 1 FROM executions AS e WHERE e.run_key = v.run_key) AND
       NOT EXISTS (SELECT 1 FROM schedules AS s WHERE s.schedule_key = v.run_key)`,
  ],
  [
    'belongs to a namespace that is not there',
    `SELECT run_id AS what FROM executions AS e WHERE NOT EXISTS
       (SELECT 1 FROM namespaces AS n WHERE n.id = e.namespace_id)`,
  ],
];

export function checkDatabase(driver: SqliteDriver, filename: string, checkRun: RunCheck): DatabaseReport {
  const database = driver.open(filename);
  try {
    const pageFaults = damagedPages(database);
    // Of a file whose pages are damaged nothing else can be told.
    if (pageFaults.length > 0) return { runs: 0, openRuns: 0, schedules: 0, faults: pageFaults };
    return {
      runs: count(database, 'executions'),
      openRuns: count(database, 'executions WHERE status IN (1, 8)'),
      schedules: count(database, 'schedules'),
      faults: [...brokenRules(database), ...checkRuns(database, checkRun)].slice(0, MAX_FAULTS),
    };
  } finally {
    database.close();
  }
}

function damagedPages(database: SqlDatabase): string[] {
  let lines: readonly string[];
  try {
    const rows = database.prepare(`PRAGMA integrity_check(${MAX_FAULTS})`).all();
    lines = rows.map((row) => String(row['integrity_check']));
  } catch (error) {
    lines = [error instanceof Error ? error.message : String(error)];
  }
  return lines.filter((line) => line !== 'ok').map((line) => `SQLite: ${line}`);
}

const brokenRules = (database: SqlDatabase): string[] =>
  TABLE_RULES.flatMap(([sentence, sql]) =>
    database
      .prepare(`${sql} LIMIT ${MAX_FAULTS}`)
      .all()
      .map((row) => `${String(row['what'])} ${sentence}.`),
  );

function checkRuns(database: SqlDatabase, checkRun: RunCheck): string[] {
  const executions = new ExecutionStore(database);
  const history = new HistoryStore(database);
  const keys = database.prepare(
    `SELECT run_key FROM executions WHERE run_key > ? ORDER BY run_key LIMIT ${ROWS_AT_ONCE}`,
  );
  const faults: string[] = [];
  for (let after = -1; faults.length < MAX_FAULTS;) {
    const page = keys.all(after).map((row) => Number(row['run_key']));
    for (const runKey of page) {
      const record = executions.findByKey(runKey);
      if (!record) continue;
      const batches = history.read(runKey, 1, Number.MAX_SAFE_INTEGER, Infinity);
      for (const fault of checkRun(record, executions.items(runKey), batches)) {
        faults.push(`run ${record.runId} of ${JSON.stringify(record.workflowId)}: ${fault}`);
      }
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last;
  }
  return faults;
}

const count = (database: SqlDatabase, from: string): number =>
  Number(database.prepare(`SELECT count(*) AS n FROM ${from}`).get()?.['n'] ?? 0);
