/**
 * Tells flaky tests from red ones by running the suite again. A flaky test is reported with what its failure said, and
 * counts as passed; whether it may pass is the gate's to decide. Pure.
 */
import type { TestReport } from '../domain/test-report.js';
import type { TestRun } from './project-commands.js';
import type { TestOutcome } from './reports/test-results.js';

/** A change that breaks more than this is not flaky, and running everything again would only cost time. */
const FEW = 10;

/** Only tests that failed, in a run that ended by itself, can turn out to be flaky. */
export function isWorthARerun({ timedOut, failed, failures }: TestRun['report']): boolean {
  return !timedOut && failed > 0 && failed <= FEW && failures.length === failed;
}

/** The later run, with what failed before and passes in it as flaky. Both ran the same commit. */
export function mergeRerun(before: Required<TestRun>, after: Required<TestRun>): Required<TestRun> {
  const passed = new Set(after.tests.filter(({ outcome }) => outcome === 'passed').map(keyOf));
  const flaky = [...(before.report.flaky ?? []), ...before.report.failures].filter((test) => passed.has(keyOf(test)));
  // A run that shows less than the one before it clears nobody.
  if (after.tests.length < before.tests.length) return before;
  const files = after.files.map((file) => ({ ...file, name: `${file.name}-again` }));
  return {
    ...after,
    report: { ...after.report, ...(flaky.length > 0 && { flaky: distinct(flaky) }) },
    files: [...before.files, ...files],
  };
}

const keyOf = ({ name, file }: Pick<TestOutcome, 'name' | 'file'>): string => `${file}\n${name}`;

function distinct(tests: NonNullable<TestReport['flaky']>): NonNullable<TestReport['flaky']> {
  return [...new Map(tests.map((test) => [keyOf(test), test])).values()];
}
