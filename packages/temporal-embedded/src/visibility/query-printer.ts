/** Writes an expression of the list filter language as the official service writes it in its errors. */
import { LOWER_CASE_WORDS, RESERVED_WORDS } from './query-keywords.js';
import type { QueryExpression } from './query-expression.js';

const ESCAPED: Readonly<Record<string, string>> = {
  '\0': '\\0',
  "'": "\\'",
  '"': '\\"',
  '\b': '\\b',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\x1a': '\\Z',
  '\\': '\\\\',
};

/** Parses back to the same tree. */
export function printQuery(expression: QueryExpression): string {
  switch (expression.type) {
    case 'and':
    case 'or':
      return `${printQuery(expression.left)} ${expression.type} ${printQuery(expression.right)}`;
    case 'comparison':
    case 'binary':
      return `${printQuery(expression.left)} ${expression.operator} ${printQuery(expression.right)}`;
    case 'not':
      return `not ${printQuery(expression.operand)}`;
    case 'paren':
      return `(${printQuery(expression.operand)})`;
    case 'range': {
      const { left, from, to, isNegated } = expression;
      return `${printQuery(left)} ${isNegated ? 'not ' : ''}between ${printQuery(from)} and ${printQuery(to)}`;
    }
    case 'is':
      return `${printQuery(expression.operand)} is ${expression.suffix}`;
    case 'literal':
      return expression.kind === 'string' ? `'${escapeString(expression.text)}'` : expression.text;
    case 'null':
      return 'null';
    case 'boolean':
      return String(expression.value);
    case 'column':
      return expression.name.split('.').map(printName).join('.');
    case 'tuple':
      return `(${expression.items.map(printQuery).join(', ')})`;
    case 'call':
      return `${expression.name}(${expression.parameters.map(printQuery).join(', ')})`;
    case 'unary':
      return `${expression.operator}${printQuery(expression.operand)}`;
    default:
      throw new Error(`unknown expression ${JSON.stringify(expression satisfies never)}`);
  }
}

const escapeString = (text: string): string =>
  text.replace(/[\0'"\b\n\r\t\x1a\\]/g, (character) => ESCAPED[character] ?? '');

function printName(name: string): string {
  const lower = name.toLowerCase();
  const isPlain = /^(?:[A-Za-z_@][A-Za-z0-9_@]*|\*)$/.test(name);
  if (isPlain && !RESERVED_WORDS.has(lower) && !LOWER_CASE_WORDS.has(lower)) return name;
  return `\`${name.replaceAll('`', '``')}\``;
}
