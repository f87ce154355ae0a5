/**
 * Splits source text into words, numbers, strings and operators, as far as small changes of it need: comments and the
 * insides of strings are never changed. Not a parser: whether a changed text is still a program is asked of the
 * language itself afterwards.
 */

export interface CodeToken {
  readonly kind: 'word' | 'number' | 'string' | 'operator';
  readonly text: string;
  /** Offset in the text. */
  readonly start: number;
  /** 1-based. */
  readonly line: number;
}

export type CodeFamily = 'script' | 'python' | 'go';

const COMMON = [
  String.raw`[A-Za-z_$][\w$]*`,
  String.raw`0[xXbBoO][\da-fA-F_]+n?|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?n?`,
];
const OPERATORS = String.raw`===|!==|>>>=?|\*\*=?|<<=|>>=|&&=|\|\|=|\?\?=?|=>|<-|:=|==|!=|<=|>=|&&|\|\||\+\+|--|<<|>>|[-+*/%&|^]=|//=?|[-+*/%<>=!&|^~?:;,.(){}\[\]@]`;
const SKIPPED: Readonly<Record<CodeFamily, string>> = {
  script: String.raw`//[^\n]*|/\*[^]*?\*/`,
  go: String.raw`//[^\n]*|/\*[^]*?\*/`,
  python: String.raw`#[^\n]*`,
};
const QUOTED: Readonly<Record<CodeFamily, string>> = {
  // A template is one string: what is inside its braces is left alone.
  script: String.raw`"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|` + '`(?:[^`\\\\]|\\\\[^])*`',
  go: String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'|` + '`[^`]*`',
  python: String.raw`[rbfuRBFU]{0,2}(?:"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')`,
};
/** A slash begins a regular expression where no operand stands before it. */
const REGEX = String.raw`/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*`;

export function codeTokens(text: string, family: CodeFamily): readonly CodeToken[] {
  const pattern = new RegExp(
    `(?<skipped>${SKIPPED[family]})|(?<string>${QUOTED[family]})|(?<word>${COMMON[0] ?? ''})|(?<number>${COMMON[1] ?? ''})|(?<operator>${OPERATORS})`,
    'y',
  );
  const regex = new RegExp(REGEX, 'y');
  const tokens: CodeToken[] = [];
  let line = 1;
  for (let at = 0; at < text.length;) {
    pattern.lastIndex = regex.lastIndex = at;
    const isRegex = family === 'script' && text[at] === '/' && !isOperand(tokens.at(-1)) && regex.test(text);
    const match = isRegex ? null : pattern.exec(text);
    const found = isRegex ? text.slice(at, regex.lastIndex) : (match?.[0] ?? text.charAt(at));
    const kind = isRegex ? 'string' : kindOf(match?.groups);
    if (kind !== undefined) tokens.push({ kind, text: found, start: at, line });
    line += found.split('\n').length - 1;
    at += found.length;
  }
  return tokens;
}

function kindOf(groups: Readonly<Record<string, string | undefined>> | undefined): CodeToken['kind'] | undefined {
  return (['string', 'word', 'number', 'operator'] as const).find((kind) => groups?.[kind] !== undefined);
}

const NO_OPERANDS = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'new',
  'delete',
  'void',
  'throw',
  'await',
  'yield',
]);

/** Whether a token can stand before a binary operator. */
export function isOperand(token: CodeToken | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === 'operator') return token.text === ')' || token.text === ']';
  return token.kind !== 'word' || !NO_OPERANDS.has(token.text);
}
