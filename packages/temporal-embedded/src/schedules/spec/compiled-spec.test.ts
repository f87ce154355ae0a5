/** Specs against a clock that is read second by second, and the laws that hold for all of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { canonicalSpec, withRangesFilledIn } from './canonical-spec.js';
import { CompiledSpec } from './compiled-spec.js';
import { InvalidSpecError } from './spec-error.js';

type Spec = temporal.api.schedule.v1.IScheduleSpec;

const { ScheduleSpec } = temporalProto.api.schedule.v1;
const seconds = (count: number) => ({ seconds: count as never });
const HOUR_MS = 3_600_000;

/** Around both changes of the clocks, on both sides of the globe. */
const ZONES = ['', 'Europe/Berlin', 'America/New_York', 'Australia/Sydney', 'America/Havana', 'Australia/Lord_Howe'];
const DAYS = ['2026-03-08', '2026-03-29', '2026-04-04', '2026-10-25', '2026-11-01', '2028-02-28'];

const field = (min: number, max: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min, max }).map(String),
    fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    fc.integer({ min: 1, max: 20 }).map((step) => `*/${step}`),
  );
const cronString = fc
  .tuple(field(0, 59), field(0, 23), fc.constant('*'), fc.constant('*'), field(0, 6))
  .map((fields) => fields.join(' '));

/** The local minute, hour and weekday of an instant, as the engine tells them. */
function localReader(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timeZone || 'UTC',
    hourCycle: 'h23',
    minute: 'numeric',
    hour: 'numeric',
    weekday: 'short',
  });
  return (ms) => {
    const part = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(part.get('weekday') ?? '');
    return `${Number(part.get('minute'))} ${Number(part.get('hour'))} ${weekday}`;
  };
}

function fits(text: string, value: number, max: number): boolean {
  if (text.startsWith('*')) return value % Number(text.slice(2) || 1) === 0;
  const [from = 0, to = from] = text.split('-').map(Number);
  return value >= from && value <= to && value <= max;
}

function times(spec: CompiledSpec, fromMs: number, toMs: number, seed = 's'): number[] {
  const found: number[] = [];
  for (let next = spec.next(seed, fromMs); next && next.actualMs <= toMs; next = spec.next(seed, next.actualMs)) {
    found.push(next.actualMs);
  }
  return found;
}

