/** Readers of what go test, cargo test, TAP producers and dotnet test leave; the texts have the form of real runs. */
import { describe, expect, it } from 'vitest';
import { readCargoReport, runningCargoTests } from './cargo-report.js';
import { readGoReport, runningGoTests } from './go-report.js';
import { readTapReport } from './tap-report.js';
import type { TestResults } from './test-results.js';
import { readTrxReport } from './trx-report.js';

const outcomes = ({ tests }: TestResults) => tests.map(({ name, outcome }) => `${name}: ${outcome}`);
const unreadable = expect.objectContaining({ code: 'TEST_REPORT_UNREADABLE' }) as Error;

describe('readGoReport', () => {
  const events = (...list: readonly object[]) => list.map((event) => JSON.stringify(event)).join('\n');
  const of = (Package: string, Action: string, Test?: string, Output?: string) => ({ Package, Action, Test, Output });
  const ended = [
    of('shop', 'start'),
    ...[of('shop', 'run', 'TestCart'), of('shop', 'run', 'TestCart/empty'), of('shop', 'run', 'TestCart/full')],
    of('shop', 'output', 'TestCart/full', '    cart_test.go:7: got 2\n'),
    ...[of('shop', 'pass', 'TestCart/empty'), of('shop', 'fail', 'TestCart/full'), of('shop', 'fail', 'TestCart')],
    ...[of('shop', 'run', 'TestLater'), of('shop', 'skip', 'TestLater'), of('shop', 'fail')],
  ];

  it('counts subtests in place of the test around them, and tells why one failed', () => {
    const results = readGoReport(events(...ended));
    expect(outcomes(results)).toEqual(['TestCart/empty: passed', 'TestCart/full: failed', 'TestLater: skipped']);
    expect(results.failures).toEqual([{ name: 'TestCart/full', file: 'shop', message: 'cart_test.go:7: got 2' }]);
  });

  it('counts a package that does not build, or fails outside of its tests, as one failure', () => {
    const text = events(
      { ImportPath: 'shop [shop.test]', Action: 'build-output', Output: 'cart_test.go:3:27: undefined: Cart\n' },
      { ImportPath: 'shop [shop.test]', Action: 'build-fail' },
      { Package: 'shop', Action: 'fail', FailedBuild: 'shop [shop.test]' },
    );
    expect(readGoReport(text).failures).toEqual([
      { name: 'shop', file: 'shop', message: 'cart_test.go:3:27: undefined: Cart' },
    ]);
  });

  it('does not pass a package whose end is missing, and names what was running', () => {
    const text = events(...ended.slice(0, 3), of('other', 'run', 'TestHangs')) + '\n{"Package":"ot';
    expect(readGoReport(text).failures.map(({ name }) => name)).toEqual([
      ...['TestCart/empty', 'shop', 'TestHangs', 'other'],
    ]);
    expect(runningGoTests(text)).toEqual(['shop.TestCart/empty', 'other.TestHangs']);
  });

  it('refuses a text without an event', () => {
    expect(() => readGoReport('go: no such tool\n')).toThrow(unreadable);
  });
});

