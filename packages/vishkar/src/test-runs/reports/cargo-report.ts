/**
 * Reads what `cargo test` prints on a stable toolchain (its JSON is for nightly ones only). Each test binary says how
 * many tests it runs, then a line per test, then its sum; the sums count. A binary that begins and gives no sum (a
 * crash, an abort, a kill) is a failure, and so is a sum that its lines do not add up to: a test must not be able to
 * print itself a pass.
 */
import { TestTally, unreadableReport } from './test-results.js';
import type { TestResults } from './test-results.js';

const BINARY = /^\s*(?:Running (?:unittests )?(?<unit>\S+)(?: \(.*\))?|Doc-tests (?<docs>\S+))$/;
const BEGIN = /^running (\d+) tests?$/;
const TEST = /^test (?<name>.+?)(?: - should panic)? \.\.\. (?<outcome>ok|FAILED|ignored)(?:, .*)?$/;
const SUM = /^test result: (?:ok|FAILED)\. (\d+) passed; (\d+) failed; (\d+) ignored; /;
const SLOW = /^test (.+) has been running for over \d+ seconds$/;

interface Binary {
  readonly name: string;
  readonly announced: number;
  readonly tests: { readonly name: string; readonly outcome: string }[];
  readonly slow: Set<string>;
  sum?: { readonly passed: number; readonly failed: number; readonly skipped: number };
}

/** Throws VishkarError `TEST_REPORT_UNREADABLE` when no test binary ran. */
export function readCargoReport(text: string): TestResults {
  const { binaries, messages } = readRun(text);
  if (binaries.length === 0) throw unreadableReport('cargo test', 'no test binary ran');
  const tally = new TestTally();
  for (const binary of binaries) {
    const file = binary.name;
    for (const { name, outcome } of binary.tests) {
      if (outcome === 'ok') tally.pass({ name, file });
      else if (outcome === 'ignored') tally.skip({ name, file });
      else tally.fail({ name, file, message: messages.get(name) ?? '' });
    }
    const problem = problemOf(binary);
    if (problem !== undefined) tally.fail({ name: file, file, message: problem });
  }
  return tally.results();
}

/** Tests that are known to run still: those that are told to be slow, else the binary that has not ended. */
export function runningCargoTests(text: string): readonly string[] {
  const open = readRun(text).binaries.filter(({ sum }) => sum === undefined);
  return open.flatMap(({ name, slow, tests, announced }) =>
    slow.size > 0 ? [...slow] : [`${name} (${String(announced - tests.length)} of ${String(announced)} tests)`],
  );
}

function problemOf({ sum, tests, announced }: Binary): string | undefined {
  if (sum === undefined) return `It ended after ${String(tests.length)} of ${String(announced)} tests without a sum.`;
  const count = (outcome: string) => tests.filter((test) => test.outcome === outcome).length;
  const isRight = count('ok') === sum.passed && count('FAILED') === sum.failed && count('ignored') === sum.skipped;
  return isRight ? undefined : 'Its lines do not add up to its sum: something else prints into its output.';
}

function readRun(text: string) {
  const binaries: Binary[] = [];
  const messages = new Map<string, string>();
  let next = 'tests';
  let open: Binary | undefined;
  let failing: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const { unit, docs } = BINARY.exec(line)?.groups ?? {};
    const begin = BEGIN.exec(line);
    const sum = SUM.exec(line);
    const heading = /^---- (?<name>.+) stdout ----$/.exec(line)?.groups?.['name'];
    if (unit !== undefined || docs !== undefined) next = unit ?? `documentation of ${docs ?? ''}`;
    else if (begin !== null) {
      open = { name: next, announced: Number(begin[1]), tests: [], slow: new Set() };
      binaries.push(open);
    } else if (open !== undefined && sum !== null) {
      open.sum = { passed: Number(sum[1]), failed: Number(sum[2]), skipped: Number(sum[3]) };
      open = failing = undefined;
    } else if (heading !== undefined) failing = heading;
    else if (line === 'failures:') failing = undefined;
    else if (failing !== undefined) messages.set(failing, `${messages.get(failing) ?? ''}${line}\n`);
    else if (open !== undefined) readTestLine(open, line);
  }
  return { binaries, messages };
}

function readTestLine(open: Binary, line: string): void {
  const slow = SLOW.exec(line)?.[1];
  if (slow !== undefined) open.slow.add(slow);
  const { name, outcome } = TEST.exec(line)?.groups ?? {};
  if (name === undefined || outcome === undefined) return;
  open.slow.delete(name);
  open.tests.push({ name, outcome });
}
