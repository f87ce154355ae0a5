/** Cron schedules: when the next run is. */
import { expect, test } from 'vitest';
import { InvalidArgumentError } from '../errors.js';
import { cronBackoffMs, requireValidCron } from './cron.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Wednesday. */
const at = Date.UTC(2026, 0, 7, 10, 20, 30);

test.each([
  ['* * * * *', 30_000],
  ['*/15 * * * *', 9 * MINUTE + 30_000],
  ['0 12 * * *', HOUR + 39 * MINUTE + 30_000],
  ['@hourly', 39 * MINUTE + 30_000],
  ['0 10 * * mon', 5 * 24 * HOUR - 20 * MINUTE - 30_000],
  ['@every 5m', 5 * MINUTE],
  ['CRON_TZ=Europe/Berlin 0 12 * * *', 39 * MINUTE + 30_000],
])('%s comes in %d ms', (schedule, expected) => {
  expect(cronBackoffMs(schedule, at, at)).toBe(expected);
});

test('runs that were missed while one was running are not made up for', () => {
  expect(cronBackoffMs('0 * * * *', at, at + 5 * HOUR)).toBe(39 * MINUTE + 30_000);
});

test('what is no schedule is refused', () => {
  for (const text of ['bad cron', '99 * * * *', '* * * *', '@sometimes', 'CRON_TZ=Nowhere/Land * * * * *']) {
    expect(() => requireValidCron(text)).toThrow(InvalidArgumentError);
  }
});
