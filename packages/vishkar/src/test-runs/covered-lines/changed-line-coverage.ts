/**
 * Coverage of the lines that a change adds or rewrites: a report joined with a diff. Pure.
 *
 * A changed source file that no test loads is often missing from the report altogether. Leaving it out would make the
 * untested file the best covered one, so its lines of code count as uncovered.
 */
import type { DiffFile, LineRange } from '../../git/parse-diff.js';
import { isTestFile } from '../test-file.js';
import type { LineCoverage, LineHits } from './line-coverage.js';

export interface ChangedLineCoverage {
  /** Changed lines that can be executed. */
  readonly changedLines: number;
  /** 0 to 100; undefined when no changed line can be executed. */
  readonly changedPercent: number | undefined;
  readonly uncovered: readonly { readonly path: string; readonly lines: readonly LineRange[] }[];
}

export function changedLineCoverage(coverage: LineCoverage, diff: readonly DiffFile[]): ChangedLineCoverage {
  const isExpected = expectedInReport(coverage);
  let changed = 0;
  let covered = 0;
  const uncovered: { path: string; lines: readonly LineRange[] }[] = [];
  for (const file of diff) {
    if (file.change === 'deleted' || file.isBinary || isTestFile(file.path)) continue;
    const hits = coverage.get(file.path) ?? (isExpected(file.path) ? assumeUncovered(file) : undefined);
    if (hits === undefined) continue;
    const lines = addedNumbers(file).filter((line) => hits.has(line));
    const missed = lines.filter((line) => (hits.get(line) ?? 0) === 0);
    changed += lines.length;
    covered += lines.length - missed.length;
    if (missed.length > 0) uncovered.push({ path: file.path, lines: ranges(missed) });
  }
  return { changedLines: changed, changedPercent: changed === 0 ? undefined : (100 * covered) / changed, uncovered };
}

function addedNumbers(file: DiffFile): number[] {
  return file.lines.flatMap((line) => (line.kind === 'added' && line.newLine !== undefined ? [line.newLine] : []));
}

const DECLARATION_OR_CONFIG = /\.d\.[cm]?ts$|\.config\.[cm]?[jt]s$|(?:^|\/)(?:setup|conf)\.py$/;

/** True for a source file of the kind, and in or below a folder, that the report measures. */
function expectedInReport(coverage: LineCoverage): (path: string) => boolean {
  const measured = [...coverage.keys()].filter((path) => !isTestFile(path));
  const extensions = new Set(measured.map(extensionOf));
  const folders = new Set(measured.map(folderOf));
  return (path) => {
    if (DECLARATION_OR_CONFIG.test(path) || !extensions.has(extensionOf(path))) return false;
    if (folders.has(folderOf(path))) return true;
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) if (folders.has(folder)) return true;
    return false;
  };
}

const extensionOf = (path: string): string => /\.[^./]+$/.exec(path)?.[0] ?? '';
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Something happens here; a file of interfaces alone has no such line, and nothing to cover. */
const STATEMENT =
  /^\s*(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function|class|const|let|var|enum|def|return|if|for|while|throw|raise|await)\b|=>\s*[{(\w]|^\s*[\w.#$[\]]+(?:\(| = )/;
const NO_CODE =
  /^\s*(?:\/\/|\/?\*|#|(?:import|from|interface|type|declare)\b|export\s+(?:type|interface|declare|\*|\{))|^[\s{}()[\];,]*$/;

function assumeUncovered(file: DiffFile): LineHits | undefined {
  const code = file.lines.filter((line) => line.kind === 'added' && !NO_CODE.test(line.text));
  if (!code.some((line) => STATEMENT.test(line.text))) return undefined;
  return new Map(code.flatMap((line) => (line.newLine === undefined ? [] : [[line.newLine, 0]])));
}

function ranges(lines: readonly number[]): LineRange[] {
  const found: { start: number; end: number }[] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last?.end === line - 1) last.end = line;
    else found.push({ start: line, end: line });
  }
  return found;
}