describe('readCargoReport', () => {
  const RUN = `   Compiling shop v0.1.0 (/w)
     Running unittests src/lib.rs (target/debug/deps/shop-4a99)

running 4 tests
test tests::later ... ignored, not yet
test tests::adds ... ok
test tests::refuses - should panic ... ok
test tests::red ... FAILED

failures:

---- tests::red stdout ----
test tests::more ... ok

thread 'tests::red' (7) panicked at src/lib.rs:19:43:
assertion \`left == right\` failed

failures:
    tests::red

test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s

   Doc-tests shop

running 1 test
test src/lib.rs - sum (line 3) ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.14s
`;

  it('reads all binaries, and takes nothing that a test prints for a result', () => {
    const results = readCargoReport(RUN);
    expect(outcomes(results)).toEqual([
      ...['tests::later: skipped', 'tests::adds: passed', 'tests::refuses: passed', 'tests::red: failed'],
      'src/lib.rs - sum (line 3): passed',
    ]);
    expect(results.failures).toEqual([
      { name: 'tests::red', file: 'src/lib.rs', message: expect.stringContaining('src/lib.rs:19:43') as string },
    ]);
  });

  it('counts a binary that ends without its sum, and one whose lines do not add up, as failures', () => {
    const cutOff = RUN.slice(0, RUN.indexOf('test tests::red'));
    expect(readCargoReport(cutOff).failures).toEqual([
      { name: 'src/lib.rs', file: 'src/lib.rs', message: 'It ended after 3 of 4 tests without a sum.' },
    ]);
    const forged = RUN.replace('test tests::adds', 'test tests::forged ... ok\ntest tests::adds');
    expect(readCargoReport(forged).failed).toBe(2);
    expect(() => readCargoReport('error: could not compile `shop`')).toThrow(unreadable);
  });

  it('names what was running: the tests that are told to be slow, else the binary', () => {
    const cutOff = RUN.slice(0, RUN.indexOf('test tests::red'));
    expect(runningCargoTests(cutOff)).toEqual(['src/lib.rs (1 of 4 tests)']);
    expect(runningCargoTests(`${cutOff}test tests::red has been running for over 60 seconds\n`)).toEqual([
      'tests::red',
    ]);
    expect(runningCargoTests(RUN)).toEqual([]);
  });
});

describe('readTapReport', () => {
  it('reads points, directives, diagnoses and the plan; subtests belong to their parent', () => {
    const text =
      'TAP version 14\n1..4\n    # Subtest: inner\n    ok 1 - inside\n    1..1\nok 1 - adds \\# one\n' +
      'not ok 2 - red\n  ---\n  message: got 2\n  ...\nok 3 - later # SKIP no time\nnot ok 4 - some day # TODO\n';
    const results = readTapReport(text);
    expect(outcomes(results)).toEqual(['adds # one: passed', 'red: failed', 'later: skipped', 'some day: skipped']);
    expect(results.failures[0]?.message).toContain('got 2');
  });

  it.each(['ok 1 - no plan\n', '1..2\nok 1\n', ''])('refuses %j, which may be cut off', (text) => {
    expect(() => readTapReport(text)).toThrow(unreadable);
  });

  it('counts a run that bails out as failed', () => {
    expect(readTapReport('1..1\nok 1\nBail out! no database\n').failed).toBe(1);
  });
});

describe('readTrxReport', () => {
  const trx = (results: string, outcome = 'Completed') =>
    `<?xml version="1.0" encoding="utf-8"?>
<TestRun id="1" name="ci" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
  <Times creation="2026-01-01T00:00:00" />
  <Results>${results}</Results>
  <TestDefinitions><UnitTest name="Shop.CartTests.Adds" id="9" /></TestDefinitions>
  <ResultSummary outcome="${outcome}"><Counters total="3" /></ResultSummary>
</TestRun>`;

  it('reads outcomes and messages', () => {
    const results = readTrxReport(
      trx(
        '<UnitTestResult testName="Shop.CartTests.Adds" outcome="Passed" duration="00:00:00.01" />' +
          '<UnitTestResult testName="Shop.CartTests.Later" outcome="NotExecuted" />' +
          '<UnitTestResult testName="Shop.CartTests.Red" outcome="Failed"><Output><ErrorInfo>' +
          '<Message>Assert.Equal() Failure</Message><StackTrace>at Shop.CartTests.Red() in /w/CartTests.cs:line 9</StackTrace>' +
          '</ErrorInfo></Output></UnitTestResult>',
        'Failed',
      ),
    );
    expect(outcomes(results)).toEqual([
      ...['Shop.CartTests.Adds: passed', 'Shop.CartTests.Later: skipped', 'Shop.CartTests.Red: failed'],
    ]);
    expect(results.failures[0]?.message).toMatch(/^Assert\.Equal\(\) Failure\nat Shop/);
  });

  it('takes an outcome that it does not know, and a run that failed as a whole, for failures', () => {
    expect(readTrxReport(trx('<UnitTestResult testName="a" outcome="Timeout" />')).failed).toBe(1);
    expect(readTrxReport(trx('<UnitTestResult testName="a" outcome="Passed" />', 'Aborted')).failed).toBe(1);
    expect(() => readTrxReport(trx('').slice(0, 300))).toThrow(unreadable);
  });
});
