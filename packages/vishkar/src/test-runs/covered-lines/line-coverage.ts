/**
 * Which lines of which files a test run executed, whatever format said so.
 * Paths are made relative to the worktree once, here, so that they compare with the paths of a diff.
 */
import { isAbsolute, posix, relative, sep } from 'node:path';

/** Times each measured line was executed, by 1-based line number. */
export type LineHits = ReadonlyMap<number, number>;

/** By path relative to the worktree, with slashes. */
export type LineCoverage = ReadonlyMap<string, LineHits>;

/** Collects hits; where a file is reported twice, a line is covered if either report says so. */
export class LineCoverageBuilder {
  readonly #files = new Map<string, Map<number, number>>();
  readonly #roots: readonly string[];

  /** `roots`: absolute folders that stand for the worktree, as given and with symbolic links resolved. */
  constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  /** A file is known from here on, also when no line of it is measured. */
  file(path: string): (line: number, hits: number) => void {
    const key = this.#relative(path);
    const lines = this.#files.get(key) ?? new Map<number, number>();
    this.#files.set(key, lines);
    return (line, hits) => lines.set(line, Math.max(hits, lines.get(line) ?? 0));
  }

  coverage(): LineCoverage {
    return this.#files;
  }

  #relative(path: string): string {
    const inside = isAbsolute(path)
      ? this.#roots.map((root) => relative(root, path)).find((each) => !each.startsWith('..') && !isAbsolute(each))
      : path;
    return posix.normalize((inside ?? path).split(sep).join('/'));
  }
}

/** Covered share of all measured lines, 0 to 100; undefined when none was measured. */
export function totalPercent(coverage: LineCoverage, includes: (path: string) => boolean): number | undefined {
  let measured = 0;
  let covered = 0;
  for (const [path, lines] of coverage) {
    if (!includes(path)) continue;
    measured += lines.size;
    for (const hits of lines.values()) if (hits > 0) covered += 1;
  }
  return measured === 0 ? undefined : (100 * covered) / measured;
}

/** Several reports of one run (one per module, mostly): a line is covered if one of them says so. */
export function joinCoverage(reports: readonly LineCoverage[]): LineCoverage {
  if (reports.length === 1 && reports[0] !== undefined) return reports[0];
  const builder = new LineCoverageBuilder([]);
  for (const [path, lines] of reports.flatMap((report) => [...report])) {
    const hit = builder.file(path);
    for (const [line, hits] of lines) hit(line, hits);
  }
  return builder.coverage();
}
