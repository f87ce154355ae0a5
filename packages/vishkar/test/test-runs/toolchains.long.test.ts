/**
 * Every toolchain that is its own test runner, for real: counts, names, coverage of changed lines, a flaky test, a test
 * that hangs, and that nothing of a run is left running.
 */
import { execFileSync } from 'node:child_process';
import { cargo, cargoCoverage, describeNeeds, itNeeds, longForm } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { projectOf } from '../support/project-of.js';
import { TOOLCHAIN_PROJECTS } from './toolchain-projects.js';
import type { ToolchainProject } from './toolchain-projects.js';

const LIMIT_MS = 300_000;

/** The product file as if the whole of it were new. */
function asAdded({ product, files }: ToolchainProject): string {
  const text = files({})[product] ?? '';
  const lines = text.trimEnd().split('\n');
  const head = `diff --git a/${product} b/${product}\nnew file mode 100644\n--- /dev/null\n+++ b/${product}\n`;
  return `${head}@@ -0,0 +1,${String(lines.length)} @@\n${lines.map((line) => `+${line}\n`).join('')}`;
}

/** Command lines of processes that were started in the folder or name it. */
function left(worktree: string): readonly string[] {
  const table = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return table.filter((line) => line.includes(worktree) && !line.includes('ps -eo'));
}

for (const project of TOOLCHAIN_PROJECTS)
  describeNeeds(project.needs, project.name, () => {
    it('is found, builds, and gives counts, names, reasons and coverage', { timeout: LIMIT_MS }, async () => {
      const made = projectOf(project.files({ tc_x_1_001: 'good', tc_x_1_002: 'red', tc_x_1_003: 'skipped' }));
      expect(await made.runCommand('build')).toMatchObject({ exitCode: 0 });
      const { report, tests, files, notes } = await made.runTests(asAdded(project));
      expect(report).toMatchObject({ runner: project.name, failed: 1, skipped: 1, timedOut: false });
      expect(report.exitCode).not.toBe(0);
      // Rust has one more, in the documentation.
      expect(report.passed).toBe(project.name === 'cargo test' ? 2 : 1);
      const outcomeOf = (id: string) => tests.find(({ name }) => name.includes(id))?.outcome;
      expect([1, 2, 3].map((number) => outcomeOf(`tc_x_1_00${String(number)}`))).toEqual([
        ...['passed', 'failed', 'skipped'],
      ]);
      expect(report.failures).toMatchObject([{ name: expect.stringContaining('tc_x_1_002') as string }]);
      expect(report.failures[0]?.message).toMatch(/2/);
      expect(files.map(({ name }) => name)).toContain('test-log');
      if (notes.some((note) => note.startsWith('No coverage'))) return;
      expect(report.coverage?.changedPercent).toBeGreaterThan(40);
      expect(report.coverage?.changedPercent).toBeLessThan(100);
    });

    it('runs again for what may be flaky, and tells it from what is red', { timeout: LIMIT_MS }, async () => {
      const made = projectOf(project.files({ good: 'good', now_and_then: 'flaky' }));
      const { report } = await made.runTests('', 1);
      expect(report).toMatchObject({ exitCode: 0, failed: 0 });
      expect(report.flaky).toMatchObject([{ name: expect.stringContaining('now_and_then') as string }]);
      expect(report.flaky?.[0]?.message).toContain('the first time');
    });

    itNeeds(
      { longForm },
      'kills a test that hangs with all its processes, and names it',
      async () => {
        const made = projectOf(project.files({ good: 'good', for_ever: 'hangs' }), {
          test: { runner: project.name as 'go test', args: [], timeoutMs: project.beginsWithinMs },
        });
        const { report } = await made.runTests();
        expect(report).toMatchObject({ timedOut: true, exitCode: -1 });
        // Surefire tells classes, and libtest only tests that have run for a minute.
        const named = { maven: 'sign.SignTest', 'cargo test': 'tests/sign.rs' }[project.name] ?? 'for_ever';
        expect(report.failures.map(({ name }) => name).join()).toContain(named);
        expect(left(made.worktree)).toEqual([]);
      },
      LIMIT_MS,
    );
  });

describe('cargo-llvm-cov', () => {
  itNeeds({ cargo, cargoCoverage }, 'measures a plain cargo test, its documentation included in the run', async () => {
    const rust = TOOLCHAIN_PROJECTS.find(({ name }) => name === 'cargo test');
    if (rust === undefined) throw new Error('there is no Rust project');
    const { report, notes } = await projectOf(rust.files({ good: 'good' })).runTests(asAdded(rust));
    expect({ notes, ...report }).toMatchObject({ notes: [], passed: 2, coverage: { changedLines: 6 } });
    expect(report.coverage?.changedPercent).toBeCloseTo(83.3, 1);
  });
});
