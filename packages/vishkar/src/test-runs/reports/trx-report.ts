/** Reads TRX, the XML that `dotnet test --logger trx` writes: results that point to definitions by id. */
import { childOf, elements, parseReportXml, textOf } from './report-xml.js';
import type { XmlElement } from './report-xml.js';
import { TestTally, unreadableReport } from './test-results.js';
import type { TestResults } from './test-results.js';

const SKIPPED = new Set(['NotExecuted', 'NotRunnable', 'Inconclusive', 'Disconnected', 'Pending']);

/** Throws VishkarError `TEST_REPORT_UNREADABLE`. An outcome that is neither a pass nor known as left out is a failure. */
export function readTrxReport(xml: string): TestResults {
  const [, root] = parseReportXml('TRX', xml, ['TestRun']);
  const tally = new TestTally();
  for (const result of elements(childOf(root, 'Results'), 'UnitTestResult')) {
    const place = { name: textOf(result, 'testName'), file: '' };
    if (place.name === '') throw unreadableReport('TRX', 'a result has no name');
    const outcome = textOf(result, 'outcome');
    if (outcome === 'Passed') tally.pass(place);
    else if (SKIPPED.has(outcome)) tally.skip(place);
    else tally.fail({ ...place, message: messageOf(result) || outcome });
  }
  const summary = childOf(root, 'ResultSummary');
  const isRed = ['Failed', 'Error', 'Timeout', 'Aborted'].includes(textOf(summary, 'outcome'));
  if (isRed && tally.failed === 0)
    tally.fail({
      name: 'the test run',
      file: '',
      message: `The run as a whole is reported as ${textOf(summary, 'outcome')}.`,
    });
  return tally.results();
}

function messageOf(result: XmlElement): string {
  const info = childOf(childOf(result, 'Output'), 'ErrorInfo');
  return [text(info, 'Message'), text(info, 'StackTrace')].filter((each) => each !== '').join('\n');
}

function text(parent: XmlElement, name: string): string {
  return textOf(parent, name) || textOf(childOf(parent, name), '#text');
}
