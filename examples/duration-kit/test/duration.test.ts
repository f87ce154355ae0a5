import { describe, expect, it } from 'vitest';
import { Duration } from '../src/index.js';

const hours = (count: number) => new Duration(count * 3_600_000);

describe('Duration', () => {
  it('adds, subtracts, multiplies and divides', () => {
    expect(hours(1).plus(hours(2))).toEqual(hours(3));
    expect(hours(1).minus(hours(2))).toEqual(hours(-1));
    expect(hours(1).times(2.5)).toEqual(hours(2.5));
    expect(hours(3).dividedBy(2)).toEqual(hours(1.5));
  });

  it('compares so that a list of durations can be sorted', () => {
    const sorted = [hours(3), hours(1), hours(2)].sort((a, b) => a.compareTo(b));
    expect(sorted).toEqual([hours(1), hours(2), hours(3)]);
    expect(hours(1).equals(new Duration(3_600_000))).toBe(true);
  });

  it('refuses lengths that are not finite', () => {
    expect(() => hours(1).dividedBy(0)).toThrow(RangeError);
    expect(() => new Duration(Number.NaN)).toThrow('must be finite');
  });
});
