/**
 * Compiles one comparison of a list filter. What a type allows:
 *
 *   KeywordList   = != IN NOT IN             one of the list's items is (none is) the value
 *   Text          = !=                       one of the value's words, split by spaces, occurs (none does)
 *   the others    all operators; STARTS_WITH where values are texts
 *
 * A run without the attribute fits none of these, but `!=` and NOT IN on lists and texts.
 */
import { SEARCH_ATTRIBUTE_TYPES } from '../namespaces/search-attribute-type.js';
import type { Comparison, FilterValue, VisibilityFilter } from '../persistence/visibility-filter.js';
import { compareInMilliseconds, rangeInMilliseconds } from './query-milliseconds.js';
import { requireAttribute } from './query-attribute.js';
import type { FindAttributeType, NamedAttribute } from './query-attribute.js';
import { invalidExpression } from './query-errors.js';
import type { ComparisonOperator, QueryExpression } from './query-expression.js';
import { printQuery } from './query-printer.js';
import { queryValue } from './query-value.js';
import type { QueryValue } from './query-value.js';
import { textWords } from './text-words.js';

type ComparisonExpression = Extract<QueryExpression, { type: 'comparison' }>;
type RangeExpression = Extract<QueryExpression, { type: 'range' }>;

const { Text, Keyword, Bool, KeywordList } = SEARCH_ATTRIBUTE_TYPES;

const NEGATED: Readonly<Record<Comparison, Comparison>> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

const TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(SEARCH_ATTRIBUTE_TYPES).map(([name, type]) => [type, name]),
);

export function compileComparison(
  expression: ComparisonExpression,
  isNegated: boolean,
  findType: FindAttributeType,
): VisibilityFilter {
  const { operator } = expression;
  if (['<=>', 'like', 'not like', 'regexp', 'not regexp'].includes(operator)) {
    throw invalidExpression(`invalid operator '${operator}' in \`${printQuery(expression)}\``);
  }
  const attribute = requireAttribute(expression.left, findType);
  const { right } = expression;
  const isTuple = right.type === 'tuple';
  const values = isTuple ? right.items.map((item) => queryValue(item, attribute)) : [queryValue(right, attribute)];
  if (attribute.type === KeywordList) return compileList(expression, attribute, values, isNegated);
  if (attribute.type === Text) return compileText(expression, attribute, values, isNegated);
  switch (operator) {
    case 'in':
    case 'not in':
      return compileIn(attribute, values, (operator === 'in') === isNegated);
    case 'starts_with':
    case 'not starts_with':
      return compilePrefix(expression, attribute, values[0], (operator === 'starts_with') === isNegated);
    default: {
      const comparison = operator as Comparison;
      // `a = (1, 2)` parses; no column is ever equal to a pair.
      if (isTuple) throw invalidExpression(`unexpected value type sqlparser.ValTuple`);
      return compareScalar(attribute, isNegated ? NEGATED[comparison] : comparison, values[0] ?? '');
    }
  }
}

export function compileRange(
  expression: RangeExpression,
  isNegated: boolean,
  findType: FindAttributeType,
): VisibilityFilter {
  const attribute = requireAttribute(expression.left, findType);
  const { field, name, type } = attribute;
  if (type === Text || type === Bool || type === KeywordList) {
    const typeName = TYPE_NAMES.get(type) ?? '';
    throw invalidExpression(`cannot do range condition on search attribute '${name}' of type ${typeName}`);
  }
  const from = filterValue(queryValue(expression.from, attribute));
  const to = filterValue(queryValue(expression.to, attribute));
  const isOutside = expression.isNegated !== isNegated;
  if (attribute.isInMilliseconds) return rangeInMilliseconds(field, from, to, isOutside);
  return { type: isOutside ? 'outside' : 'between', field, from, to };
}

function compareScalar(attribute: NamedAttribute, comparison: Comparison, value: QueryValue): VisibilityFilter {
  const { field, isInMilliseconds } = attribute;
  if (isInMilliseconds) return compareInMilliseconds(field, comparison, filterValue(value));
  return { type: 'compare', field, comparison, value: filterValue(value) };
}

