/**
 * A literal of a filter as a value of the attribute that it is compared with: statuses by name, datetimes and durations
 * as nanoseconds. Other literals stay what they are; SQLite compares a number with a text by the column's type, as the
 * official service lets it.
 */
import { InvalidArgumentError } from '../errors.js';
import { SEARCH_ATTRIBUTE_TYPES } from '../namespaces/search-attribute-type.js';
import { temporalProto } from '../proto/root.js';
import { parseEpochNanoseconds } from './epoch-nanoseconds.js';
import { InvalidDurationError, parseExecutionDuration } from './execution-duration.js';
import type { NamedAttribute } from './query-attribute.js';
import { invalidExpression, invalidQuery, unsupportedQuery } from './query-errors.js';
import { goTypeName } from './query-expression.js';
import type { QueryExpression } from './query-expression.js';
import { printQuery } from './query-printer.js';

/** `true` and `false` stay booleans until here knows that they are compared with a column. */
export type QueryValue = string | number | bigint | boolean;

const MAX_INT64 = 9_223_372_036_854_775_807n;

/** Throws `InvalidArgumentError` when the expression is no value, or none of that attribute. */
export function queryValue(expression: QueryExpression, attribute: NamedAttribute): QueryValue {
  switch (expression.type) {
    case 'literal':
      return attributeValue(literalValue(expression), attribute);
    case 'boolean':
      return expression.value;
    case 'call':
      throw unsupportedQuery('nested func');
    case 'column': {
      const name = printQuery(expression);
      throw unsupportedQuery(
        `column name on the right side of comparison expression (did you forget to quote '${name}'?)`,
      );
    }
    default:
      throw invalidExpression(`unexpected value type ${goTypeName(expression)}`);
  }
}

function literalValue({ kind, text }: Extract<QueryExpression, { type: 'literal' }>): string | number | bigint {
  if (kind === 'string') return text;
  if (kind === 'other') throw new InvalidArgumentError(`invalid expression: unable to parse ${text}`);
  if (kind === 'float') return Number(text);
  const integer = BigInt(text);
  return integer > MAX_INT64 || integer < -MAX_INT64 - 1n ? Number(text) : integer;
}

function attributeValue(value: string | number | bigint, attribute: NamedAttribute): QueryValue {
  if (attribute.type === SEARCH_ATTRIBUTE_TYPES.Datetime) return datetimeValue(value, attribute.name);
  switch (attribute.name) {
    case 'ExecutionStatus':
      return statusValue(value);
    case 'ExecutionDuration':
      return typeof value === 'string' ? durationValue(value) : value;
    default:
      return typeof value === 'string' ? attribute.valuePrefix + value : value;
  }
}

function datetimeValue(value: string | number | bigint, name: string): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') {
    throw invalidExpression(`unexpected value type float64 for search attribute ${name}`);
  }
  const nanoseconds = parseEpochNanoseconds(value);
  if (nanoseconds === undefined) throw invalidExpression(`unable to parse datetime '${value}'`);
  return nanoseconds;
}

function statusValue(value: string | number | bigint): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') {
    throw invalidExpression('unexpected value type float64 for search attribute ExecutionStatus');
  }
  const status = statusNumber(value);
  if (status === undefined) throw invalidExpression(`invalid ExecutionStatus value '${value}'`);
  return BigInt(status);
}

/** `Running` or `WORKFLOW_EXECUTION_STATUS_RUNNING`. */
function statusNumber(name: string): number | undefined {
  const statuses: Readonly<Record<string, number | string>> = temporalProto.api.enums.v1.WorkflowExecutionStatus;
  const screaming = name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  const found = Object.entries(statuses).find(
    ([key, value]) =>
      typeof value === 'number' &&
      (key === name || (key === `WORKFLOW_EXECUTION_STATUS_${screaming}` && /^[A-Z][a-z]/.test(name))),
  );
  return found?.[1] as number | undefined;
}

function durationValue(text: string): bigint {
  try {
    return parseExecutionDuration(text);
  } catch (error) {
    if (!(error instanceof InvalidDurationError)) throw error;
    throw invalidQuery(`invalid value for search attribute ExecutionDuration: ${text} (${error.message})`);
  }
}
