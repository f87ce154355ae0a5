/**
 * What a test run showed, from both its report and its exit code. Neither is believed alone: a report without failures
 * does not make a failed command good, and exit code 0 without a report of tests that ran is no pass.
 * What speaks against the run itself stands in `failures` under the name "the test run"; `failed` counts tests only.
 */
import type { TestReport } from '../domain/test-report.js';
import type { TestFailure, TestResults } from './reports/test-results.js';

export interface FinishedRun {
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly durationMs: number;
  readonly outputTail: string;
  /** What the report says, or the sentence why there is none to read. */
  readonly report: Omit<TestResults, 'tests'> | string;
  /** Tests that had started and not ended. */
  readonly unfinished: readonly string[];
}

type Judged = Pick<TestReport, 'exitCode' | 'timedOut' | 'durationMs' | 'passed' | 'failed' | 'skipped' | 'failures'>;

const MAXIMUM_FAILURES = 50;
const MAXIMUM_TAIL = 2_000;

export function judgeRun(run: FinishedRun): Judged {
  const results = typeof run.report === 'string' ? NO_RESULTS : run.report;
  const problems = run.timedOut ? hung(run) : problemsOf(run, results);
  return {
    // What a killed command makes of its SIGTERM is not its verdict.
    exitCode: run.timedOut ? -1 : run.exitCode,
    timedOut: run.timedOut,
    durationMs: run.durationMs,
    passed: results.passed,
    failed: results.failed,
    skipped: results.skipped,
    failures: [...problems, ...results.failures.filter(({ name }) => !isNamed(problems, name))].slice(
      0,
      MAXIMUM_FAILURES,
    ),
  };
}

/** Some runners, told to end, report the hung test themselves: it is one failure, not two. */
function isNamed(problems: readonly TestFailure[], name: string): boolean {
  return problems.some((problem) => problem.name === name || problem.name.endsWith(` > ${name}`));
}

const NO_RESULTS = { passed: 0, failed: 0, skipped: 0, failures: [] };

function hung({ durationMs, unfinished }: FinishedRun): TestFailure[] {
  const message = `Still running when the run was killed after ${(durationMs / 1000).toFixed(0)} s.`;
  if (unfinished.length === 0) return [ofTheRun(`${message} No test was seen running.`)];
  return unfinished.map((name) => ({ name, file: '', message }));
}

function problemsOf(run: FinishedRun, results: Omit<TestResults, 'tests'>): TestFailure[] {
  const ended = `The test command exited with ${String(run.exitCode)}`;
  const tail = run.outputTail.trim().slice(-MAXIMUM_TAIL);
  if (typeof run.report === 'string') return [ofTheRun(`${run.report} ${ended}.\n${tail}`)];
  if (results.passed + results.failed === 0)
    return [ofTheRun(`No test ran (${String(results.skipped)} skipped). ${ended}.\n${tail}`)];
  if (run.exitCode !== 0 && results.failed === 0)
    return [ofTheRun(`${ended} although its report shows no failed test.\n${tail}`)];
  return [];
}

function ofTheRun(message: string): TestFailure {
  return { name: 'the test run', file: '', message: message.trim() };
}
