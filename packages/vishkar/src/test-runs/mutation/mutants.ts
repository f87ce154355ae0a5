/**
 * Small faults that could have been made in changed lines: another operator, the other condition, another constant, no
 * result, a call left out. Tests that are worth something notice most of them. Pure, and the same for the same text.
 */
import { codeTokens, isOperand } from './code-tokens.js';
import type { CodeFamily, CodeToken } from './code-tokens.js';

export interface Mutant {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly kind: 'operator' | 'condition' | 'constant' | 'return' | 'call';
  /** What stands there, and what takes its place, on one line. */
  readonly before: string;
  readonly after: string;
  /** Offset of `before` in the file's text. */
  readonly start: number;
}

const FAMILIES: readonly (readonly [RegExp, CodeFamily])[] = [
  [/\.[cm]?[jt]sx?$/, 'script'],
  [/\.py$/, 'python'],
  [/\.go$/, 'go'],
];

/** The family of a file's language; undefined where none of ours. */
export function codeFamily(path: string): CodeFamily | undefined {
  return /\.d\.[cm]?ts$/.test(path) ? undefined : FAMILIES.find(([pattern]) => pattern.test(path))?.[1];
}

export function mutantsOf(file: string, text: string, lines: ReadonlySet<number>): readonly Mutant[] {
  const family = codeFamily(file);
  if (family === undefined) return [];
  const tokens = codeTokens(text, family);
  const found: Mutant[] = [];
  const add = (kind: Mutant['kind'], token: Pick<CodeToken, 'line' | 'start'>, before: string, after: string) => {
    if (lines.has(token.line)) found.push({ file, line: token.line, kind, before, after, start: token.start });
  };
  for (const [index, token] of tokens.entries()) {
    const [previous, next] = [tokens[index - 1], tokens[index + 1]];
    const operator = isOperand(previous) && next?.line === token.line ? swapped(token, text, family) : undefined;
    if (operator !== undefined) add('operator', token, token.text, operator);
    const constant = otherConstant(token, previous, family);
    if (constant !== undefined) add('constant', token, token.text, constant);
    if (token.kind === 'word' && /^(?:if|elif|while)$/.test(token.text)) {
      const condition = conditionAfter(text, token, tokens.slice(index + 1), family);
      if (condition !== undefined)
        add('condition', { ...condition, line: token.line }, condition.text, `${condition.not}(${condition.text})`);
    }
  }
  return [...found, ...mutantsOfLines(file, text, lines, family)].sort((a, b) => a.start - b.start);
}

const SWAPS: Readonly<Record<string, string>> = {
  ...{ '+': '-', '-': '+', '*': '/', '/': '*', '%': '*', '+=': '-=', '-=': '+=' },
  ...{ '<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '==', '===': '!==', '!==': '===' },
  ...{ '&&': '||', '||': '&&', '??': '&&', and: 'or', or: 'and' },
};

function swapped(token: CodeToken, text: string, family: CodeFamily): string | undefined {
  if (token.kind !== (/^\w/.test(token.text) ? 'word' : 'operator')) return undefined;
  if (/^\w/.test(token.text) && family !== 'python') return undefined;
  // Without room around it this may be a type's bracket.
  const hasRoom = text[token.start - 1] === ' ' && text[token.start + token.text.length] === ' ';
  return hasRoom || !/^[<>]$/.test(token.text) ? SWAPS[token.text] : undefined;
}

function otherConstant(token: CodeToken, previous: CodeToken | undefined, family: CodeFamily): string | undefined {
  if (token.kind === 'number' && /^\d+$/.test(token.text)) return String(BigInt(token.text) + 1n);
  if (token.kind !== 'word' || previous?.text === '.') return undefined;
  const pair = family === 'python' ? ['True', 'False'] : ['true', 'false'];
  const at = pair.indexOf(token.text);
  return at === -1 ? undefined : pair[1 - at];
}

interface Condition {
  readonly text: string;
  readonly start: number;
  readonly not: string;
}

/** The condition on the line of its keyword; undefined where it goes on, or declares something first. */
function conditionAfter(
  text: string,
  keyword: CodeToken,
  rest: readonly CodeToken[],
  family: CodeFamily,
): Condition | undefined {
  const onLine = rest.filter(({ line }) => line === keyword.line);
  const [first] = onLine;
  if (first === undefined) return undefined;
  const end =
    family === 'script' ? closing(onLine) : onLine.findLast(({ text: each }) => each === (family === 'go' ? '{' : ':'));
  if (end === undefined || (family === 'script' && first.text !== '(')) return undefined;
  const start = family === 'script' ? first.start + 1 : first.start;
  const condition = text.slice(start, end.start).trimEnd();
  if (condition === '' || /;|:=/.test(condition)) return undefined;
  return { text: condition, start, not: family === 'python' ? 'not ' : '!' };
}

/** The bracket that closes the first of the tokens. */
function closing(tokens: readonly CodeToken[]): CodeToken | undefined {
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(') depth += 1;
    else if (token.text === ')') depth -= 1;
    if (depth === 0) return token;
  }
  return undefined;
}

const CALL: Readonly<Record<CodeFamily, RegExp>> = {
  script: /^(\s*)((?:await |void )?[\w$.]+\([^]*\);?)\s*$/,
  python: /^(\s*)((?:await )?[\w.]+\(.*\))\s*$/,
  go: /^(\s*)([\w.]+\(.*\))\s*$/,
};
const RETURN: Readonly<Record<CodeFamily, RegExp>> = {
  script: /^(\s*)(return [^]+;)\s*$/,
  python: /^(\s*)(return .+)$/,
  go: /^(\s*)(return (?!nil$).+)$/,
};
const NO_CALL = /^(?:super|function|if|for|while|switch|catch|return|class|def|print|console\.\w+)\b/;

/** Statements that fill a line of their own. */
function mutantsOfLines(file: string, text: string, lines: ReadonlySet<number>, family: CodeFamily): Mutant[] {
  const found: Mutant[] = [];
  let at = 0;
  for (const [index, content] of text.split('\n').entries()) {
    const line = index + 1;
    const [, indent = '', call] = CALL[family].exec(content) ?? [];
    const [, indentOfReturn = '', result] = RETURN[family].exec(content) ?? [];
    if (lines.has(line) && call !== undefined && !NO_CALL.test(call))
      found.push({
        file,
        line,
        kind: 'call',
        before: call,
        after: family === 'python' ? 'pass' : '',
        start: at + indent.length,
      });
    if (
      lines.has(line) &&
      result !== undefined &&
      family !== 'go' &&
      !/^return (?:undefined|None|null);?$/.test(result)
    )
      found.push({
        file,
        line,
        kind: 'return',
        before: result,
        after: family === 'python' ? 'return None' : 'return undefined;',
        start: at + indentOfReturn.length,
      });
    at += content.length + 1;
  }
  return found;
}

export function applyMutant(text: string, { start, before, after }: Mutant): string {
  return text.slice(0, start) + after + text.slice(start + before.length);
}

/** At most so many, one per line first, so that a limit leaves no changed line out before another has had its second. */
export function chooseMutants(mutants: readonly Mutant[], maximum: number): readonly Mutant[] {
  const seen = new Map<string, number>();
  const ranked = mutants.map((mutant) => {
    const place = `${mutant.file}:${String(mutant.line)}`;
    const rank = seen.get(place) ?? 0;
    seen.set(place, rank + 1);
    return { mutant, rank };
  });
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, maximum)
    .map(({ mutant }) => mutant);
}
