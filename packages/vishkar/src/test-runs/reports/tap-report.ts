/**
 * Reads TAP (versions 12 to 14): test points, `# SKIP` and `# TODO`, the YAML block behind a failed point, `Bail out!`.
 * The plan is part of the verdict: a stream without one, or with fewer points than planned, is a run that was cut off.
 * Subtests are told by their parent's point, so that none counts twice.
 */
import { TestTally, unreadableReport } from './test-results.js';
import type { TestResults } from './test-results.js';

const PLAN = /^1\.\.(\d+)(?:\s*#\s*(.*))?$/;
const POINT = /^(?<not>not )?ok\b(?:\s+\d+)?(?:\s+-)?\s*(?<name>(?:[^#\\]|\\.)*?)\s*(?:#\s*(?<directive>.*))?$/;

/** Throws VishkarError `TEST_REPORT_UNREADABLE`. */
export function readTapReport(text: string): TestResults {
  const tally = new TestTally();
  const lines = text.split(/\r?\n/);
  let planned: number | undefined;
  let points = 0;
  for (const [index, line] of lines.entries()) {
    const plan = PLAN.exec(line);
    if (plan !== null) planned = Number(plan[1]);
    if (line.startsWith('Bail out!')) tally.fail({ name: 'the test run', file: '', message: line });
    const { not, name = '', directive = '' } = POINT.exec(line)?.groups ?? {};
    if (!/^(?:not )?ok\b/.test(line)) continue;
    points += 1;
    const place = { name: name.replace(/\\(.)/g, '$1') || `test ${String(points)}`, file: '' };
    if (/^(?:skip|todo)/i.test(directive)) tally.skip(place);
    else if (not === undefined) tally.pass(place);
    else tally.fail({ ...place, message: diagnosis(lines, index + 1) });
  }
  if (planned === undefined) throw unreadableReport('TAP', 'it has no plan (1..n)');
  if (points !== planned)
    throw unreadableReport('TAP', `${String(planned)} tests are planned, and ${String(points)} reported`);
  return tally.results();
}

/** The indented lines and comments that follow a point. */
function diagnosis(lines: readonly string[], start: number): string {
  const end = lines.findIndex((line, index) => index >= start && !/^(?:\s|#)/.test(line));
  return lines.slice(start, end === -1 ? undefined : end).join('\n');
}
