import { describe, expect, it } from 'vitest';
import { decideRetry } from './retry.js';

describe('decideRetry', () => {
  it.each([1, 1.1, 1.3, 1.5, 2, 3.7])('gives whole milliseconds for every attempt with a coefficient of %d', (each) => {
    const settings = {
      initialIntervalMs: 30_001,
      backoffCoefficient: each,
      maximumIntervalMs: 1_800_000,
      maximumAttempts: 0,
      nonRetryableTypes: [],
    };
    for (const attempt of [1, 2, 3, 5, 8, 13, 100, 2_000]) {
      const decision = decideRetry(settings, attempt, 0, 0, null, true);
      if (decision.type !== 'retry') throw new Error('not tried again');
      expect(Number.isSafeInteger(decision.delayMs)).toBe(true);
      expect(decision.delayMs).toBeGreaterThanOrEqual(30_001);
      expect(decision.delayMs).toBeLessThanOrEqual(1_800_000);
    }
  });
});
