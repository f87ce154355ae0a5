/**
 * What a runner must know: how to ask it, by flags and environment alone, for a report of tests and of coverage.
 * A plan is data; running it and judging what it leaves is the same for all of them.
 */
import type { TestScript } from '../test-script.js';

export interface TestRunPlan {
  readonly argv: readonly string[];
  /** Beyond the allow-list. */
  readonly environment: Readonly<Record<string, string>>;
  readonly report: { readonly format: 'junit' | 'jest'; readonly path: string };
  readonly coverage?: { readonly format: 'lcov' | 'cobertura'; readonly path: string };
  /** Where it says which test runs now; see `progress-reporter.ts`. */
  readonly progressPath?: string;
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
