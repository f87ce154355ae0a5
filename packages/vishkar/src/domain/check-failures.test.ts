import { describe, expect, it } from 'vitest';
import { classifyFailures, isBeyondUs } from './check-failures.js';
import type { ChecksReport } from './pull-request.js';

const report = (runs: Readonly<Record<string, 'green' | 'red' | 'lost'>>): ChecksReport => ({
  headSha: 'head',
  state: Object.values(runs).every((run) => run === 'green') ? 'passed' : 'failed',
  runs: Object.entries(runs).map(([name, run]) => ({
    name,
    command: name,
    exitCode: run === 'green' ? 0 : 1,
    durationMs: 1,
    timedOut: false,
    ...(run === 'lost' ? { infrastructure: true } : {}),
  })),
});

describe('a red check', () => {
  it('is flaky when it passes at the same head, and ours when it fails again', () => {
    const failures = classifyFailures(
      report({ lint: 'red', unit: 'red', build: 'green' }),
      report({ lint: 'red', unit: 'green' }),
    );
    expect(failures).toEqual([
      { name: 'lint', cause: 'ours' },
      { name: 'unit', cause: 'flaky' },
    ]);
    expect(isBeyondUs(failures)).toBe(false);
  });

  it('that fails the second time only is ours: somebody has to look', () => {
    expect(classifyFailures(report({ lint: 'red', unit: 'green' }), report({ lint: 'green', unit: 'red' }))).toEqual([
      { name: 'lint', cause: 'flaky' },
      { name: 'unit', cause: 'ours' },
    ]);
  });

  it('is infrastructure when the source host could not carry it out the second time either', () => {
    const lost = classifyFailures(report({ unit: 'red' }), report({ unit: 'lost' }));
    expect(lost).toEqual([{ name: 'unit', cause: 'infrastructure' }]);
    expect(isBeyondUs(lost)).toBe(true);
    expect(isBeyondUs(classifyFailures(report({ unit: 'lost', lint: 'red' }), undefined))).toBe(false);
  });

  it('is what it was the first time when it could not be checked again', () => {
    expect(classifyFailures(report({ unit: 'red', e2e: 'lost' }), undefined)).toEqual([
      { name: 'unit', cause: 'ours' },
      { name: 'e2e', cause: 'infrastructure' },
    ]);
  });
});
