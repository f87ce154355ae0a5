import { expect, it } from 'vitest';
import { int64FromNumber } from '../proto/int64.js';
import { durationFromMs, msFromDuration, msFromTimestamp } from './proto-time.js';

it.each([-9e18, 9e18])('an instant of %d seconds is kept within the years that can be written out', (seconds) => {
  const ms = msFromTimestamp({ seconds: int64FromNumber(seconds), nanos: 0 }) ?? NaN;
  expect(new Date(ms).toISOString()).toMatch(seconds < 0 ? /^0001-01-01/ : /^9999-12-31/);
});

it.each([-9e18, 9e18])('a duration of %d seconds is kept within what can be sent back', (seconds) => {
  const ms = msFromDuration({ seconds: int64FromNumber(seconds), nanos: 0 });
  expect(msFromDuration(durationFromMs(ms))).toBe(ms);
});
