import { describe, expect, it } from 'vitest';
import { parseDiff } from '../../git/parse-diff.js';
import { changedLineCoverage } from './changed-line-coverage.js';
import { readLcovReport } from './lcov-report.js';

const added = (path: string, ...lines: string[]) =>
  `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${String(lines.length)} @@\n` +
  lines.map((line) => `+${line}\n`).join('');

const CHANGE = `diff --git a/src/a.ts b/src/a.ts
--- a/src/a.ts
+++ b/src/a.ts
@@ -1,3 +1,5 @@
 one
-two
+two changed
+three
+four
 five
`;
const LCOV = 'SF:src/a.ts\nDA:1,0\nDA:2,1\nDA:4,0\nDA:5,0\nend_of_record\n';

const measure = (diff: string, lcov = LCOV) => changedLineCoverage(readLcovReport(lcov, ['/w']), parseDiff(diff));

describe('changedLineCoverage', () => {
  it('looks at added and rewritten lines that can be executed, and at no others', () => {
    expect(measure(CHANGE)).toEqual({
      changedLines: 2,
      changedPercent: 50,
      uncovered: [{ path: 'src/a.ts', lines: [{ start: 4, end: 4 }] }],
    });
  });

  it('has no percentage when no changed line can be executed', () => {
    expect(measure(added('README.md', 'const text = 1;'))).toEqual({
      changedLines: 0,
      changedPercent: undefined,
      uncovered: [],
    });
  });

  it('counts a changed source file that no test loads as uncovered', () => {
    const diff = added(
      'src/deep/new.ts',
      '/** Doubles. */',
      'export function double(x: number) {',
      '  return 2 * x;',
      '}',
    );
    expect(measure(diff)).toEqual({
      changedLines: 2,
      changedPercent: 0,
      uncovered: [{ path: 'src/deep/new.ts', lines: [{ start: 2, end: 3 }] }],
    });
  });

  it.each([
    [
      'types alone',
      'src/shape.ts',
      ['export interface Shape {', '  readonly size: number;', '}', "export type A = 'x';"],
    ],
    ['re-exports', 'src/all.ts', ["export { a } from './a.js';", "export * from './b.js';"]],
    ['tests', 'test/a.test.ts', ["it('a', () => {});"]],
    ['configuration', 'src/x.config.ts', ['export default {};']],
    ['files of a kind or place that is not measured', 'scripts/run.mjs', ['run();']],
  ])('does not ask for coverage of %s', (_title, path, lines) => {
    expect(measure(added(path, ...lines)).changedLines).toBe(0);
  });
});
