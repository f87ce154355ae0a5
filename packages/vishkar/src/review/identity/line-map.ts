/**
 * Where a line of one commit is in another, read off the diff between them: kept (with its number there), edited (the lines that took its
 * place), or gone with its file. Pure.
 */
import type { DiffFile } from '../../git/parse-diff.js';

export interface PlaceNow {
  readonly file: string;
  /** First and last line that it may be now; the same for a line that nobody touched. `end` is less than `start` where nothing took its place. */
  readonly start: number;
  readonly end: number;
  readonly isKept: boolean;
}

/** `diff`: of the two commits, with context. Undefined: the file is deleted. */
export function placeNow(diff: readonly DiffFile[], file: string, line: number): PlaceNow | undefined {
  const entry = diff.find(({ path, oldPath, change }) => (change === 'renamed' ? oldPath : path) === file);
  if (entry === undefined) return { file, start: line, end: line, isKept: true };
  if (entry.change === 'deleted') return undefined;
  if (line === 0) return { file: entry.path, start: 0, end: 0, isKept: true };
  return { file: entry.path, ...lineNow(entry, line) };
}

function lineNow({ lines }: DiffFile, line: number): Omit<PlaceNow, 'file'> {
  let offset = 0;
  for (const [at, { kind, oldLine, newLine }] of lines.entries()) {
    if (oldLine === line && kind === 'context') return { start: newLine ?? line, end: newLine ?? line, isKept: true };
    if (oldLine === line) return replacedBy(lines, at, line + offset);
    // Hunks begin with context, but for one at the start of a file: what is added before this line has been counted.
    if (oldLine !== undefined && oldLine > line) break;
    if (kind !== 'context') offset += kind === 'added' ? 1 : -1;
  }
  return { start: line + offset, end: line + offset, isKept: true };
}

/** The added lines of the run of changed ones around index `at`; an empty range where there are none. */
function replacedBy(lines: DiffFile['lines'], at: number, otherwise: number): Omit<PlaceNow, 'file'> {
  let [first, last] = [at, at];
  while (lines[first - 1] !== undefined && lines[first - 1]?.kind !== 'context') first -= 1;
  while (lines[last + 1] !== undefined && lines[last + 1]?.kind !== 'context') last += 1;
  const added = lines.slice(first, last + 1).flatMap(({ newLine }) => newLine ?? []);
  return { start: added[0] ?? otherwise, end: added.at(-1) ?? otherwise - 1, isKept: false };
}
