/**
 * The list filter language as a tree, before any name or type is looked up. It holds more than a filter may say
 * (arithmetic, calls, LIKE, ...): what parses and is not supported is refused by name, not as a syntax error.
 */

export type ComparisonOperator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '<=>'
  | 'in'
  | 'not in'
  | 'like'
  | 'not like'
  | 'regexp'
  | 'not regexp'
  | 'starts_with'
  | 'not starts_with';

export type QueryExpression =
  | { readonly type: 'and' | 'or'; readonly left: QueryExpression; readonly right: QueryExpression }
  | { readonly type: 'not' | 'paren'; readonly operand: QueryExpression }
  | {
      readonly type: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: QueryExpression;
      readonly right: QueryExpression;
    }
  | {
      readonly type: 'range';
      readonly isNegated: boolean;
      readonly left: QueryExpression;
      readonly from: QueryExpression;
      readonly to: QueryExpression;
    }
  /** `suffix` is what stands behind `is`: `null`, `not null`, `true`, ... */
  | { readonly type: 'is'; readonly suffix: string; readonly operand: QueryExpression }
  /** `text` is a string's content, or a number as it was written. */
  | { readonly type: 'literal'; readonly kind: 'string' | 'integer' | 'float' | 'other'; readonly text: string }
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'column'; readonly name: string }
  | { readonly type: 'tuple'; readonly items: readonly QueryExpression[] }
  | { readonly type: 'call'; readonly name: string; readonly parameters: readonly QueryExpression[] }
  | {
      readonly type: 'binary';
      readonly operator: string;
      readonly left: QueryExpression;
      readonly right: QueryExpression;
    }
  | { readonly type: 'unary'; readonly operator: string; readonly operand: QueryExpression };

/** A whole filter: the condition, and the clauses that may follow it. */
export interface ParsedQuery {
  readonly where: QueryExpression | undefined;
  readonly groupBy: readonly QueryExpression[];
  readonly hasOrderBy: boolean;
  readonly hasLimit: boolean;
}

/** The names by which the official service, which is written in Go, calls these in its errors. */
const GO_TYPES: Readonly<Record<QueryExpression['type'], string>> = {
  and: '*sqlparser.AndExpr',
  or: '*sqlparser.OrExpr',
  not: '*sqlparser.NotExpr',
  paren: '*sqlparser.ParenExpr',
  comparison: '*sqlparser.ComparisonExpr',
  range: '*sqlparser.RangeCond',
  is: '*sqlparser.IsExpr',
  literal: '*sqlparser.SQLVal',
  null: '*sqlparser.NullVal',
  boolean: 'sqlparser.BoolVal',
  column: '*sqlparser.ColName',
  tuple: 'sqlparser.ValTuple',
  call: '*sqlparser.FuncExpr',
  binary: '*sqlparser.BinaryExpr',
  unary: '*sqlparser.UnaryExpr',
};

export const goTypeName = (expression: QueryExpression): string => GO_TYPES[expression.type];
