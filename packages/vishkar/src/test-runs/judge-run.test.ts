import { describe, expect, it } from 'vitest';
import { testGate } from '../domain/gate.js';
import { judgeRun } from './judge-run.js';
import type { FinishedRun } from './judge-run.js';

const GREEN = { passed: 3, failed: 0, skipped: 0, failures: [] };
const finished = (run: Partial<FinishedRun>): FinishedRun => ({
  exitCode: 0,
  timedOut: false,
  durationMs: 4_000,
  outputTail: 'last line',
  report: GREEN,
  unfinished: [],
  ...run,
});
const judge = (run: Partial<FinishedRun>) => {
  const judged = judgeRun(finished(run));
  const report = { ...judged, runner: 'vitest', command: 'vitest', artifacts: [] };
  const rule = { minimumPassRatePercent: 90, minimumCoveragePercent: 0 };
  return { passes: testGate(report, rule).passed, failures: judged.failures };
};

describe('judgeRun', () => {
  it('passes when the command and its report agree that all is well', () => {
    expect(judge({})).toEqual({ passes: true, failures: [] });
  });

  it.each<[string, Partial<FinishedRun>, string]>([
    [
      'exit code 0 without a report',
      { report: 'The test run left no report.' },
      'left no report. The test command exited',
    ],
    ['exit code 0 and no test', { report: { ...GREEN, passed: 0, skipped: 2 } }, 'No test ran (2 skipped)'],
    ['a green report and exit code 1', { exitCode: 1 }, 'exited with 1 although its report shows no failed test'],
    ['a red report and exit code 0', { report: { ...GREEN, passed: 0, failed: 3 } }, ''],
    ['a run that was killed, whatever it reported', { timedOut: true, exitCode: -1 }, 'killed after 4 s'],
  ])('never passes %s', (_title, run, message) => {
    const { passes, failures } = judge(run);
    expect(passes).toBe(false);
    if (message !== '') expect(failures[0]?.message).toContain(message);
  });

  it('names the tests that hung', () => {
    expect(judge({ timedOut: true, report: 'none', unfinished: ['a.test.js > waits'] }).failures).toEqual([
      { name: 'a.test.js > waits', file: '', message: 'Still running when the run was killed after 4 s.' },
    ]);
  });
});
