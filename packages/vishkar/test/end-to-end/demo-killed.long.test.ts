import { itNeeds, longForm } from '@vishkar/testkit';
import { describe, expect } from 'vitest';
import { demoFolder, demoReport, outsideEffects, startDemo } from './demo-run.js';

describe('npm start', () => {
  itNeeds(
    { longForm },
    'with --kill survives kills of service, worker and engine',
    async () => {
      const folder = demoFolder();
      const report = await demoReport(startDemo(folder, ['--kill']));
      expect(report.status).toBe('merged');
      expect(report.kills).toBeGreaterThanOrEqual(6);
      expect(report.steps.every((step) => step.status === 'passed')).toBe(true);
      const effects = await outsideEffects(report, folder);
      expect(effects).toMatchObject({ pullRequests: 1, claims: 1, closingComments: 1, worklogs: 1, status: 'done' });
      expect(effects.mergesOnMain).toEqual([report.mergeCommit]);
    },
    400_000,
  );
});
