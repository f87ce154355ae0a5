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

test.each([
  ['0 0 */2 * 1', 'by either, since neither takes every day', '2026-01-09'],
  ['0 0 * * 1', 'by the day of the week', '2026-01-12'],
  ['0 0 1,*/1 * 1', 'by the day of the week, since every day of the month fits', '2026-01-12'],
])('%s matches %s', (schedule, _how, day) => {
  expect(at + (cronBackoffMs(schedule, at, at) ?? 0)).toBe(Date.parse(`${day}T00:00:00Z`));
});

test('the next run is the first one that is not past when a run closes, also on the second', () => {
  const due = Date.UTC(2026, 0, 7, 10, 0);
  expect(cronBackoffMs('*/5 * * * *', due, due + 5 * MINUTE)).toBe(0);
  expect(cronBackoffMs('*/5 * * * *', due, due + 5 * MINUTE + 1)).toBe(5 * MINUTE);
  expect(cronBackoffMs('@every 5m', due, due + 5 * MINUTE)).toBe(0);
  expect(cronBackoffMs('@every 5m', due, due + 11 * MINUTE)).toBe(4 * MINUTE);
  expect(cronBackoffMs('@every 5m', due, due - MINUTE)).toBe(MINUTE);
});

test('runs that were missed while one was running are not made up for', () => {
  expect(cronBackoffMs('0 * * * *', at, at + 5 * HOUR)).toBe(39 * MINUTE + 30_000);
});

test('what is no schedule is refused', () => {
  for (const text of [
    'bad cron',
    '99 * * * *',
    '* * * *',
    '@sometimes',
    'CRON_TZ=Nowhere/Land * * * * *',
    'toString',
  ]) {
    expect(() => requireValidCron(text, at)).toThrow(InvalidArgumentError);
  }
});

test('what never matches is refused, with a reason', () => {
  expect(() => requireValidCron('0 0 31 2 *', at)).toThrow('no time can be found to satisfy the schedule');
});
