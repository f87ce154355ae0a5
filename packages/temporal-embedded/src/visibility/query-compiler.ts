/**
 * Compiles a parsed list filter to what the store is asked: names become fields, literals become values, and `not` moves
 * down to the comparisons. It guards the order in which the official service looks for faults, since the first one is
 * the one that it reports.
 */
import type { VisibilityFilter } from '../persistence/visibility-filter.js';
import { compileComparison, compileRange } from './query-comparison.js';
import { requireAttribute } from './query-attribute.js';
import type { FindAttributeType } from './query-attribute.js';
import { invalidExpression, unsupportedQuery } from './query-errors.js';
import { goTypeName } from './query-expression.js';
import type { ParsedQuery, QueryExpression } from './query-expression.js';
import { NAMESPACE_DIVISION } from './system-columns.js';

export interface CompiledQuery {
  readonly filter: VisibilityFilter;
  /** `GROUP BY ExecutionStatus`, the one grouping there is. */
  readonly isGroupedByStatus: boolean;
}

/** Runs of the service's own are left out unless the filter says something about them. */
const NO_DIVISION: VisibilityFilter = { type: 'absent', field: { kind: 'column', column: 'namespaceDivision' } };

/** Throws `InvalidArgumentError`. */
export function compileQuery(query: ParsedQuery, findType: FindAttributeType): CompiledQuery {
  if (query.hasOrderBy) throw unsupportedQuery("'order by' clause");
  if (query.hasLimit) throw unsupportedQuery("'limit' clause");
  let namesDivision = false;
  const find: FindAttributeType = (name) => {
    namesDivision ||= name === NAMESPACE_DIVISION;
    return findType(name);
  };
  const where = query.where && compileExpression(query.where, false, find);
  const filters = [...(where ? [where] : []), ...(namesDivision ? [] : [NO_DIVISION])];
  return { filter: { type: 'and', operands: filters }, isGroupedByStatus: isGroupedByStatus(query.groupBy, findType) };
}

function isGroupedByStatus(groupBy: readonly QueryExpression[], findType: FindAttributeType): boolean {
  const [first, ...more] = groupBy;
  if (first === undefined) return false;
  if (more.length > 0) throw unsupportedQuery("'group by' clause supports only a single field");
  if (requireAttribute(first, findType).name !== 'ExecutionStatus') {
    throw unsupportedQuery("'group by' clause is only supported for ExecutionStatus search attribute");
  }
  return true;
}

function compileExpression(
  expression: QueryExpression,
  isNegated: boolean,
  findType: FindAttributeType,
): VisibilityFilter {
  switch (expression.type) {
    case 'paren':
      return compileExpression(expression.operand, isNegated, findType);
    case 'not':
      return compileExpression(expression.operand, !isNegated, findType);
    case 'and':
    case 'or': {
      // De Morgan: not (a and b) is (not a) or (not b).
      const type = (expression.type === 'and') === isNegated ? 'or' : 'and';
      const left = compileExpression(expression.left, isNegated, findType);
      return { type, operands: [left, compileExpression(expression.right, isNegated, findType)] };
    }
    case 'comparison':
      return compileComparison(expression, isNegated, findType);
    case 'range':
      return compileRange(expression, isNegated, findType);
    case 'is':
      return compileIs(expression, isNegated, findType);
    case 'call':
      throw unsupportedQuery('function expression');
    case 'column':
      throw invalidExpression('incomplete expression');
    default:
      throw unsupportedQuery(`expression of type ${goTypeName(expression)}`);
  }
}

function compileIs(
  { suffix, operand }: Extract<QueryExpression, { type: 'is' }>,
  isNegated: boolean,
  findType: FindAttributeType,
): VisibilityFilter {
  const { field } = requireAttribute(operand, findType);
  if (suffix !== 'null' && suffix !== 'not null') {
    throw invalidExpression("'IS' operator can only be used with 'NULL' or 'NOT NULL'");
  }
  return { type: (suffix === 'null') === isNegated ? 'present' : 'absent', field };
}
