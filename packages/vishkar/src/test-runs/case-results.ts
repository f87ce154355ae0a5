/** What a run says of each designed case, by the tests that are linked to it. Pure. */
import type { CaseResult } from '../domain/criteria.js';
import type { TestCase } from '../domain/test-case.js';
import type { CaseLink } from './case-links.js';
import { testsOfCase } from './case-links.js';
import type { TestRun } from './project-commands.js';

/** One for each case that has a link. A case with several tests (a table) passes when all of them do. */
export function caseResults(
  cases: readonly Pick<TestCase, 'id'>[],
  links: ReadonlyMap<string, CaseLink>,
  { tests = [], report }: TestRun,
): CaseResult[] {
  return cases.flatMap(({ id }) => {
    const link = links.get(id);
    if (link === undefined) return [];
    const own = testsOfCase(id, link, tests);
    const has = (outcome: string) => own.some((test) => test.outcome === outcome);
    const outcome = has('failed') ? 'failed' : has('passed') ? 'passed' : has('skipped') ? 'skipped' : 'not_run';
    const flaky =
      testsOfCase(
        id,
        link,
        (report.flaky ?? []).map((test) => ({ ...test, outcome: 'failed' })),
      ).length > 0;
    return [{ case: id, file: link.path, test: own[0]?.name ?? '', outcome, flaky }];
  });
}

/** With what a run without the change says: a test that is not there then, or does not build, does not pass. */
export function comparedToRunWithout(results: readonly CaseResult[], without: readonly CaseResult[]): CaseResult[] {
  return results.map((result) => {
    const before = without.find((each) => each.case === result.case);
    return { ...result, withoutChange: before?.outcome === 'passed' && !before.flaky ? 'passes' : 'fails' };
  });
}
