/** Reads lcov tracefiles (`SF`, `DA`, `end_of_record`); functions and branches are left to those who want them. */
import { unreadableReport } from '../reports/test-results.js';
import { LineCoverageBuilder } from './line-coverage.js';
import type { LineCoverage } from './line-coverage.js';

const DATA = /^DA:(\d+),(\d+)(?:,.*)?$/;

/**
 * Throws VishkarError `TEST_REPORT_UNREADABLE` for malformed lines and for a report that ends inside a record.
 * An empty report is readable: nothing was measured.
 */
export function readLcovReport(text: string, roots: readonly string[]): LineCoverage {
  const builder = new LineCoverageBuilder(roots);
  let hit: ((line: number, hits: number) => void) | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('SF:')) {
      if (hit !== undefined) throw unreadableReport('lcov', 'a file begins before the one before it has ended');
      hit = builder.file(line.slice('SF:'.length));
    } else if (line.startsWith('DA:')) {
      const [, number, hits] = DATA.exec(line) ?? [];
      if (hit === undefined || number === undefined)
        throw unreadableReport('lcov', `unexpected line "${line.slice(0, 80)}"`);
      hit(Number(number), Number(hits));
    } else if (line === 'end_of_record') hit = undefined;
    else if (line !== '' && !/^[A-Z]+:/.test(line))
      throw unreadableReport('lcov', `unexpected line "${line.slice(0, 80)}"`);
  }
  if (hit !== undefined) throw unreadableReport('lcov', 'it ends in the middle of a file');
  return builder.coverage();
}
