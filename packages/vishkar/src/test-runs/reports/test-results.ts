/**
 * What a test report says, whatever its format: counts, every test with its outcome, and why tests failed.
 * A reader never makes a pass of what it cannot read: it throws VishkarError `TEST_REPORT_UNREADABLE`.
 */
import { VishkarError } from '../../errors.js';

export interface TestFailure {
  readonly name: string;
  /** Path as the runner gives it; empty when it gives none. */
  readonly file: string;
  readonly message: string;
}

export interface TestOutcome {
  readonly name: string;
  /** Path as the runner gives it; empty when it gives none. */
  readonly file: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
}

export interface TestResults {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** At most {@link MAXIMUM_FAILURES}; `failed` counts all. */
  readonly failures: readonly TestFailure[];
  readonly tests: readonly TestOutcome[];
}

const MAXIMUM_FAILURES = 50;
const MAXIMUM_MESSAGE = 2_000;

/** Collects outcomes one by one. */
export class TestTally {
  readonly #tests: TestOutcome[] = [];
  readonly #failures: TestFailure[] = [];

  pass(test: Pick<TestOutcome, 'name' | 'file'>): void {
    this.#tests.push({ name: test.name, file: test.file, outcome: 'passed' });
  }

  skip(test: Pick<TestOutcome, 'name' | 'file'>): void {
    this.#tests.push({ name: test.name, file: test.file, outcome: 'skipped' });
  }

  fail({ name, file, message }: TestFailure): void {
    this.#tests.push({ name, file, outcome: 'failed' });
    if (this.#failures.length >= MAXIMUM_FAILURES) return;
    const text = message.trim();
    this.#failures.push({
      name,
      file,
      message: text.length > MAXIMUM_MESSAGE ? `${text.slice(0, MAXIMUM_MESSAGE)}…` : text,
    });
  }

  get failed(): number {
    return this.#count('failed');
  }

  results(): TestResults {
    return {
      passed: this.#count('passed'),
      failed: this.failed,
      skipped: this.#count('skipped'),
      failures: this.#failures,
      tests: this.#tests,
    };
  }

  #count(outcome: TestOutcome['outcome']): number {
    return this.#tests.filter((test) => test.outcome === outcome).length;
  }
}

/** What several reports of one run say together. */
export function joinResults(results: readonly TestResults[]): TestResults {
  const sum = (count: (each: TestResults) => number) => results.reduce((total, each) => total + count(each), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    failures: results.flatMap(({ failures }) => failures).slice(0, MAXIMUM_FAILURES),
    tests: results.flatMap(({ tests }) => tests),
  };
}

/** The error of every reader of reports. */
export function unreadableReport(format: string, problem: string, cause?: unknown): VishkarError {
  return new VishkarError('TEST_REPORT_UNREADABLE', `The ${format} report can't be read: ${problem}.`, {
    hint: 'The test run was probably cut off: look at its log, then run the tests again.',
    cause,
  });
}
