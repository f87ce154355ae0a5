/**
 * Reads what `jest --json --outputFile` writes: jest has no JUnit of its own, and this needs nothing added to a project.
 * A test file that could not run at all has no tests in it and counts as one failure.
 */
import { z } from 'zod';
import { TestTally, unreadableReport } from './test-results.js';
import type { TestResults } from './test-results.js';

const reportSchema = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** Throws VishkarError `TEST_REPORT_UNREADABLE`. */
export function readJestReport(json: string): TestResults {
  const report = parse(json);
  const tally = new TestTally();
  for (const file of report.testResults) {
    const before = tally.failed;
    for (const test of file.assertionResults) {
      const place = { name: test.fullName, file: file.name };
      if (test.status === 'passed') tally.pass(place);
      else if (['pending', 'skipped', 'todo', 'disabled'].includes(test.status)) tally.skip(place);
      else tally.fail({ ...place, message: (test.failureMessages ?? []).join('\n') });
    }
    // "failed" without a failed test: the file did not load, or a hook failed.
    if (file.status === 'failed' && tally.failed === before)
      tally.fail({ name: file.name, file: file.name, message: file.message });
  }
  if (!report.success && tally.failed === 0)
    tally.fail({ name: 'jest', file: '', message: 'Jest reports a failure that belongs to no test.' });
  return tally.results();
}

function parse(json: string): z.infer<typeof reportSchema> {
  if (json.trim() === '') throw unreadableReport('jest', 'it is empty');
  try {
    return reportSchema.parse(JSON.parse(json));
  } catch (error) {
    throw unreadableReport('jest', error instanceof SyntaxError ? error.message : 'it is not a jest report', error);
  }
}
