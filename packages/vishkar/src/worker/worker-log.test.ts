import { describe, expect, it } from 'vitest';
import { logLine } from './worker-log.js';

describe('logLine', () => {
  it('says in one line which attempt of which activity failed and why', () => {
    const meta = { activityType: 'run_tests', attempt: 2, error: new Error('no luck'), taskToken: 'noise' };
    expect(logLine({ level: 'WARN', message: 'Activity failed', meta })).toBe(
      '        run_tests failed at attempt 2: no luck',
    );
  });

  it('keeps the reason of anything else', () => {
    expect(logLine({ level: 'ERROR', message: 'Poller ended', meta: { error: new Error('no route') } })).toBe(
      'error: Poller ended: no route',
    );
    expect(logLine({ level: 'WARN', message: 'No meta' })).toBe('warn: No meta');
  });
});
