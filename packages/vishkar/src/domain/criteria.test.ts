import { describe, expect, it } from 'vitest';
import { criteriaGate, showCriteria } from './criteria.js';
import type { CaseResult, CriteriaMaterial, DemonstrationResult } from './criteria.js';
import type { TestCase } from './test-case.js';

const testCase: TestCase = {
  id: 'TC-DEMO-1-001',
  title: 'It works',
  description: '',
  kind: 'positive',
  type: 'unit',
  priority: 'high',
  preconditions: [],
  steps: [{ action: 'do', expected: 'done', data: '' }],
  storyLink: 'DEMO-1#AC-1',
  automation: { status: 'planned', path: '' },
};
const result = (change: Partial<CaseResult> = {}): CaseResult => ({
  case: 'TC-DEMO-1-001',
  file: 'test/a.test.ts',
  test: 'TC-DEMO-1-001 works',
  outcome: 'passed',
  flaky: false,
  withoutChange: 'fails',
  ...change,
});
const command: DemonstrationResult = {
  criterion: 'AC-1',
  kind: 'command',
  command: './run',
  holds: true,
  seen: 'it printed "7"',
  artifacts: [],
};

function look(change: Partial<CriteriaMaterial>) {
  const criteria = showCriteria({
    story: { key: 'DEMO-1', acceptanceCriteria: [{ id: 'AC-1', text: 'It works' }] },
    cases: [testCase],
    results: [],
    demonstrations: [],
    confirmations: [],
    ...change,
  });
  return criteriaGate(criteria, change.results ?? []);
}

describe('an acceptance criterion', () => {
  it.each<[string, Partial<CriteriaMaterial>]>([
    ['a test that passes, and fails without the change', { results: [result()] }],
    ['a command that prints what it has to', { demonstrations: [{ ...command, withoutChange: 'fails' }] }],
    [
      "a person's word",
      { confirmations: [{ criterion: 'AC-1', by: 'Ann', at: '', reason: 'I looked', headSha: 'h' }] },
    ],
  ])('is shown by %s', (_title, material) => {
    expect(look(material)).toEqual({ passed: true, reasons: [] });
  });

  it.each<[string, Partial<CriteriaMaterial>, RegExp]>([
    ['nothing at all', {}, /nothing shows that AC-1 holds \(TC-DEMO-1-001 has no test\)/],
    ['a test that did not run', { results: [result({ outcome: 'not_run' })] }, /is not among those that ran/],
    ['a test that was skipped', { results: [result({ outcome: 'skipped' })] }, /was skipped/],
    ['a test that failed', { results: [result({ outcome: 'failed' })] }, /failed/],
    ['a flaky test', { results: [result({ flaky: true })] }, /is flaky/],
    ['a test that passes either way', { results: [result({ withoutChange: 'passes' })] }, /without the change as well/],
    ['a command that does not hold', { demonstrations: [{ ...command, holds: false }] }, /does not show it/],
    [
      'a command that holds either way',
      { demonstrations: [{ ...command, withoutChange: 'passes' }] },
      /the same without/,
    ],
    [
      'a word for another criterion',
      { confirmations: [{ criterion: 'AC-2', by: 'Ann', at: '', reason: 'I looked', headSha: 'h' }] },
      /nothing shows that AC-1/,
    ],
  ])('is not shown by %s', (_title, material, reason) => {
    const { passed, reasons } = look(material);
    expect(passed).toBe(false);
    expect(reasons.join('\n')).toMatch(reason);
  });
});
