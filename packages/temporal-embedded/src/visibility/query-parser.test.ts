import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ComparisonOperator, QueryExpression } from './query-expression.js';
import { parseQuery } from './query-parser.js';
import { printQuery } from './query-printer.js';

const where = (query: string): QueryExpression | undefined => parseQuery(query).where;

const COMPARISONS: readonly ComparisonOperator[] = ['=', '!=', '<', '<=', '>', '>=', 'like', 'starts_with', 'not like'];
const name = fc.oneof(
  fc.constantFrom('WorkflowId', 'status', 'Order', 'with space', 'tick`ed', '1st', 'ünï'),
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/),
);
const column = fc.record({ type: fc.constant('column' as const), name });
const literal = fc.oneof(
  fc.record({ type: fc.constant('literal' as const), kind: fc.constant('string' as const), text: fc.string() }),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((value) => ({ type: 'literal' as const, kind: 'integer' as const, text: String(value) })),
  fc.constantFrom<QueryExpression>(
    { type: 'boolean', value: true },
    { type: 'null' },
    { type: 'literal', kind: 'float', text: '1.50' },
  ),
);
const comparison: fc.Arbitrary<QueryExpression> = fc.oneof(
  fc.record({
    type: fc.constant('comparison' as const),
    operator: fc.constantFrom(...COMPARISONS),
    left: column,
    right: literal,
  }),
  fc.record({
    type: fc.constant('comparison' as const),
    operator: fc.constantFrom<ComparisonOperator>('in', 'not in'),
    left: column,
    right: fc.record({ type: fc.constant('tuple' as const), items: fc.array(literal, { minLength: 1, maxLength: 3 }) }),
  }),
  fc.record({
    type: fc.constant('range' as const),
    isNegated: fc.boolean(),
    left: column,
    from: literal,
    to: literal,
  }),
  fc.record({ type: fc.constant('is' as const), suffix: fc.constantFrom('null', 'not null', 'true'), operand: column }),
);
const condition = fc.letrec<{ any: QueryExpression; inner: QueryExpression }>((tie) => ({
  // An operand that binds no tighter than its operator stands in parentheses.
  inner: fc.oneof(
    { maxDepth: 4 },
    comparison,
    tie('any').map((operand) => ({ type: 'paren' as const, operand })),
  ),
  any: fc.oneof(
    { maxDepth: 4 },
    comparison,
    fc.record({ type: fc.constant('not' as const), operand: tie('inner') }),
    fc.record({ type: fc.constantFrom('and' as const, 'or' as const), left: tie('inner'), right: tie('inner') }),
  ),
})).any;

describe('the parser of list filters', () => {
  it('reads back every expression that is printed', () => {
    fc.assert(
      fc.property(condition, (expression) => {
        expect(where(printQuery(expression))).toEqual(expression);
      }),
    );
  });

  it('answers any text with a tree or with a refusal', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.constantFrom(...SNIPPETS)).map((parts) => parts.join(' ')),
        ),
        (text) => {
          try {
            parseQuery(text);
          } catch (error) {
            expect((error as Error).message).toMatch(/^invalid query: malformed SQL query: /);
          }
        },
      ),
    );
  });

  it('binds AND tighter than OR, and NOT tighter than AND', () => {
    expect(where('a = 1 OR NOT b = 2 AND c = 3')).toMatchObject({
      type: 'or',
      right: { type: 'and', left: { type: 'not', operand: { type: 'comparison' } } },
    });
  });

  it('reads names of MySQL words in lower case, unless they stand in backticks', () => {
    expect(where('Status IS NULL')).toMatchObject({ operand: { name: 'status' } });
    expect(where('`Status` IS NULL')).toMatchObject({ operand: { name: 'Status' } });
  });

  it('skips comments and takes && and || for AND and OR', () => {
    expect(where('a = 1 /* one */ && b = 2 -- two')).toEqual(where('a = 1 AND b = 2'));
    expect(where('a = 1 || b = 2')).toEqual(where('a = 1 OR b = 2'));
  });

  it('refuses parentheses beyond any use before they exhaust the stack', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}a = 1${')'.repeat(depth)}`;
    expect(() => parseQuery(nested(199))).not.toThrow();
    expect(() => parseQuery(nested(100_000))).toThrow(/max nesting level reached/);
    expect(() => parseQuery(`${'NOT '.repeat(100_000)}a = 1`)).toThrow(/max nesting level reached/);
  });
});

const SNIPPETS = [
  'a',
  '=',
  "'x'",
  '(',
  ')',
  'AND',
  'NOT',
  'IN',
  'BETWEEN',
  'IS',
  'NULL',
  ',',
  '5',
  '-',
  'ORDER BY',
  '`',
  '"',
];
