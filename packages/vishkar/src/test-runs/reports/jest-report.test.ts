import { describe, expect, it } from 'vitest';
import { readJestReport } from './jest-report.js';

const report = (success: boolean, ...testResults: object[]) => JSON.stringify({ success, testResults });
const test = (status: string) => ({ fullName: `sums ${status}`, status, failureMessages: ['expected 1'] });

describe('readJestReport', () => {
  it('counts tests by their status', () => {
    const file = { name: '/w/a.test.js', status: 'failed', message: '' };
    const assertionResults = ['passed', 'failed', 'pending', 'todo'].map(test);
    const { tests, ...counts } = readJestReport(report(false, { ...file, assertionResults }));
    expect(counts).toEqual({
      passed: 1,
      failed: 1,
      skipped: 2,
      failures: [{ name: 'sums failed', file: '/w/a.test.js', message: 'expected 1' }],
    });
    expect(tests.map(({ name, outcome }) => `${name}: ${outcome}`)).toEqual([
      ...['sums passed: passed', 'sums failed: failed', 'sums pending: skipped', 'sums todo: skipped'],
    ]);
  });

  it('counts a file that did not load, and a failure that belongs to no test', () => {
    const broken = { name: 'a.test.js', status: 'failed', message: 'SyntaxError', assertionResults: [] };
    expect(readJestReport(report(false, broken)).failed).toBe(1);
    expect(readJestReport(report(false)).failed).toBe(1);
  });

  it.each(['', '{"success": tr', '[]', '{"success": true}'])('refuses %j', (json) => {
    expect(() => readJestReport(json)).toThrow(expect.objectContaining({ code: 'TEST_REPORT_UNREADABLE' }) as Error);
  });
});
