/**
 * When a day begins and ends in a time zone, as pure functions: days of 23 and 25 hours, and zones that are a quarter of an
 * hour apart, among them. Runs inside workflows: it asks no clock.
 */
import { z } from 'zod';

const MINUTE_MS = 60_000;
/** No zone moves its clocks at another beat; every day begins at a multiple of it. */
export const QUARTER_MS = 15 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** A day, and the hour that a clock may be set back by. */
const LONGEST_DAY_MS = 25 * HOUR_MS;

export const timeZoneSchema = z.string().refine(isTimeZone, 'the name of a time zone, like "UTC" or "Europe/Berlin"');

export interface LocalDay {
  readonly startMs: number;
  /** The beginning of the next one. */
  readonly endMs: number;
}

/** The day that `nowMs` (milliseconds since 1970) is in. */
export function localDay(nowMs: number, timeZone: string): LocalDay {
  const format = dateFormat(timeZone);
  const today = format.format(nowMs);
  const isToday = (ms: number) => format.format(ms) === today;
  const quarter = Math.floor(nowMs / QUARTER_MS) * QUARTER_MS;
  // Quarters of today are one piece; its two ends are looked for from the quarter that now is in.
  const startMs = lastThatHolds(quarter, quarter - LONGEST_DAY_MS, -QUARTER_MS, isToday);
  const endMs = lastThatHolds(quarter, quarter + LONGEST_DAY_MS, QUARTER_MS, isToday) + QUARTER_MS;
  return { startMs, endMs };
}

function lastThatHolds(from: number, limit: number, step: number, holds: (ms: number) => boolean): number {
  let low = 0;
  let high = Math.round((limit - from) / step);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(from + middle * step)) low = middle;
    else high = middle - 1;
  }
  return from + low * step;
}

function dateFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
}

function isTimeZone(name: string): boolean {
  try {
    dateFormat(name);
    return true;
  } catch {
    // A RangeError: the platform's own list is the one that counts.
    return false;
  }
}
