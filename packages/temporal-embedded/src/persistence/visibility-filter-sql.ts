/**
 * Renders a filter as an SQL condition over `visibility AS v`, with its values as parameters.
 * Conditions on search attributes ask for the key among those that fit, so that the indexes by value answer them.
 */
import type { SqlValue } from './sqlite-driver.js';
import type { StoredAs, VisibilityColumn, VisibilityField, VisibilityFilter } from './visibility-filter.js';

export interface SqlCondition {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** Where an open run stands in the order by close time: behind every time there is. */
export const OPEN_CLOSE_TIME = 9_223_372_036_854_775_807n;

/** Spelled as in the index `visibility_by_time`, or SQLite would not use it. */
export const CLOSE_TIME_OR_OPEN = `coalesce(v.close_time, ${String(OPEN_CLOSE_TIME)})`;

const COLUMNS: Readonly<Record<VisibilityColumn, string>> = {
  workflowId: 'v.workflow_id',
  runId: 'v.run_id',
  workflowType: 'v.workflow_type',
  taskQueue: 'v.task_queue',
  status: 'v.status',
  startTimeMs: 'v.start_time',
  executionTimeMs: 'v.execution_time',
  closeTimeMs: CLOSE_TIME_OR_OPEN,
  executionDurationMs: '(v.close_time - v.execution_time)',
  historyLength: 'v.history_length',
  historySizeBytes: 'v.history_size_bytes',
  stateTransitionCount: 'v.state_transition_count',
  parentWorkflowId: 'v.parent_workflow_id',
  parentRunId: 'v.parent_run_id',
  rootWorkflowId: 'v.root_workflow_id',
  rootRunId: 'v.root_run_id',
  namespaceDivision: 'v.namespace_division',
};

const VALUE_COLUMNS: Readonly<Record<StoredAs, string>> = {
  text: 'a.text_value',
  int: 'a.int_value',
  real: 'a.real_value',
};

/** Sorts behind every string that begins with what stands before it. */
const LAST_CHARACTER = '\u{10FFFF}';

export function filterToSql(filter: VisibilityFilter): SqlCondition {
  switch (filter.type) {
    case 'constant':
      return { sql: filter.value ? '1' : '0', parameters: [] };
    case 'and':
    case 'or': {
      const operands = filter.operands.map(filterToSql);
      return {
        sql: `(${operands.map(({ sql }) => sql).join(filter.type === 'and' ? ' AND ' : ' OR ')})`,
        parameters: operands.flatMap(({ parameters }) => parameters),
      };
    }
    case 'compare':
      return onField(filter.field, (value) => `${value} ${filter.comparison} ?`, [filter.value]);
    case 'oneOf':
    case 'noneOf': {
      const marks = filter.values.map(() => '?').join(', ');
      const operator = filter.type === 'oneOf' ? 'IN' : 'NOT IN';
      return onField(filter.field, (value) => `${value} ${operator} (${marks})`, filter.values);
    }
    case 'between':
      return onField(filter.field, (value) => `${value} BETWEEN ? AND ?`, [filter.from, filter.to]);
    case 'outside':
      return onField(filter.field, (value) => `${value} NOT BETWEEN ? AND ?`, [filter.from, filter.to]);
    case 'startsWith':
      return onField(filter.field, (value) => `(${value} >= ? AND ${value} < ?)`, prefixRange(filter.prefix));
    case 'startsNotWith':
      return onField(filter.field, (value) => `(${value} < ? OR ${value} >= ?)`, prefixRange(filter.prefix));
    case 'hasAny':
    case 'hasNone': {
      const phrases = filter.phrases.map((words) => phraseToSql(filter.name, words));
      return {
        sql: `v.run_key ${filter.type === 'hasAny' ? 'IN' : 'NOT IN'} (${phrases.map(({ sql }) => sql).join(' UNION ALL ')})`,
        parameters: phrases.flatMap(({ parameters }) => parameters),
      };
    }
    case 'present':
    case 'absent':
      return presenceToSql(filter.field, filter.type === 'present');
    default:
      throw new Error(`unknown filter ${JSON.stringify(filter satisfies never)}`);
  }
}

const prefixRange = (prefix: string): readonly string[] => [prefix, prefix + LAST_CHARACTER];

function onField(
  field: VisibilityField,
  condition: (value: string) => string,
  parameters: readonly SqlValue[],
): SqlCondition {
  if (field.kind === 'column') return { sql: condition(COLUMNS[field.column]), parameters };
  return {
    sql: `v.run_key IN (SELECT a.run_key FROM visibility_values AS a WHERE a.name = ? AND ${condition(VALUE_COLUMNS[field.storedAs])})`,
    parameters: [field.name, ...parameters],
  };
}

function phraseToSql(name: string, words: readonly string[]): SqlCondition {
  const [first = '', ...rest] = words;
  const joins = rest.map(
    (_word, index) =>
      `JOIN visibility_values AS w${String(index)} ON w${String(index)}.run_key = a.run_key AND w${String(index)}.name = a.name` +
      ` AND w${String(index)}.position = a.position + ${String(index + 1)} AND w${String(index)}.text_value = ?`,
  );
  return {
    sql: `SELECT a.run_key FROM visibility_values AS a ${joins.join(' ')} WHERE a.name = ? AND a.text_value = ?`,
    parameters: [...rest, name, first],
  };
}

function presenceToSql(field: VisibilityField, isPresent: boolean): SqlCondition {
  if (field.kind === 'column') {
    // Here an open run has no close time.
    const column = field.column === 'closeTimeMs' ? 'v.close_time' : COLUMNS[field.column];
    return { sql: `${column} IS ${isPresent ? 'NOT ' : ''}NULL`, parameters: [] };
  }
  return {
    sql: `${isPresent ? '' : 'NOT '}EXISTS (SELECT 1 FROM visibility_values AS a WHERE a.run_key = v.run_key AND a.name = ?)`,
    parameters: [field.name],
  };
}
