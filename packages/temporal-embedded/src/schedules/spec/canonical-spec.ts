/**
 * The one form in which a spec is kept and shown: calendars and cron strings become structured calendars and intervals,
 * and a time zone that a cron string names becomes the spec's. What does not make sense is refused here.
 */
import { isNegativeDuration, msFromDuration } from '../../history/proto-time.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { CALENDAR_FIELDS } from './calendar-fields.js';
import type { CalendarField } from './calendar-fields.js';
import { parseCalendar } from './calendar-text.js';
import { parseCronString } from './cron-string.js';
import { InvalidSpecError } from './spec-error.js';

type Spec = temporal.api.schedule.v1.IScheduleSpec;
type StructuredCalendar = temporal.api.schedule.v1.IStructuredCalendarSpec;
type Interval = temporal.api.schedule.v1.IIntervalSpec;
type Range = temporal.api.schedule.v1.IRange;

const { ScheduleSpec } = temporalProto.api.schedule.v1;

const MAX_COMMENT_BYTES = 200;

/** A new spec; the one given is not changed. Throws InvalidSpecError. */
export function canonicalSpec(spec: Spec): Spec {
  const calendars = [...(spec.structuredCalendar ?? []), ...(spec.calendar ?? []).map(parseCalendar)];
  const excluded = [...(spec.excludeStructuredCalendar ?? []), ...(spec.excludeCalendar ?? []).map(parseCalendar)];
  const intervals = [...(spec.interval ?? [])];
  let cronZone: string | undefined;
  for (const text of spec.cronString ?? []) {
    const cron = parseCronString(text);
    // All of them have to agree, also on naming none.
    if (cronZone !== undefined && cron.zone !== cronZone) throw conflictingZones();
    cronZone = cron.zone;
    if (cron.type === 'calendar') calendars.push(cron.calendar);
    else intervals.push(cron.interval);
  }
  const timezoneName = zoneOf(spec, cronZone ?? '');
  calendars.forEach(requireCalendar);
  intervals.forEach(requireInterval);
  return ScheduleSpec.fromObject({
    ...spec,
    calendar: [],
    cronString: [],
    excludeCalendar: [],
    structuredCalendar: calendars,
    excludeStructuredCalendar: excluded,
    interval: intervals,
    timezoneName,
  });
}

const conflictingZones = (): InvalidSpecError => new InvalidSpecError('conflicting timezone names');

function zoneOf(spec: Spec, cronZone: string): string {
  const own = spec.timezoneName ?? '';
  if (cronZone === '') return own;
  if ((own !== '' && own !== cronZone) || hasZoneData(spec)) throw conflictingZones();
  return cronZone;
}

export const hasZoneData = (spec: Spec): boolean => (spec.timezoneData?.length ?? 0) > 0;

function requireCalendar(calendar: StructuredCalendar): void {
  const faults = CALENDAR_FIELDS.flatMap((field) =>
    (calendar[field.name] ?? []).flatMap((each) => faultsOf(field, each)),
  );
  if (Buffer.byteLength(calendar.comment ?? '') > MAX_COMMENT_BYTES) faults.push('comment is too long');
  if (faults.length > 0) throw new InvalidSpecError(`invalid calendar spec: ${faults.join(', ')}`);
}

function faultsOf({ label, min, max }: CalendarField, range: Range): string[] {
  const { start, end, step } = { start: range.start ?? 0, end: range.end ?? 0, step: range.step ?? 0 };
  const within = `[${String(min)}-${String(max)}]`;
  return [
    ...(start < min || start > max ? [`${label} Start is not in range ${within}`] : []),
    ...(end !== 0 && (end < start || end > max) ? [`${label} End is before Start or not in range ${within}`] : []),
    ...(step < 0 ? [`${label} has invalid Step`] : []),
  ];
}

function requireInterval(interval: Interval): void {
  const everyMs = msFromDuration(interval.interval);
  if (everyMs < 1000) throw new InvalidSpecError('interval is too small');
  if (isNegativeDuration(interval.phase)) throw new InvalidSpecError('phase is negative');
  if (msFromDuration(interval.phase) >= everyMs) throw new InvalidSpecError('phase cannot be greater than Interval');
}

/** The same with the ends and steps of ranges that were left out filled in, as describe and list show it. */
export function withRangesFilledIn(spec: Spec): Spec {
  const filled = (calendar: StructuredCalendar): StructuredCalendar => ({
    ...calendar,
    ...Object.fromEntries(CALENDAR_FIELDS.map(({ name }) => [name, (calendar[name] ?? []).map(filledRange)])),
  });
  return {
    ...spec,
    structuredCalendar: (spec.structuredCalendar ?? []).map(filled),
    excludeStructuredCalendar: (spec.excludeStructuredCalendar ?? []).map(filled),
  };
}

function filledRange(range: Range): Range {
  const start = range.start ?? 0;
  return { start, end: Math.max(range.end ?? 0, start), step: range.step || 1 };
}
