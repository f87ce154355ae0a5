/**
 * The port to a project's own commands: what it builds, lints, smokes and tests with.
 * Commands come from the project (its manifest, its config), are run as argv, and are judged by exit codes and reports.
 */
import type { CommandResult, TestReport } from '../domain/test-report.js';
import type { TestOutcome } from './reports/test-results.js';

export interface ProjectCommand {
  /** `install`, `build`, `lint`, `smoke`, `test`, ... */
  readonly name: string;
  readonly argv: readonly string[];
  readonly timeoutMs: number;
  /** Set for a server, which never ends by itself: it has passed when it is still up after so long. */
  readonly staysUpForMs?: number;
}

export interface RunOptions {
  readonly worktree: string;
  /** Folder for logs and reports of this run; outside the worktree. */
  readonly outputFolder: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

export interface ProjectRunner {
  /** Commands found or configured for `install`, `build`, `lint` and `smoke`; those that a project lacks are absent. */
  commands(worktree: string): Promise<readonly ProjectCommand[]>;
  /** Runs one; a failing command is a result, not an error. The log's path is returned beside it. */
  runCommand(command: ProjectCommand, options: RunOptions): Promise<CommandResult & { readonly logPath: string }>;
  /** Runs the whole suite with reports. Throws VishkarError `TEST_RUNNER_NOT_FOUND` with how to configure one. */
  runTests(options: TestRunOptions): Promise<TestRun>;
}

export interface TestRunOptions extends RunOptions {
  /** Unified diff, for coverage of changed lines. */
  readonly diff: string;
  /** How often the suite runs again when a few of its tests failed: what passes then is flaky. Default 0. */
  readonly reruns?: number;
  /** In place of the configured limit. */
  readonly timeoutMs?: number;
}

export interface TestRun {
  readonly report: Omit<TestReport, 'artifacts'>;
  readonly files: readonly { readonly name: string; readonly path: string; readonly mediaType: string }[];
  /** What could not be had and why (coverage, mostly), one sentence each. */
  readonly notes?: readonly string[];
  /** Every test of the report; absent where the runner tells sums only. */
  readonly tests?: readonly TestOutcome[];
}
