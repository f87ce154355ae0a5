/**
 * What a test report says, whatever its format: counts, and which tests failed.
 * A reader never makes a pass of what it cannot read: it throws VishkarError `TEST_REPORT_UNREADABLE`.
 */
import { VishkarError } from '../../errors.js';

export interface TestFailure {
  readonly name: string;
  /** Path as the runner gives it; empty when it gives none. */
  readonly file: string;
  readonly message: string;
}

export interface TestResults {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** At most {@link MAXIMUM_FAILURES}; `failed` counts all. */
  readonly failures: readonly TestFailure[];
}

const MAXIMUM_FAILURES = 50;
const MAXIMUM_MESSAGE = 2_000;

/** Collects outcomes one by one. */
export class TestTally {
  #passed = 0;
  #failed = 0;
  #skipped = 0;
  readonly #failures: TestFailure[] = [];

  pass(): void {
    this.#passed += 1;
  }

  skip(): void {
    this.#skipped += 1;
  }

  fail(failure: TestFailure): void {
    this.#failed += 1;
    if (this.#failures.length >= MAXIMUM_FAILURES) return;
    const message = failure.message.trim();
    this.#failures.push({
      ...failure,
      message: message.length > MAXIMUM_MESSAGE ? `${message.slice(0, MAXIMUM_MESSAGE)}…` : message,
    });
  }

  get failed(): number {
    return this.#failed;
  }

  results(): TestResults {
    return { passed: this.#passed, failed: this.#failed, skipped: this.#skipped, failures: this.#failures };
  }
}

/** The error of every reader of reports. */
export function unreadableReport(format: string, problem: string, cause?: unknown): VishkarError {
  return new VishkarError('TEST_REPORT_UNREADABLE', `The ${format} report can't be read: ${problem}.`, {
    hint: 'The test run was probably cut off: look at its log, then run the tests again.',
    cause,
  });
}
