/**
 * Cuts a list filter into tokens, by MySQL's rules: strings in single or double quotes with backslash escapes or
 * doubled quotes, names in backticks, comments, `&&` and `||` for AND and OR.
 */
import { LOWER_CASE_WORDS, RESERVED_WORDS } from './query-keywords.js';

export interface QueryToken {
  /** `word` is a reserved one, `symbol` an operator or punctuation; `error` is what no token begins or ends with. */
  readonly type: 'word' | 'name' | 'string' | 'integer' | 'float' | 'other' | 'symbol' | 'error' | 'end';
  /** Content of a string or name, a word in lower case, a number or symbol as written. */
  readonly text: string;
  /** Offset behind the token's last character. */
  readonly end: number;
}

const SKIPPED = /(?:[ \n\r\t]+|(?:--|#|\/\/)[^\n]*\n?|\/\*[^]*?\*\/)*/y;
const IDENTIFIER = /[A-Za-z_@][A-Za-z0-9_@]*/y;
const NUMBER = /0[xX][0-9a-fA-F]*|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d*)?/y;
/** Literals that MySQL has and filters do not: they parse, and are refused as values. */
const OTHER_LITERAL = /[xX]'((?:[0-9a-fA-F]{2})*)'|[bB]'([01]*)'|(::?[A-Za-z_@][A-Za-z0-9_@.]*)/y;
const SYMBOL = /<=>|<>|<<|<=|>=|>>|!=|&&|\|\||[=,;()+*%^~&|./<>!-]/y;
const LETTER = /[A-Za-z_@]/;

const ESCAPES: Readonly<Record<string, string>> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' };

/** All tokens; the last one is `end` or the first `error`. */
export function tokenizeQuery(query: string): readonly QueryToken[] {
  const tokens: QueryToken[] = [];
  let last: QueryToken;
  do {
    last = nextToken(query, tokens.at(-1)?.end ?? 0);
    tokens.push(last);
  } while (last.type !== 'end' && last.type !== 'error');
  return tokens;
}

function nextToken(query: string, from: number): QueryToken {
  const start = from + (matchAt(SKIPPED, query, from)?.[0].length ?? 0);
  const character = query[start];
  if (character === undefined) return { type: 'end', text: '', end: start };
  if (character === "'" || character === '"') return stringToken(query, start, character);
  if (character === '`') return quotedName(query, start);
  const other = matchAt(OTHER_LITERAL, query, start);
  if (other) {
    return { type: 'other', text: other[1] ?? other[2] ?? other[3] ?? '', end: start + other[0].length };
  }
  const identifier = matchAt(IDENTIFIER, query, start);
  if (identifier) return wordToken(identifier[0], start + identifier[0].length);
  const number = matchAt(NUMBER, query, start);
  if (number) return numberToken(query, number[0], start + number[0].length);
  const symbol = matchAt(SYMBOL, query, start);
  if (symbol) return symbolToken(symbol[0], start + symbol[0].length);
  return { type: 'error', text: character, end: start + 1 };
}

function wordToken(written: string, end: number): QueryToken {
  const lower = written.toLowerCase();
  if (RESERVED_WORDS.has(lower)) return { type: 'word', text: lower === 'rlike' ? 'regexp' : lower, end };
  return { type: 'name', text: LOWER_CASE_WORDS.has(lower) ? lower : written, end };
}

function numberToken(query: string, text: string, end: number): QueryToken {
  // A letter can't follow a number at once.
  if (LETTER.test(query[end] ?? '')) return { type: 'error', text, end };
  if (/^0[xX]/.test(text)) return { type: 'other', text, end };
  return { type: /^\d+$/.test(text) ? 'integer' : 'float', text, end };
}

function symbolToken(text: string, end: number): QueryToken {
  switch (text) {
    case '&&':
      return { type: 'word', text: 'and', end };
    case '||':
      return { type: 'word', text: 'or', end };
    case '<>':
      return { type: 'symbol', text: '!=', end };
    default:
      return { type: 'symbol', text, end };
  }
}

function stringToken(query: string, start: number, quote: string): QueryToken {
  let text = '';
  for (let at = start + 1; at < query.length; at += 1) {
    const character = query[at] ?? '';
    if (character === '\\') {
      at += 1;
      const escaped = query[at];
      if (escaped === undefined) break;
      text += ESCAPES[escaped] ?? escaped;
    } else if (character !== quote) {
      text += character;
    } else if (query[at + 1] === quote) {
      at += 1;
      text += quote;
    } else {
      return { type: 'string', text, end: at + 1 };
    }
  }
  return { type: 'error', text, end: query.length };
}

function quotedName(query: string, start: number): QueryToken {
  const match = matchAt(/`((?:[^`]|``)+)`/y, query, start);
  if (!match) return { type: 'error', text: query.slice(start + 1), end: query.length };
  return { type: 'name', text: (match[1] ?? '').replaceAll('``', '`'), end: start + match[0].length };
}

function matchAt(pattern: RegExp, query: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(query);
}
