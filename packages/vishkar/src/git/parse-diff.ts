/**
 * Reads a unified git diff into files and line ranges: what review findings are grounded in and what coverage of changed
 * lines is measured on. Pure, and strict: a hunk that does not add up throws instead of letting a gate look at half a change.
 * Lines are split at LF only and counted by the hunk header, so content that looks like diff syntax stays content.
 */
import { VishkarError } from '../errors.js';
import { unquotePath } from './quoted-path.js';

/** Lines `start` to `end`, both 1-based and included. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

export interface DiffLine {
  readonly kind: 'context' | 'added' | 'removed';
  /** Line number before the change; undefined for an added line. */
  readonly oldLine: number | undefined;
  /** Line number at the head; undefined for a removed line. */
  readonly newLine: number | undefined;
  /** Without the sign and the line end (LF or CRLF). */
  readonly text: string;
}

export interface DiffFile {
  /** Path at the head; for a deleted file its path before. */
  readonly path: string;
  /** Set for a rename or copy. */
  readonly oldPath: string | undefined;
  readonly change: 'added' | 'modified' | 'deleted' | 'renamed' | 'copied';
  readonly isBinary: boolean;
  /** Lines at the head that the change adds or rewrites. */
  readonly addedLines: readonly LineRange[];
  /** Lines at the head that the diff shows, context included. */
  readonly shownLines: readonly LineRange[];
  readonly additions: number;
  readonly deletions: number;
  readonly lines: readonly DiffLine[];
}

interface FileDraft {
  path: string | undefined;
  oldPath: string | undefined;
  change: DiffFile['change'];
  isBinary: boolean;
  readonly lines: DiffLine[];
  readonly shownLines: LineRange[];
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** The files of a unified diff in its order. Throws VishkarError `DIFF_UNREADABLE` for a hunk that is cut off or malformed. */
export function parseDiff(text: string): readonly DiffFile[] {
  const lines = text.split('\n');
  const files: DiffFile[] = [];
  let draft: FileDraft | undefined;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.startsWith('diff --git ')) {
      if (draft !== undefined) files.push(finish(draft));
      draft = newDraft(line);
    } else if (draft !== undefined && line.startsWith('@@ ')) {
      index = readHunk(lines, index, draft);
    } else if (draft !== undefined) {
      readHeaderLine(line, draft);
    }
  }
  if (draft !== undefined) files.push(finish(draft));
  return files;
}

/** True when `line` of `file` (as it is at the head) is shown by the diff; line 0 stands for the file as a whole. */
export function isInDiff(files: readonly DiffFile[], file: string, line: number): boolean {
  const entry = files.find((each) => each.path === file);
  if (entry === undefined) return false;
  return line === 0 || entry.shownLines.some((range) => line >= range.start && line <= range.end);
}

function newDraft(line: string): FileDraft {
  return {
    path: pathOfGitLine(line),
    oldPath: undefined,
    change: 'modified',
    isBinary: false,
    lines: [],
    shownLines: [],
  };
}

/**
 * `diff --git a/x b/x`: the only place with the name of a binary, empty or mode-only change. Names with spaces make the
 * line ambiguous, but there both names are equal, so the right split is the one in the middle; renames name both later.
 */
function pathOfGitLine(line: string): string | undefined {
  const rest = line.slice('diff --git '.length);
  const quoted = /^"(?:[^"\\]|\\.)*" ("(?:[^"\\]|\\.)*")$/.exec(rest)?.[1];
  if (quoted !== undefined) return unquotePath(quoted).slice('b/'.length);
  const half = (rest.length - 1) / 2;
  const first = rest.slice(0, half);
  const second = rest.slice(half + 1);
  return first.slice('a/'.length) === second.slice('b/'.length) ? second.slice('b/'.length) : undefined;
}

