/**
 * Reads the profile that `go test -coverprofile` writes: blocks of statements, by file as it is imported. A block spans
 * lines with nothing on them but braces and comments, too, so those are left out where the source is at hand.
 */
import { unreadableReport } from '../reports/test-results.js';
import { LineCoverageBuilder } from './line-coverage.js';
import type { LineCoverage } from './line-coverage.js';

const BLOCK = /^(?<file>.+):(?<start>\d+)\.\d+,(?<end>\d+)\.\d+ (?<statements>\d+) (?<count>\d+)$/;
const NO_STATEMENT = /^\s*(?:\/\/.*|[{}()[\],;\s]*|\}\s*else\s*\{)\s*$/;

export interface GoSources {
  /** Path in the worktree of a file that is named by its import path (`example.com/shop/cart.go`). */
  readonly pathOf: (importPath: string) => string;
  /** Lines of a file; undefined when it can't be read. */
  readonly linesOf: (path: string) => readonly string[] | undefined;
}

/** Throws VishkarError `TEST_REPORT_UNREADABLE`. A profile without blocks is readable: nothing was measured. */
export function readGoCoverProfile(text: string, roots: readonly string[], sources: GoSources): LineCoverage {
  const [mode, ...lines] = text.split(/\r?\n/);
  if (mode === undefined || !/^mode: (?:set|count|atomic)$/.test(mode))
    throw unreadableReport('Go cover', 'it does not begin with its mode');
  const builder = new LineCoverageBuilder(roots);
  for (const line of lines) {
    if (line === '') continue;
    const block = BLOCK.exec(line)?.groups;
    if (block === undefined) throw unreadableReport('Go cover', `unexpected line "${line.slice(0, 80)}"`);
    const path = sources.pathOf(block['file'] ?? '');
    const source = sources.linesOf(path);
    const hit = builder.file(path);
    if (block['statements'] === '0') continue;
    for (let number = Number(block['start']); number <= Number(block['end']); number += 1) {
      const content = source?.[number - 1];
      if (content === undefined || !NO_STATEMENT.test(content)) hit(number, Number(block['count']));
    }
  }
  return builder.coverage();
}
