/** Every format of test report with its reader. */
import { readCargoReport } from './cargo-report.js';
import { readGoReport } from './go-report.js';
import { readJestReport } from './jest-report.js';
import { readJunitReport } from './junit-report.js';
import { readTapReport } from './tap-report.js';
import type { TestResults } from './test-results.js';
import { readTrxReport } from './trx-report.js';

export const REPORT_READERS = {
  junit: readJunitReport,
  jest: readJestReport,
  tap: readTapReport,
  trx: readTrxReport,
  'go-test': readGoReport,
  'cargo-test': readCargoReport,
} as const satisfies Record<string, (text: string) => TestResults>;

export type ReportFormat = keyof typeof REPORT_READERS;
