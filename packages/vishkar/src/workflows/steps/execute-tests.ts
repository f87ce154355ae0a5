/** Step 11: the whole suite with its reports; red goes to the engine, at most `maxRounds` times. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { ActivityOutput } from '../../domain/activity-contracts.js';
import { testGate } from '../../domain/gate.js';
import { fixLoop } from '../fix-loop.js';
import type { StoryRun } from '../story-run.js';
import { engineEvidence } from './engine-evidence.js';
import type { LinkedCases } from './implement-tests.js';

export async function executeTests(run: StoryRun, tests: LinkedCases): Promise<void> {
  await run.runStep('test.execute', async (round) => {
    const runs: { headSha: string; passed: number; failed: number; reasons: readonly string[] }[] = [];
    let last: ActivityOutput<'run_tests'> | undefined;
    /** The run with the most tests so far: what was deleted in one round is missed in the next as well. */
    let fullest: ActivityOutput<'run_tests'>['report'] | undefined;
    const outcome = await fixLoop(run, 'test.execute', {
      attempt: async () => {
        last = await run.call('test.execute', 'run_tests', { ...run.work, round });
        const gate = testGate(last.report, run.options, fullest, last.deletedTests);
        if (fullest === undefined || executed(last.report) > executed(fullest)) fullest = last.report;
        runs.push({
          headSha: run.headSha,
          passed: last.report.passed,
          failed: last.report.failed,
          reasons: gate.reasons,
        });
        return { gate };
      },
      fix: (reasons) =>
        run.engineTurn('test.execute', 'fix_tests', {
          ...run.work,
          reasons: [...reasons],
          report: required(last).report,
        }),
    });
    const { report, artifacts } = required(last);
    const coverage = report.coverage;
    return {
      ...outcome.verdict,
      summary: `${String(report.passed)} passed, ${String(report.failed)} failed${
        coverage === undefined ? '' : `, coverage ${coverage.totalPercent.toFixed(1)} %`
      }`,
      headSha: run.headSha,
      artifacts,
      limits: coverage === undefined ? ['the test run left no coverage report'] : [],
      data: {
        runner: report.runner,
        passed: report.passed,
        failed: report.failed,
        skipped: report.skipped,
        coverage: coverage ?? null,
        durationMs: report.durationMs,
        runs,
        criteria: criteriaShown(run, tests),
        fixes: engineEvidence(outcome.turns),
      },
    };
  });
}

function executed({ passed, failed }: { readonly passed: number; readonly failed: number }): number {
  return passed + failed;
}

/** Which tests show each acceptance criterion, by the cases that link to it. */
function criteriaShown(run: StoryRun, { cases, links }: LinkedCases) {
  return run.work.story.acceptanceCriteria.map(({ id, text }) => ({
    id,
    text,
    shownBy: cases.cases
      .filter((testCase) => testCase.storyLink.endsWith(`#${id}`))
      .map((testCase) => ({ case: testCase.id, test: links[testCase.id] ?? '' })),
  }));
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw ApplicationFailure.nonRetryable('the test run left nothing', 'STEP_ORDER');
  return value;
}
