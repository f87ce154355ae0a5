/**
 * Cron schedules of workflows: five fields (minute, hour, day of month, month, day of week), `@every`, `@daily` and
 * their kin, optional `CRON_TZ=` zone. Answers one question: how long until the next run.
 */
import { InvalidArgumentError } from '../errors.js';
import { parseGoDuration } from '../go-duration.js';

interface CronFields {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** With both day fields restricted a day matches by either, else by both. */
  readonly isAnyDay: boolean;
  readonly isAnyWeekday: boolean;
  readonly zone: string;
}

type Schedule =
  { readonly type: 'every'; readonly everyMs: number } | { readonly type: 'fields'; readonly fields: CronFields };

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** Names of whole schedules; what schedules of their own (schedules/) write in cron strings has the same. */
export const CRON_ALIASES: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);
const MINUTE_MS = 60_000;
/** A schedule that has not matched for five years never will. */
const HORIZON_MINUTES = 5 * 366 * 24 * 60;

/** Throws InvalidArgumentError when a non-empty schedule cannot be read, or never matches from `nowMs` on. */
export function requireValidCron(text: string, nowMs: number): void {
  if (text === '' || nextTime(parse(text), nowMs) !== undefined) return;
  throw new InvalidArgumentError('invalid CronSchedule, no time can be found to satisfy the schedule');
}

/**
 * Time from `closeMs` to the next run, in whole seconds; undefined when there is none. `startMs` is when the run that
 * closes was due: the next one is the first of its successors that is not past.
 */
export function cronBackoffMs(text: string, startMs: number, closeMs: number): number | undefined {
  if (text === '') return undefined;
  const schedule = parse(text);
  let next: number | undefined = startMs;
  if (closeMs >= startMs) {
    next = nextTime(schedule, startMs);
    // Those that came while the run was under way are passed over.
    if (next !== undefined && next < closeMs) next = firstFrom(schedule, next, closeMs);
  }
  return next === undefined ? undefined : Math.ceil((next - closeMs) / 1000) * 1000;
}

/** The first time after an instant. */
function nextTime(schedule: Schedule, afterMs: number): number | undefined {
  // On the second.
  if (schedule.type === 'every') return Math.floor(afterMs / 1000) * 1000 + schedule.everyMs;
  return nextMatch(schedule.fields, afterMs);
}

/** The first time at or after `fromMs`, counted from one that is before it. */
function firstFrom(schedule: Schedule, timeMs: number, fromMs: number): number | undefined {
  if (schedule.type === 'every') return timeMs + Math.ceil((fromMs - timeMs) / schedule.everyMs) * schedule.everyMs;
  return nextMatch(schedule.fields, fromMs - 1);
}

const invalid = (): InvalidArgumentError => new InvalidArgumentError('invalid CronSchedule.');

function parse(text: string): Schedule {
  let zone = 'UTC';
  let body = text.trim();
  const zoned = /^(?:CRON_TZ|TZ)=(\S+)\s+(.*)$/.exec(body);
  if (zoned) {
    zone = zoned[1] ?? 'UTC';
    body = zoned[2] ?? '';
    try {
      new Intl.DateTimeFormat('en-US', { timeZone: zone });
    } catch {
      throw invalid();
    }
  }
  if (body.startsWith('@every ')) {
    const nanoseconds = body.includes('d') ? undefined : parseGoDuration(body.slice('@every '.length));
    if (nanoseconds === undefined) throw invalid();
    return { type: 'every', everyMs: Math.max(Math.floor(nanoseconds / 1e9) * 1000, 1000) };
  }
  const fields = (CRON_ALIASES.get(body) ?? body).split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || !minute || !hour || !day || !month || !weekday) {
    throw invalid();
  }
  return {
    type: 'fields',
    fields: {
      minutes: parseField(minute, 0, 59),
      hours: parseField(hour, 0, 23),
      days: parseField(day, 1, 31),
      months: parseField(month, 1, 12, MONTHS, 1),
      weekdays: parseField(weekday, 0, 6, WEEKDAYS),
      isAnyDay: isAny(day),
      isAnyWeekday: isAny(weekday),
      zone,
    },
  };
}

/** A field that takes every value, at least in one of its parts: it has no say in which days match. */
const isAny = (field: string): boolean => field.split(',').some((part) => /^[*?](?:-[^/]*)?(?:\/0*1)?$/.test(part));

function parseField(text: string, low: number, high: number, names: readonly string[] = [], base = 0): Set<number> {
  const values = new Set<number>();
  const bad = (): never => {
    throw invalid();
  };
  const number = (token: string): number => {
    const name = names.indexOf(token.toLowerCase());
    if (name >= 0) return name + base;
    if (!/^\d+$/.test(token)) return bad();
    const value = Number(token);
    return value < low || value > high ? bad() : value;
  };
  for (const part of text.split(',').filter((each) => each !== '')) {
    const [range = '', stepText, ...moreSteps] = part.split('/');
    const [first = '', last, ...moreBounds] = range.split('-');
    const step = stepText === undefined ? 1 : Number(stepText);
    if (!Number.isInteger(step) || step <= 0 || moreSteps.length + moreBounds.length > 0) bad();
    let from = low;
    let to = high;
    if (first !== '*' && first !== '?') {
      from = number(first);
      to = last === undefined ? (stepText === undefined ? from : high) : number(last);
      if (to < from) bad();
    }
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return values;
}

function nextMatch(fields: CronFields, afterMs: number): number | undefined {
  const format = fields.zone === 'UTC' ? undefined : zoneFormat(fields.zone);
  let at = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  for (let tried = 0; tried < HORIZON_MINUTES;) {
    const local = format ? localParts(format, at) : utcParts(at);
    if (!matchesDay(fields, local)) {
      // Skip to the next hour at least; whole days in UTC, where every day has 24 hours.
      const minutes = format ? 60 - local.minute : 24 * 60 - local.hour * 60 - local.minute;
      at += minutes * MINUTE_MS;
      tried += minutes;
      continue;
    }
    if (!fields.hours.has(local.hour)) {
      at += (60 - local.minute) * MINUTE_MS;
      tried += 60 - local.minute;
      continue;
    }
    if (fields.minutes.has(local.minute)) return at;
    at += MINUTE_MS;
    tried += 1;
  }
  return undefined;
}

interface LocalTime {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
}

function matchesDay(fields: CronFields, local: LocalTime): boolean {
  if (!fields.months.has(local.month)) return false;
  const byDay = fields.days.has(local.day);
  const byWeekday = fields.weekdays.has(local.weekday);
  return fields.isAnyDay || fields.isAnyWeekday ? byDay && byWeekday : byDay || byWeekday;
}

function utcParts(ms: number): LocalTime {
  const date = new Date(ms);
  return {
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    weekday: date.getUTCDay(),
  };
}

function zoneFormat(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    minute: 'numeric',
    hour: 'numeric',
    day: 'numeric',
    month: 'numeric',
    weekday: 'short',
  });
}

function localParts(format: Intl.DateTimeFormat, ms: number): LocalTime {
  const parts = new Map(format.formatToParts(ms).map((part) => [part.type, part.value]));
  return {
    minute: Number(parts.get('minute')),
    hour: Number(parts.get('hour')),
    day: Number(parts.get('day')),
    month: Number(parts.get('month')),
    weekday: WEEKDAYS.indexOf((parts.get('weekday') ?? '').toLowerCase()),
  };
}
