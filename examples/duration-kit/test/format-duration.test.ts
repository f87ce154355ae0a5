import { describe, expect, it } from 'vitest';
import { Duration, formatDuration } from '../src/index.js';

describe('formatDuration', () => {
  it.each([
    [5_400_000, '1h 30m', '1 hour 30 minutes'],
    [0, '0s', '0 seconds'],
    [-61_000, '-1m 1s', '-1 minute 1 second'],
    [604_800_001, '1w 1ms', '1 week 1 millisecond'],
    [0.4, '0s', '0 seconds'],
  ])('prints %d milliseconds', (milliseconds, short, long) => {
    expect(formatDuration(new Duration(milliseconds))).toBe(short);
    expect(formatDuration(new Duration(milliseconds), { style: 'long' })).toBe(long);
  });
});
