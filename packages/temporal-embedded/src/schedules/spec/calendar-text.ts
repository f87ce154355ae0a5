/** A calendar whose fields are texts, as a structured one. All of its faults are told at once. */
import type { temporal } from '../../proto/root.js';
import { CALENDAR_FIELDS, parseFieldText } from './calendar-fields.js';
import type { FieldName } from './calendar-fields.js';
import { InvalidSpecError } from './spec-error.js';

type Calendar = temporal.api.schedule.v1.ICalendarSpec;
type StructuredCalendar = temporal.api.schedule.v1.IStructuredCalendarSpec;
type Range = temporal.api.schedule.v1.IRange;

/** In the order in which the faults of a text are told. */
const TOLD: readonly FieldName[] = ['second', 'minute', 'hour', 'dayOfWeek', 'dayOfMonth', 'month', 'year'];
const FIELDS = [...CALENDAR_FIELDS].sort((a, b) => TOLD.indexOf(a.name) - TOLD.indexOf(b.name));

/** Throws InvalidSpecError. */
export function parseCalendar(calendar: Calendar): StructuredCalendar {
  const faults: string[] = [];
  const structured: { [Name in FieldName]?: Range[] } = {};
  for (const field of FIELDS) {
    try {
      structured[field.name] = parseFieldText(field, calendar[field.name]);
    } catch (error) {
      if (!(error instanceof InvalidSpecError)) throw error;
      faults.push(error.message);
    }
  }
  if (faults.length > 0) throw new InvalidSpecError(faults.join(', '));
  return { ...structured, comment: calendar.comment ?? '' };
}
