/**
 * A spec, ready to be asked when its next time is. Pure: the same spec, seed and instant give the same answer, so what
 * was shown as a future time is the time at which it will happen.
 *
 * Local times that a change of the clocks leaves out do not happen; those that it repeats happen twice.
 */
import { createHash } from 'node:crypto';
import { msFromDuration, msFromTimestamp } from '../../history/proto-time.js';
import type { temporal } from '../../proto/root.js';
import { MAX_YEAR } from './calendar-fields.js';
import { CalendarMatcher } from './calendar-matcher.js';
import { canonicalSpec, hasZoneData } from './canonical-spec.js';
import { parseZoneData } from './zone-data.js';
import { ianaZone } from './zone.js';
import type { Zone } from './zone.js';

type Spec = temporal.api.schedule.v1.IScheduleSpec;

/** One time of a schedule, ms since the epoch. */
export interface SpecTime {
  /** As the spec says it. */
  readonly nominalMs: number;
  /** With jitter. */
  readonly actualMs: number;
}

interface Interval {
  readonly everyS: number;
  readonly phaseS: number;
}

const AFTER_LAST_YEAR_MS = Date.UTC(MAX_YEAR + 1, 0);
/** Local time is never further from UTC. */
const MOST_OFFSET_S = 2 * 86_400;
const MAX_JITTER_MS = 2 ** 32 - 1;

export class CompiledSpec {
  readonly canonical: Spec;
  readonly #zone: Zone;
  readonly #calendars: readonly CalendarMatcher[];
  readonly #excluded: readonly CalendarMatcher[];
  readonly #intervals: readonly Interval[];
  readonly #startMs: number;
  readonly #endMs: number;
  readonly #jitterMs: number;

  /** Throws InvalidSpecError. */
  constructor(spec: Spec) {
    this.canonical = canonicalSpec(spec);
    this.#zone = hasZoneData(spec)
      ? parseZoneData(spec.timezoneData ?? new Uint8Array(0))
      : ianaZone(this.canonical.timezoneName ?? '');
    this.#calendars = (this.canonical.structuredCalendar ?? []).map((each) => new CalendarMatcher(each));
    this.#excluded = (this.canonical.excludeStructuredCalendar ?? []).map((each) => new CalendarMatcher(each));
    this.#intervals = (this.canonical.interval ?? []).map(({ interval, phase }) => ({
      everyS: Math.max(Math.trunc(msFromDuration(interval) / 1000), 1),
      phaseS: Math.trunc(msFromDuration(phase) / 1000),
    }));
    this.#startMs = msFromTimestamp(spec.startTime) ?? 0;
    this.#endMs = msFromTimestamp(spec.endTime) ?? Infinity;
    this.#jitterMs = msFromDuration(spec.jitter);
  }

  /** No time is later after its nominal one than this, in ms. */
  get jitterMs(): number {
    return this.#jitterMs;
  }

  /** The first time after an instant; undefined: there is none any more. `seed` decides on the jitter. */
  next(seed: string, afterMs: number): SpecTime | undefined {
    // One second before the start: the start itself may be a time.
    let fromMs = Math.max(afterMs, this.#startMs - 1000);
    for (;;) {
      const nominalMs = this.#nextNominal(fromMs);
      if (nominalMs === undefined || nominalMs > this.#endMs || nominalMs >= AFTER_LAST_YEAR_MS) return undefined;
      if (!this.#isExcluded(nominalMs)) return { nominalMs, actualMs: nominalMs + this.#jitter(seed, nominalMs) };
      fromMs = nominalMs;
    }
  }

  #nextNominal(afterMs: number): number | undefined {
    const afterS = Math.floor(afterMs / 1000);
    let nextS = Infinity;
    for (const { everyS, phaseS } of this.#intervals) {
      nextS = Math.min(nextS, (Math.trunc((afterS - phaseS) / everyS) + 1) * everyS + phaseS);
    }
    for (const calendar of this.#calendars) nextS = Math.min(nextS, this.#nextOf(calendar, afterS + 1, nextS));
    return nextS === Infinity ? undefined : nextS * 1000;
  }

  /** Stretch by stretch: inside one, local time runs as UTC does. Infinity: none before `untilS`. */
  #nextOf(calendar: CalendarMatcher, fromS: number, untilS: number): number {
    const endS = Math.min(untilS, AFTER_LAST_YEAR_MS / 1000);
    for (let atS = fromS; atS < endS;) {
      const stretch = this.#zone.stretchAt(atS);
      const toS = Math.min(stretch.endS, endS);
      const localS = calendar.firstFrom(atS + stretch.offsetS, toS + stretch.offsetS);
      if (localS !== undefined) return localS - stretch.offsetS;
      // Years in which nothing can match are passed over without asking for their offsets.
      const soonestS = calendar.firstFrom(toS - MOST_OFFSET_S, endS + MOST_OFFSET_S);
      if (soonestS === undefined) return Infinity;
      atS = Math.max(toS, soonestS - MOST_OFFSET_S);
    }
    return Infinity;
  }

  #isExcluded(nominalMs: number): boolean {
    if (this.#excluded.length === 0) return false;
    const atS = nominalMs / 1000;
    const localS = atS + this.#zone.stretchAt(atS).offsetS;
    return this.#excluded.some((calendar) => calendar.matches(localS));
  }

  /** Never beyond the next nominal time, so that times keep their order. */
  #jitter(seed: string, nominalMs: number): number {
    if (this.#jitterMs <= 0) return 0;
    const followingMs = this.#nextNominal(nominalMs) ?? Infinity;
    const mostMs = Math.min(Math.trunc(Math.min(this.#jitterMs, followingMs - nominalMs)), MAX_JITTER_MS);
    const hash = createHash('sha256')
      .update(`${String(nominalMs)}/${seed}`)
      .digest()
      .readUInt32BE(0);
    return Math.floor((hash / 2 ** 32) * mostMs);
  }
}
