/**
 * What a runner must know: how to ask it, by flags and environment alone, for a report of tests and of coverage.
 * A plan is data; running it and judging what it leaves is the same for all of them.
 */
import type { CoverageFormat } from '../covered-lines/read-coverage.js';
import type { ReportFormat } from '../reports/read-report.js';
import type { FileSet } from '../run-files.js';
import type { TestScript } from '../test-script.js';

export interface TestRunPlan {
  readonly argv: readonly string[];
  /** Beyond the allow-list. */
  readonly environment: Readonly<Record<string, string>>;
  readonly report: { readonly format: ReportFormat; readonly files: FileSet };
  readonly coverage?: { readonly format: CoverageFormat; readonly files: FileSet };
  /** Writes the coverage report after the tests, whatever they gave; when it fails, there is no coverage. */
  readonly coverageArgv?: readonly string[];
  /** File for all that the command prints: the report of runners that print it, and what `stillRunning` reads. */
  readonly capturePath?: string;
  /** Where it says which test runs now; see `progress-reporter.ts`. */
  readonly progressPath?: string;
  /** Names of what had started and not ended, from what was printed; for runners that take no reporter. */
  readonly stillRunning?: (output: string) => readonly string[];
  /** What cannot be had here and why, one sentence each. */
  readonly notes: readonly string[];
}

export interface TestRunContext {
  readonly worktree: string;
  /** Empty folder of this run, outside the worktree. */
  readonly outputFolder: string;
  /** The project's own script, when it ends in this runner. */
  readonly script?: TestScript;
  /** Arguments from the configuration, in place of the script's. */
  readonly args?: readonly string[];
  readonly python?: string;
}

export interface TestRunner {
  readonly name: string;
  /** Throws VishkarError `TEST_RUNNER_NOT_FOUND` when the runner is not installed. */
  plan(context: TestRunContext): Promise<TestRunPlan>;
}