function readHeaderLine(line: string, draft: FileDraft): void {
  const rest = (prefix: string) => unquotePath(line.slice(prefix.length));
  if (line.startsWith('new file mode ')) draft.change = 'added';
  else if (line.startsWith('deleted file mode ')) draft.change = 'deleted';
  else if (line.startsWith('rename from ') || line.startsWith('copy from ')) {
    draft.change = line.startsWith('rename') ? 'renamed' : 'copied';
    draft.oldPath = rest(line.startsWith('rename') ? 'rename from ' : 'copy from ');
  } else if (line.startsWith('rename to ') || line.startsWith('copy to ')) {
    draft.path = rest(line.startsWith('rename') ? 'rename to ' : 'copy to ');
  } else if (line.startsWith('Binary files ') || line === 'GIT binary patch') draft.isBinary = true;
  else if (line.startsWith('+++ ') || (line.startsWith('--- ') && draft.change === 'deleted')) {
    const path = sidePath(line.slice('+++ '.length));
    if (path !== undefined) draft.path = path;
  }
}

/** `b/name`, with a tab after it when the name has spaces, or quoted; undefined for `/dev/null`. */
function sidePath(side: string): string | undefined {
  const path = unquotePath(side.replace(/\t$/, ''));
  return path === '/dev/null' ? undefined : path.slice('b/'.length);
}

/** Reads the hunk that starts at `start` and returns the index of its last line. */
function readHunk(lines: readonly string[], start: number, draft: FileDraft): number {
  const header = HUNK.exec(lines[start] ?? '');
  if (header === null) throw unreadable(draft, lines[start] ?? '');
  let oldLine = Number(header[1]);
  let newLine = Number(header[3]);
  let oldLeft = Number(header[2] ?? '1');
  let newLeft = Number(header[4] ?? '1');
  if (newLeft > 0) draft.shownLines.push({ start: newLine, end: newLine + newLeft - 1 });
  let index = start;
  while (oldLeft > 0 || newLeft > 0) {
    index += 1;
    const line = lines[index];
    const sign = line === '' ? ' ' : line?.charAt(0);
    if (line === undefined || (index === lines.length - 1 && line === '')) throw unreadable(draft, lines[start] ?? '');
    const text = line.slice(1).replace(/\r$/, '');
    if (sign === ' ' && oldLeft > 0 && newLeft > 0) {
      draft.lines.push({ kind: 'context', oldLine, newLine, text });
      oldLine += 1;
      newLine += 1;
      oldLeft -= 1;
      newLeft -= 1;
    } else if (sign === '-' && oldLeft > 0) {
      draft.lines.push({ kind: 'removed', oldLine, newLine: undefined, text });
      oldLine += 1;
      oldLeft -= 1;
    } else if (sign === '+' && newLeft > 0) {
      draft.lines.push({ kind: 'added', oldLine: undefined, newLine, text });
      newLine += 1;
      newLeft -= 1;
    } else if (sign !== '\\') {
      // A backslash line ("No newline at end of file") belongs to the line before it and counts for nothing.
      throw unreadable(draft, lines[start] ?? '');
    }
  }
  return index;
}

function finish(draft: FileDraft): DiffFile {
  if (draft.path === undefined) throw unreadable(draft, 'its header');
  const added = draft.lines.flatMap((line) =>
    line.kind === 'added' && line.newLine !== undefined ? [line.newLine] : [],
  );
  return {
    path: draft.path,
    oldPath: draft.oldPath,
    change: draft.change,
    isBinary: draft.isBinary,
    addedLines: toRanges(added),
    shownLines: draft.shownLines,
    additions: added.length,
    deletions: draft.lines.filter((line) => line.kind === 'removed').length,
    lines: draft.lines,
  };
}

/** Joins ascending line numbers into ranges. */
function toRanges(numbers: readonly number[]): readonly LineRange[] {
  const ranges: LineRange[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last.end + 1 === number) ranges[ranges.length - 1] = { start: last.start, end: number };
    else ranges.push({ start: number, end: number });
  }
  return ranges;
}

function unreadable(draft: FileDraft, where: string): VishkarError {
  return new VishkarError(
    'DIFF_UNREADABLE',
    `The diff of ${draft.path ?? 'a file'} can't be read at: ${where.slice(0, 200)}`,
    {
      hint: 'The diff was cut off or changed on the way; it is made again when the step is tried again.',
      retryable: true,
    },
  );
}
