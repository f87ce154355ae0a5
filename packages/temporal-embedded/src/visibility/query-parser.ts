/**
 * Parses the list filter language: the WHERE part of a MySQL SELECT, with the clauses that may follow it.
 * It guards the error texts: the official service parses `select * from table1 where <filter>` and reports the position
 * of the first token that can't go on, so positions here count as if that stood in front.
 *
 *   expression  OR < AND < NOT < IS ...        condition  value [operator value]
 *   value       | < & < << >> < + - < * / % < ^ < unary
 */
import { malformedQuery } from './query-errors.js';
import type { ComparisonOperator, ParsedQuery, QueryExpression } from './query-expression.js';
import { tokenizeQuery } from './query-token.js';
import type { QueryToken } from './query-token.js';

/** Parentheses in each other; deeper ones would only test the stack. */
const MAX_NESTING = 200;

const SELECT = 'select * from table1 ';
const COMPARISONS: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=', '<=>']);
const WORD_COMPARISONS: ReadonlySet<string> = new Set(['in', 'like', 'regexp', 'starts_with']);
const IS_SUFFIXES: ReadonlySet<string> = new Set(['null', 'true', 'false']);

/** From the loosest to the tightest. */
const BINARY_OPERATORS: readonly (readonly string[])[] = [
  ['|'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%', 'div', 'mod'],
  ['^'],
];

/** Throws `InvalidArgumentError` when the filter does not parse. */
export function parseQuery(query: string): ParsedQuery {
  return new QueryParser(query.trim()).parse();
}

class QueryParser {
  readonly #query: string;
  readonly #prefix: string;
  readonly #tokens: readonly QueryToken[];
  #at = 0;
  #nesting = 0;

  constructor(query: string) {
    this.#query = query;
    this.#prefix = query === '' || /^(order|group) by/i.test(query) ? SELECT : `${SELECT}where `;
    this.#tokens = tokenizeQuery(query);
  }

  parse(): ParsedQuery {
    const where = this.#prefix === SELECT ? undefined : this.#or();
    const groupBy = this.#takeWords('group', 'by') ? this.#list() : [];
    const hasOrderBy = this.#takeWords('order', 'by');
    if (hasOrderBy) this.#orderings();
    const hasLimit = this.#takeWord('limit');
    if (hasLimit) this.#list();
    if (this.#token.type !== 'end') this.#fail();
    return { where, groupBy, hasOrderBy, hasLimit };
  }

  #or(): QueryExpression {
    let left = this.#and();
    while (this.#takeWord('or')) left = { type: 'or', left, right: this.#and() };
    return left;
  }

  #and(): QueryExpression {
    let left = this.#not();
    while (this.#takeWord('and')) left = { type: 'and', left, right: this.#not() };
    return left;
  }

  #not(): QueryExpression {
    return this.#takeWord('not') ? { type: 'not', operand: this.#nested(() => this.#not()) } : this.#is();
  }

  #is(): QueryExpression {
    let operand = this.#condition();
    while (this.#takeWord('is')) {
      const not = this.#takeWord('not') ? 'not ' : '';
      const { type, text } = this.#token;
      if (type !== 'word' || !IS_SUFFIXES.has(text)) this.#fail();
      this.#at += 1;
      operand = { type: 'is', suffix: not + text, operand };
    }
    return operand;
  }

  #condition(): QueryExpression {
    const left = this.#value();
    const { type, text } = this.#token;
    if (type === 'symbol' && COMPARISONS.has(text)) {
      this.#at += 1;
      return { type: 'comparison', operator: text as ComparisonOperator, left, right: this.#value() };
    }
    const isNegated = this.#takeWord('not');
    if (this.#takeWord('between')) {
      const from = this.#value();
      if (!this.#takeWord('and')) this.#fail();
      return { type: 'range', isNegated, left, from, to: this.#value() };
    }
    const word = this.#token;
    if (word.type === 'word' && WORD_COMPARISONS.has(word.text)) {
      this.#at += 1;
      const operator = `${isNegated ? 'not ' : ''}${word.text}` as ComparisonOperator;
      return { type: 'comparison', operator, left, right: word.text === 'in' ? this.#tuple() : this.#value() };
    }
    if (isNegated) this.#fail();
    return left;
  }

  #value(level = 0): QueryExpression {
    const operators = BINARY_OPERATORS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#value(level + 1);
    while (['symbol', 'word'].includes(this.#token.type) && operators.includes(this.#token.text)) {
      const operator = this.#token.text === 'mod' ? '%' : this.#token.text;
      this.#at += 1;
      left = { type: 'binary', operator, left, right: this.#value(level + 1) };
    }
    return left;
  }

  #unary(): QueryExpression {
    const operator = ['-', '+', '~', '!'].find((symbol) => this.#takeSymbol(symbol));
    if (operator === undefined) return this.#primary();
    const operand = this.#nested(() => this.#unary());
    // The sign belongs to an integer, and to nothing else.
    if (operand.type === 'literal' && operand.kind === 'integer' && (operator === '-' || operator === '+')) {
      return operator === '+' ? operand : { ...operand, text: negated(operand.text) };
    }
    return { type: 'unary', operator, operand };
  }

  #primary(): QueryExpression {
    const token = this.#token;
    switch (token.type) {
      case 'string':
      case 'integer':
      case 'float':
      case 'other':
        this.#at += 1;
        return { type: 'literal', kind: token.type, text: token.text };
      case 'name':
        return this.#columnOrCall();
      case 'word':
        if (token.text === 'null' && this.#takeWord('null')) return { type: 'null' };
        if (this.#takeWord('true')) return { type: 'boolean', value: true };
        if (this.#takeWord('false')) return { type: 'boolean', value: false };
        return this.#fail();
      case 'symbol': {
        if (token.text !== '(') return this.#fail();
        const items = this.#parenthesized();
        const [only] = items;
        return items.length === 1 && only ? { type: 'paren', operand: only } : { type: 'tuple', items };
      }
      default:
        return this.#fail();
    }
  }

  #columnOrCall(): QueryExpression {
    let name = this.#name();
    while (this.#takeSymbol('.')) name += `.${this.#name()}`;
    if (this.#token.type !== 'symbol' || this.#token.text !== '(') return { type: 'column', name };
    this.#at += 1;
    if (this.#takeSymbol(')')) return { type: 'call', name, parameters: [] };
    if (this.#takeSymbol('*')) {
      if (!this.#takeSymbol(')')) this.#fail();
      return { type: 'call', name, parameters: [{ type: 'column', name: '*' }] };
    }
    const parameters = this.#nested(() => this.#list());
    if (!this.#takeSymbol(')')) this.#fail();
    return { type: 'call', name, parameters };
  }

  #name(): string {
    const { type, text } = this.#token;
    if (type !== 'name') this.#fail();
    this.#at += 1;
    return text;
  }

  #tuple(): QueryExpression {
    if (this.#token.type !== 'symbol' || this.#token.text !== '(') this.#fail();
    return { type: 'tuple', items: this.#parenthesized() };
  }

  #parenthesized(): readonly QueryExpression[] {
    this.#at += 1;
    const items = this.#nested(() => this.#list());
    if (!this.#takeSymbol(')')) this.#fail();
    return items;
  }

  #list(): readonly QueryExpression[] {
    const items = [this.#or()];
    while (this.#takeSymbol(',')) items.push(this.#or());
    return items;
  }

  #orderings(): void {
    do {
      this.#or();
      if (!this.#takeWord('asc')) this.#takeWord('desc');
    } while (this.#takeSymbol(','));
  }

  #nested<T>(parse: () => T): T {
    this.#nesting += 1;
    if (this.#nesting > MAX_NESTING) throw malformedQuery(`max nesting level reached at ${this.#position()}`);
    const parsed = parse();
    this.#nesting -= 1;
    return parsed;
  }

  get #token(): QueryToken {
    // The last token ends or breaks the filter, and nothing moves past it.
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as QueryToken;
  }

  #takeWord(text: string): boolean {
    if (this.#token.type !== 'word' || this.#token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #takeWords(first: string, second: string): boolean {
    if (!this.#takeWord(first)) return false;
    if (!this.#takeWord(second)) this.#fail();
    return true;
  }

  #takeSymbol(text: string): boolean {
    if (this.#token.type !== 'symbol' || this.#token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #fail(): never {
    throw malformedQuery(`syntax error at ${this.#position()}`);
  }

  /** Counted in bytes, one behind the token; symbols are not quoted. */
  #position(): string {
    const { type, text, end } = this.#token;
    const position = Buffer.byteLength(this.#prefix + this.#query.slice(0, end)) + 1;
    const isNear = type !== 'symbol' && type !== 'end';
    return `position ${String(position)}${isNear ? ` near '${text}'` : ''}`;
  }
}

const negated = (integer: string): string => (integer.startsWith('-') ? integer.slice(1) : `-${integer}`);
