import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localDay, timeZoneSchema } from './local-day.js';

const HOUR_MS = 3_600_000;
const day = (at: string, zone: string) => {
  const { startMs, endMs } = localDay(Date.parse(at), zone);
  return [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
};

describe('localDay', () => {
  it.each([
    ['2026-11-27T18:00:00Z', 'UTC', '2026-11-27T00:00:00.000Z', '2026-11-28T00:00:00.000Z'],
    ['2026-11-27T00:00:00Z', 'UTC', '2026-11-27T00:00:00.000Z', '2026-11-28T00:00:00.000Z'],
    ['2026-11-27T23:59:59.999Z', 'UTC', '2026-11-27T00:00:00.000Z', '2026-11-28T00:00:00.000Z'],
    // A quarter of an hour, and half of one.
    ['2026-11-27T18:00:00Z', 'Asia/Kathmandu', '2026-11-26T18:15:00.000Z', '2026-11-27T18:15:00.000Z'],
    ['2026-11-27T18:30:00Z', 'Asia/Kolkata', '2026-11-27T18:30:00.000Z', '2026-11-28T18:30:00.000Z'],
    // 23 and 25 hours.
    ['2026-03-29T12:00:00Z', 'Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['2026-10-25T12:00:00Z', 'Europe/Berlin', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    // Clocks are set at midnight: this day begins at one o'clock.
    ['2026-09-06T12:00:00Z', 'America/Santiago', '2026-09-06T04:00:00.000Z', '2026-09-07T03:00:00.000Z'],
  ])('of %s in %s is from %s to %s', (at, zone, start, end) => {
    expect(day(at, zone)).toEqual([start, end]);
  });

  it('holds its moment, and meets the next one without a gap', () => {
    const moment = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2030-01-01') });
    const zone = fc.constantFrom('UTC', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Chatham', 'Asia/Tehran');
    fc.assert(
      fc.property(moment, zone, (ms, name) => {
        const { startMs, endMs } = localDay(ms, name);
        expect(startMs).toBeLessThanOrEqual(ms);
        expect(endMs).toBeGreaterThan(ms);
        expect(endMs - startMs).toBeGreaterThanOrEqual(23 * HOUR_MS);
        expect(localDay(endMs, name).startMs).toBe(endMs);
        expect(localDay(endMs - 1, name)).toEqual({ startMs, endMs });
      }),
      { numRuns: 60 },
    );
  });

  it('knows the names of zones', () => {
    expect(timeZoneSchema.safeParse('Europe/Berlin').success).toBe(true);
    expect(timeZoneSchema.safeParse('Europe/Berlim').success).toBe(false);
  });
});