describe('a compiled spec', () => {
  it('finds the minutes that a reader of clocks finds, also when the clocks are changed', () => {
    fc.assert(
      fc.property(cronString, fc.constantFrom(...ZONES), fc.constantFrom(...DAYS), (text, timezoneName, day) => {
        const [minute = '', hour = '', , , weekday = ''] = text.split(' ');
        const fromMs = Date.parse(`${day}T00:00:00Z`) - 4 * HOUR_MS;
        const toMs = fromMs + 32 * HOUR_MS;
        const read = localReader(timezoneName);
        const expected: number[] = [];
        for (let ms = fromMs + 60_000; ms <= toMs; ms += 60_000) {
          const [m = 0, h = 0, d = 0] = read(ms).split(' ').map(Number);
          if (fits(minute, m, 59) && fits(hour, h, 23) && fits(weekday, d, 6)) expected.push(ms);
        }
        expect(times(new CompiledSpec({ cronString: [text], timezoneName }), fromMs, toMs)).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });

  it('does not depend on where one begins to ask', () => {
    const fromMs = Date.parse('2026-10-24T00:00:00Z');
    fc.assert(
      fc.property(cronString, fc.constantFrom(...ZONES), fc.nat({ max: 48 * 3600 }), (text, timezoneName, offset) => {
        const spec = new CompiledSpec({ cronString: [text], timezoneName, jitter: seconds(600) });
        const toMs = fromMs + 60 * HOUR_MS;
        const middleMs = fromMs + offset * 1000;
        const all = times(spec, fromMs, toMs);
        // With jitter, times whose nominal one is past are still found by whoever asked before.
        const late = times(spec, middleMs, toMs);
        expect(all.slice(all.length - late.length)).toEqual(late);
        expect(all.filter((ms) => ms > middleMs).length - late.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps times in order, and jitter within its bounds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 0, max: 900 }),
        fc.string(),
        (every, most, seed) => {
          const spec = new CompiledSpec({ interval: [{ interval: seconds(every) }], jitter: seconds(most) });
          let atMs = Date.parse('2026-01-01T00:00:00Z');
          for (let n = 0; n < 20; n++) {
            const next = spec.next(seed, atMs);
            if (!next) throw new Error('An interval never ends.');
            expect(next.actualMs).toBeGreaterThan(atMs);
            expect(next.actualMs - next.nominalMs).toBeLessThanOrEqual(Math.min(most, every) * 1000);
            expect(spec.next(seed, atMs)).toEqual(next);
            atMs = next.actualMs;
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('spreads jitter by its seed', () => {
    const spec = new CompiledSpec({ interval: [{ interval: seconds(3600) }], jitter: seconds(3600) });
    const first = new Set(Array.from({ length: 100 }, (_, n) => spec.next(`schedule-${n}`, 0)?.actualMs));
    expect(first.size).toBeGreaterThan(95);
  });

  it('is not changed by being made canonical once more, nor by its ranges being filled in', () => {
    fc.assert(
      fc.property(fc.array(cronString, { maxLength: 3 }), fc.constantFrom(...ZONES), (texts, timezoneName) => {
        const spec: Spec = { cronString: [...texts, '@every 90m/5m'], timezoneName };
        const once = canonicalSpec(spec);
        expect(ScheduleSpec.encode(canonicalSpec(once)).finish()).toEqual(ScheduleSpec.encode(once).finish());
        const fromMs = Date.parse('2026-03-28T00:00:00Z');
        const shown = new CompiledSpec(withRangesFilledIn(once));
        expect(times(shown, fromMs, fromMs + 12 * HOUR_MS)).toEqual(
          times(new CompiledSpec(spec), fromMs, fromMs + 12 * HOUR_MS),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('refuses what is no spec with an error of its own, never another', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), (text) => {
        for (const spec of [
          { cronString: [text] },
          { calendar: [{ hour: text, dayOfWeek: text }] },
          { timezoneName: text },
        ]) {
          try {
            new CompiledSpec(spec).next('', 0);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidSpecError);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('takes a zone that comes as data', () => {
    const noon = (spec: Spec, day: string) =>
      new CompiledSpec(spec).next('', Date.parse(`${day}T00:00:00Z`))?.nominalMs;
    for (const day of ['2026-03-28', '2026-03-29', '2026-07-01', '2026-10-24', '2026-10-25', '2090-12-01']) {
      const spec = { cronString: ['30 12 * * *'] };
      expect(noon({ ...spec, timezoneData: BERLIN }, day)).toBe(noon({ ...spec, timezoneName: 'Europe/Berlin' }, day));
    }
    const after1980 = { cronString: ['0 0 1 1 *'], timezoneData: FIXED_SINCE_2010 };
    expect(noon(after1980, '2008-06-01')).toBe(Date.parse('2009-01-01T00:00:00Z') - 2 * HOUR_MS);
    expect(noon(after1980, '2012-06-01')).toBe(Date.parse('2013-01-01T00:00:00Z') - 5 * HOUR_MS);
  });
});

it('takes ranges of excluded calendars as they come, however wide, in no time', () => {
  const widest = { start: -(2 ** 31), end: 2 ** 31 - 1, step: -1 };
  const spec = new CompiledSpec({
    interval: [{ interval: seconds(60) }],
    excludeStructuredCalendar: [{ second: [widest], minute: [{ start: 1, end: 2 ** 31 - 1 }], hour: [widest] }],
  });
  // The calendar names no day, so it excludes nothing.
  expect(spec.next('', Date.UTC(2026, 0))?.nominalMs).toBe(Date.UTC(2026, 0) + 60_000);
});

/** A TZif file of version 2: an empty first block, then changes to other offsets, then the rule for what follows. */
function zoneFile(
  offsets: readonly number[],
  changes: readonly (readonly [atS: number, type: number])[],
  rule: string,
) {
  const header = (version: string, times: number, types: number, chars: number): Buffer => {
    const counts = Buffer.alloc(24);
    [0, 0, 0, times, types, chars].forEach((count, n) => counts.writeUInt32BE(count, 4 * n));
    return Buffer.concat([Buffer.from(`TZif${version}`), Buffer.alloc(15), counts]);
  };
  const atTimes = Buffer.alloc(8 * changes.length);
  changes.forEach(([atS], n) => atTimes.writeBigInt64BE(BigInt(atS), 8 * n));
  const types = Buffer.alloc(6 * offsets.length);
  offsets.forEach((offset, n) => types.writeInt32BE(offset, 6 * n));
  return Buffer.concat([
    header('2', 0, 1, 1),
    Buffer.alloc(7),
    header('2', changes.length, offsets.length, 4),
    atTimes,
    Buffer.from(changes.map(([, type]) => type)),
    types,
    Buffer.from('XXX\0'),
    Buffer.from(`\n${rule}\n`),
  ]);
}
const BERLIN = zoneFile([3600], [], 'CET-1CEST,M3.5.0,M10.5.0/3');
const FIXED_SINCE_2010 = zoneFile([7200, 18_000], [[Date.UTC(2010, 0) / 1000, 1]], '<+05>-5');
