/**
 * Reads JUnit XML as vitest, node:test, pytest and most other runners write it: `<testsuites>` or a bare `<testsuite>`,
 * nested suites, test cases directly below the root. Counts come from the cases; where a suite declares more failures
 * than its cases show (a hook failed, a file did not load), the rest counts as failed too.
 */
import { elements, parseReportXml, textOf } from './report-xml.js';
import type { XmlElement } from './report-xml.js';
import { TestTally } from './test-results.js';
import type { TestResults } from './test-results.js';

/** Throws VishkarError `TEST_REPORT_UNREADABLE`. A report without a test case is readable: it says that none ran. */
export function readJunitReport(xml: string): TestResults {
  const [, root] = parseReportXml('JUnit', xml, ['testsuites', 'testsuite']);
  const tally = new TestTally();
  readSuite(root, textOf(root, 'file'), tally);
  return tally.results();
}

function readSuite(suite: XmlElement, inheritedFile: string, tally: TestTally): void {
  const before = tally.failed;
  const file = fileOf(suite, 'name') ?? inheritedFile;
  for (const testCase of elements(suite, 'testcase')) readCase(testCase, file, tally);
  for (const inner of elements(suite, 'testsuite')) readSuite(inner, file, tally);
  const declared = count(suite, 'failures') + count(suite, 'errors');
  for (let missing = declared - (tally.failed - before); missing > 0; missing -= 1) {
    tally.fail({
      name: textOf(suite, 'name') || 'test suite',
      file,
      message: 'The suite reports a failure that belongs to none of its tests.',
    });
  }
}

function readCase(testCase: XmlElement, suiteFile: string, tally: TestTally): void {
  const [problem] = [...elements(testCase, 'failure'), ...elements(testCase, 'error')];
  const file = fileOf(testCase, 'classname') ?? suiteFile;
  const place = { name: nameOf(testCase, file), file };
  if (problem !== undefined) {
    const message = textOf(problem, 'message');
    const text = textOf(problem, '#text');
    // The text usually begins with the message and goes on with where it happened.
    tally.fail({ ...place, message: text.includes(message) ? text : `${message}\n${text}` });
  } else if (elements(testCase, 'skipped').length > 0) tally.skip(place);
  else tally.pass(place);
}

/** Of a test that is known by no file, as in Java, the class belongs to its name (`shop.CartTest.adds`). */
function nameOf(testCase: XmlElement, file: string): string {
  const [name, owner] = [textOf(testCase, 'name') || 'unnamed test', textOf(testCase, 'classname')];
  return file === '' && owner.includes('.') && !name.startsWith(owner) ? `${owner}.${name}` : name;
}

/** Runners put the path into `file`, or where others put a class or suite name. */
function fileOf(element: XmlElement, nameAttribute: string): string | undefined {
  const file = textOf(element, 'file');
  if (file !== '') return file;
  const name = textOf(element, nameAttribute);
  return /\.(?:[cm]?[jt]sx?|py)$/.test(name) ? name : undefined;
}

function count(suite: XmlElement, attribute: string): number {
  const value = Number(textOf(suite, attribute) || '0');
  // A count from the report drives a loop: a nonsensical one is capped, and fails the run anyhow.
  return Number.isInteger(value) && value > 0 ? Math.min(value, 100_000) : 0;
}
