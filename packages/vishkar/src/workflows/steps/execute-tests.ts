/**
 * Step 11: the whole suite with its reports, and what shows each acceptance criterion; red goes to the engine, at most
 * `maxRounds` times. What an engine can't show a person may confirm.
 */
import { ApplicationFailure } from '@temporalio/workflow';
import type { ActivityOutput } from '../../domain/activity-contracts.js';
import { criteriaGate, showCriteria } from '../../domain/criteria.js';
import type { ShownCriterion } from '../../domain/criteria.js';
import { testGate } from '../../domain/gate.js';
import type { GateVerdict } from '../../domain/gate.js';
import { fixLoop } from '../fix-loop.js';
import { mutationGate, mutationScore } from '../../domain/mutation.js';
import type { StoryRun } from '../story-run.js';
import { engineEvidence } from './engine-evidence.js';
import type { LinkedCases } from './implement-tests.js';

export async function executeTests(run: StoryRun, tests: LinkedCases): Promise<void> {
  await run.runStep('test.execute', async (round) => {
    const runs: { headSha: string; passed: number; failed: number; reasons: readonly string[] }[] = [];
    let last: ActivityOutput<'run_tests'> | undefined;
    let faults: ActivityOutput<'mutate_change'> | undefined;
    /** The run with the most tests so far: what was deleted in one round is missed in the next as well. */
    let fullest: ActivityOutput<'run_tests'>['report'] | undefined;
    const outcome = await fixLoop(run, 'test.execute', {
      attempt: async () => {
        last = await run.call('test.execute', 'run_tests', {
          ...run.work,
          round,
          cases: [...tests.cases.cases],
          reruns: run.options.testReruns,
          withoutChange: run.options.testsMustFailWithoutChange,
        });
        let gate = bothGates(
          testGate(last.report, run.options, fullest, last.deletedTests),
          shownGate(run, tests, last),
        );
        const rule = run.options.mutation;
        if (rule !== undefined && gate.passed) {
          faults = await run.call('test.execute', 'mutate_change', { ...run.work, round, rule });
          gate = mutationGate(faults.mutation, rule);
        }
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
    const { report, artifacts, notes = [], shown } = required(last);
    const coverage = report.coverage;
    const flaky = report.flaky ?? [];
    return {
      ...outcome.verdict,
      summary: `${String(report.passed)} passed, ${String(report.failed)} failed${
        coverage === undefined ? '' : `, coverage ${coverage.totalPercent.toFixed(1)} %`
      }${flaky.length === 0 ? '' : `, ${String(flaky.length)} flaky`}`,
      headSha: run.headSha,
      artifacts: [
        ...artifacts,
        ...(faults?.artifacts ?? []),
        ...(shown?.demonstrations ?? []).flatMap((each) => each.artifacts),
      ],
      limits: [
        ...(coverage === undefined ? ['the test run left no coverage report'] : []),
        ...notes,
        ...flaky.map(({ name }) => `flaky: ${name} failed, and passed when the suite ran again`),
        ...(faults?.mutation.otherLanguages ?? []).map((path) => `no faults are known for the language of ${path}`),
        ...(shown === undefined ? ['whether the tests of the cases ran was not looked at'] : []),
      ],
      data: {
        runner: report.runner,
        passed: report.passed,
        failed: report.failed,
        skipped: report.skipped,
        coverage: coverage ?? null,
        durationMs: report.durationMs,
        runs,
        flaky,
        ...(faults === undefined
          ? {}
          : { mutation: { score: mutationScore(faults.mutation) ?? null, ...faults.mutation } }),
        cases: shown?.results ?? [],
        criteria: criteriaOf(run, tests, shown).map(tellCriterion),
        fixes: engineEvidence(outcome.turns),
        ...(outcome.overrideReason === undefined ? {} : { overrideReason: outcome.overrideReason }),
      },
    };
  });
}

function executed({ passed, failed }: { readonly passed: number; readonly failed: number }): number {
  return passed + failed;
}

type Shown = ActivityOutput<'run_tests'>['shown'];

function criteriaOf(run: StoryRun, { cases }: LinkedCases, shown: Shown): ShownCriterion[] {
  return showCriteria({
    story: run.work.story,
    cases: cases.cases,
    results: shown?.results ?? [],
    demonstrations: shown?.demonstrations ?? [],
    confirmations: run.confirmations,
  });
}

/** A worker that does not look for what shows the criteria is believed for its tests alone, and the evidence says so. */
function shownGate(run: StoryRun, tests: LinkedCases, { shown, report }: ActivityOutput<'run_tests'>): GateVerdict {
  // Red tests come first: what they show can only be told when they are green.
  if (shown === undefined || report.failed > 0 || report.exitCode !== 0) return { passed: true, reasons: [] };
  const gate = criteriaGate(criteriaOf(run, tests, shown), shown.results);
  return { passed: gate.passed && shown.problems.length === 0, reasons: [...shown.problems, ...gate.reasons] };
}

function bothGates(one: GateVerdict, two: GateVerdict): GateVerdict {
  return { passed: one.passed && two.passed, reasons: [...one.reasons, ...two.reasons] };
}

function tellCriterion({ id, text, shown, why, tests, demonstrations, confirmation }: ShownCriterion) {
  return {
    id,
    text,
    shown,
    why,
    shownBy: tests.map((each) => ({ case: each.case, test: each.file, outcome: each.outcome })),
    ...(demonstrations.length === 0 ? {} : { demonstrations }),
    ...(confirmation === undefined ? {} : { confirmation }),
  };
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw ApplicationFailure.nonRetryable('the test run left nothing', 'STEP_ORDER');
  return value;
}
