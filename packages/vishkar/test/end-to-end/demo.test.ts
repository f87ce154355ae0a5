import { describe, expect, it } from 'vitest';
import { demoFolder, demoReport, outsideEffects, startDemo } from './demo-run.js';

describe('npm start', () => {
  it(
    'takes the top story to a merged pull request, with a gate that fails first and tests that fail first',
    { timeout: 240_000 },
    async () => {
      const folder = demoFolder();
      const report = await demoReport(startDemo(folder));
      expect(report).toMatchObject({ story: 'DEMO-1', status: 'merged', rounds: 2, kills: 0 });
      expect(report.steps.map(({ number, status }) => ({ number, status }))).toEqual(
        Array.from({ length: 17 }, (_, index) => ({ number: index + 1, status: 'passed' })),
      );
      const evidence = (id: string) => report.steps.find((step) => step.id === id)?.evidence?.data;
      expect(evidence('feedback')?.['rounds']).toMatchObject([
        { passed: false, counts: { high: 1 } },
        { passed: true },
      ]);
      expect(evidence('test.execute')?.['runs']).toMatchObject([
        { failed: expect.any(Number), reasons: [expect.stringContaining('failed')] },
        { failed: 0 },
      ]);
      expect(report.engine?.recordedFrom).toContain('no model involved');
      const effects = await outsideEffects(report, folder);
      expect(effects.mergesOnMain).toEqual([report.mergeCommit]);
      expect(effects).toMatchObject({ pullRequests: 1, status: 'done', closingComments: 1 });
    },
  );

  it(
    'called twice shows one story, and the second takes over when the first is killed',
    { timeout: 240_000 },
    async () => {
      const folder = demoFolder();
      const first = startDemo(folder);
      await first.waitForOutput(/\[ 2\/17\] Implementation passed/);
      const second = startDemo(folder);
      await second.waitForOutput(/goes on on the Temporal service/);
      first.kill('SIGKILL');
      await first.exited;
      const report = await demoReport(second);
      expect(second.stderr).toContain('takes over');
      expect(report).toMatchObject({ story: 'DEMO-1', status: 'merged' });
      const effects = await outsideEffects(report, folder);
      expect(effects).toMatchObject({ pullRequests: 1, claims: 1, closingComments: 1, worklogs: 1, status: 'done' });
      expect(effects.mergesOnMain).toEqual([report.mergeCommit]);
    },
  );
});