function compileIn(attribute: NamedAttribute, values: readonly QueryValue[], isNegated: boolean): VisibilityFilter {
  const { field, isInMilliseconds } = attribute;
  if (!isInMilliseconds) {
    return { type: isNegated ? 'noneOf' : 'oneOf', field, values: values.map(filterValue) };
  }
  const operands = values.map((value) => compareScalar(attribute, isNegated ? '!=' : '=', value));
  return { type: isNegated ? 'and' : 'or', operands };
}

function compilePrefix(
  expression: ComparisonExpression,
  attribute: NamedAttribute,
  value: QueryValue | undefined,
  isNegated: boolean,
): VisibilityFilter {
  const { operator, right } = expression;
  if (typeof value !== 'string' || right.type === 'tuple') {
    const got = value === undefined || right.type === 'tuple' ? printQuery(right) : showValue(value);
    throw invalidExpression(`right-hand side of '${operator}' must be a literal string (got: ${got})`);
  }
  if (attribute.type !== Keyword) throw operatorNotSupported(operator, attribute, right);
  return { type: isNegated ? 'startsNotWith' : 'startsWith', field: attribute.field, prefix: value };
}

function compileList(
  expression: ComparisonExpression,
  attribute: NamedAttribute,
  values: readonly QueryValue[],
  isNegated: boolean,
): VisibilityFilter {
  const { operator, right } = expression;
  if (!['=', '!=', 'in', 'not in'].includes(operator)) throw operatorNotSupported(operator, attribute, right);
  const isOfMany = operator === 'in' || operator === 'not in';
  if (!isOfMany && right.type === 'tuple') {
    throw invalidExpression(`unexpected value type (expected string, got ${printQuery(right)})`);
  }
  const phrases = values.map((value) => {
    if (typeof value === 'string') return [value];
    const expected = isOfMany ? 'type in tuple (expected string' : 'type (expected string';
    throw invalidExpression(`unexpected value ${expected}, got ${showValue(value)})`);
  });
  const isPositive = (operator === '=' || operator === 'in') !== isNegated;
  return { type: isPositive ? 'hasAny' : 'hasNone', name: attribute.name, phrases };
}

function compileText(
  expression: ComparisonExpression,
  attribute: NamedAttribute,
  values: readonly QueryValue[],
  isNegated: boolean,
): VisibilityFilter {
  const { operator, right } = expression;
  if (operator !== '=' && operator !== '!=') throw operatorNotSupported(operator, attribute, right);
  const [value] = values;
  if (typeof value !== 'string' || right.type === 'tuple') {
    const got = value === undefined || right.type === 'tuple' ? printQuery(right) : showValue(value);
    throw invalidExpression(`unexpected value type (expected string, got ${got})`);
  }
  const tokens = value.split(' ').filter((token) => token !== '');
  if (tokens.length === 0) {
    throw invalidExpression(`unexpected value for Text type search attribute (no tokens found in '${value}')`);
  }
  // "foo-bar" is one token and two words: they have to stand next to each other.
  const phrases = tokens.map(textWords).filter((words) => words.length > 0);
  const isPositive = (operator === '=') !== isNegated;
  return phrases.length === 0
    ? { type: 'constant', value: !isPositive }
    : { type: isPositive ? 'hasAny' : 'hasNone', name: attribute.name, phrases };
}

function operatorNotSupported(operator: ComparisonOperator, attribute: NamedAttribute, right: QueryExpression): Error {
  const typeName = TYPE_NAMES.get(attribute.type) ?? '';
  const shown = `${attribute.name} ${operator} ${printQuery(right)}`;
  return invalidExpression(
    `operator '${operator}' not supported for ${typeName} type search attribute in \`${shown}\``,
  );
}

const showValue = (value: QueryValue): string => (typeof value === 'string' ? `'${value}'` : String(value));

/** Numbers that are integers are bound as such, so that a text compared with one is compared with its digits. */
function filterValue(value: QueryValue): FilterValue {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return value;
}
