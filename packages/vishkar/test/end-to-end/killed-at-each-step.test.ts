import { describe, expect, it } from 'vitest';
import { demoFolder, demoReport, outsideEffects, startDemo } from './demo-run.js';

/** A step is seen when its line is printed; a quick one may be over by then, and is killed right after. */
const seen = (step: number) => new RegExp(`^\\[ ?${String(step)}/17\\] .*`, 'm');

describe('a story whose whole process group is killed', () => {
  it(
    'at steps 2, 5, 7, 11, 12, 16 and 17 goes on with the same command, and leaves every effect exactly once',
    { timeout: 400_000 },
    async () => {
      const folder = demoFolder();
      for (const step of [2, 5, 7, 11, 12, 16, 17]) {
        const child = startDemo(folder);
        await child.waitForOutput(seen(step), 120_000);
        child.kill('SIGKILL');
        await child.exited;
      }
      const report = await demoReport(startDemo(folder));

      expect(report.status).toBe('merged');
      expect(report.steps.map((step) => step.status)).toEqual(Array.from({ length: 17 }, () => 'passed'));
      // One pass through every step, two through the reviews: what was done before a kill was not done again.
      expect(report.steps.map((step) => step.evidence?.round)).toEqual([
        1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      ]);
      expect(report.rounds).toBe(2);
      const effects = await outsideEffects(report, folder);
      expect(effects).toMatchObject({ pullRequests: 1, claims: 1, closingComments: 1, worklogs: 1, status: 'done' });
      expect(effects.mergesOnMain).toEqual([report.mergeCommit]);
      expect(effects.branches).toHaveLength(2);
      expect(effects.turns).toEqual([...new Set(effects.turns)]);
    },
  );
});
