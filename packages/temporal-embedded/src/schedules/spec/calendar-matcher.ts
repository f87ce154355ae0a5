/**
 * A structured calendar, ready to be asked: does this local time match, and which is the first one that does.
 * Pure arithmetic on local time, counted in seconds as if it were UTC; what local time is when is the zone's business.
 */
import type { temporal } from '../../proto/root.js';
import { CALENDAR_FIELDS, MAX_YEAR } from './calendar-fields.js';
import type { CalendarField, FieldName } from './calendar-fields.js';

type StructuredCalendar = temporal.api.schedule.v1.IStructuredCalendarSpec;
type Range = temporal.api.schedule.v1.IRange;

const DAY_S = 86_400;

export class CalendarMatcher {
  readonly #fields: Readonly<Record<FieldName, ReadonlySet<number>>>;
  /** A field that nothing fits; only years may be left out. */
  readonly #isEmpty: boolean;

  constructor(calendar: StructuredCalendar) {
    const sets = CALENDAR_FIELDS.map((field) => [field.name, valuesOf(field, calendar[field.name] ?? [])] as const);
    this.#fields = Object.fromEntries(sets) as Record<FieldName, ReadonlySet<number>>;
    this.#isEmpty = sets.some(([name, values]) => name !== 'year' && values.size === 0);
  }

  matches(localS: number): boolean {
    return this.firstFrom(localS, localS + 1) === localS;
  }

  /** The first matching local time in `fromS <= t < toS`; undefined: there is none. */
  firstFrom(fromS: number, toS: number): number | undefined {
    if (this.#isEmpty) return undefined;
    const { year: years, month: months, dayOfMonth, dayOfWeek } = this.#fields;
    let day = Math.floor(fromS / DAY_S);
    let timeS = fromS - day * DAY_S;
    while (day * DAY_S < toS) {
      const date = new Date(day * DAY_S * 1000);
      const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
      if (year > MAX_YEAR) return undefined;
      if (years.size > 0 && !years.has(year)) {
        day = dayNumber(year + 1, 0);
      } else if (!months.has(month + 1)) {
        day = dayNumber(year, month + 1);
      } else {
        const found =
          dayOfMonth.has(date.getUTCDate()) && dayOfWeek.has(date.getUTCDay()) ? this.#timeFrom(timeS) : undefined;
        if (found !== undefined) {
          const at = day * DAY_S + found;
          return at < toS ? at : undefined;
        }
        day += 1;
      }
      timeS = 0;
    }
    return undefined;
  }

  /** The first matching second of a day, at or after one. */
  #timeFrom(timeS: number): number | undefined {
    const { hour: hours, minute: minutes, second: seconds } = this.#fields;
    let [minute, second] = [Math.floor(timeS / 60) % 60, timeS % 60];
    for (let hour = Math.floor(timeS / 3600); hour < 24; hour++) {
      if (hours.has(hour)) {
        for (; minute < 60; minute++) {
          if (minutes.has(minute)) {
            for (; second < 60; second++) if (seconds.has(second)) return hour * 3600 + minute * 60 + second;
          }
          second = 0;
        }
      }
      minute = second = 0;
    }
    return undefined;
  }
}

const dayNumber = (year: number, month: number): number => Date.UTC(year, month, 1) / 1000 / DAY_S;

/** Only what the field can hold: the ranges of excluded calendars are taken as they come, whatever their size. */
function valuesOf({ min, max }: CalendarField, ranges: readonly Range[]): ReadonlySet<number> {
  const values = new Set<number>();
  for (const { start, end, step } of ranges) {
    const from = start ?? 0;
    const every = Math.max(step ?? 0, 1);
    const first = from + Math.max(Math.ceil((min - from) / every), 0) * every;
    for (let value = first; value <= Math.min(Math.max(end ?? 0, from), max); value += every) values.add(value);
  }
  return values;
}
