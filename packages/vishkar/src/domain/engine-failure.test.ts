import { describe, expect, it } from 'vitest';
import { askAgainAtMs } from './engine-failure.js';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const MINUTE_MS = 60_000;
const again = (resumesAtMs: number | null, refusals = 1) =>
  (askAgainAtMs({ resumesAtMs, kind: 'rate_limit' }, refusals, NOW) - NOW) / MINUTE_MS;

describe('when a provider is asked again', () => {
  it('is shortly after the time it states', () => {
    const minutes = again(NOW + 300 * MINUTE_MS);
    expect(minutes).toBeGreaterThan(300);
    expect(minutes).toBeLessThan(301);
  });

  it('is in a minute when that time is over, and in a month when it is absurd', () => {
    expect(again(NOW - 5 * MINUTE_MS)).toBe(1);
    expect(again(NOW + 1e14)).toBe(31 * 24 * 60);
  });

  it('is later each time where it states none, and hourly in the end', () => {
    expect([1, 2, 3, 4, 5, 50].map((refusals) => again(null, refusals))).toEqual([5, 15, 30, 60, 60, 60]);
  });
});
