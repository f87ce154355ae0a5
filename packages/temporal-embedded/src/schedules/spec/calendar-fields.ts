/**
 * The seven fields of a calendar: their bounds, what an empty one stands for, and how the text of one is read into
 * ranges (`*`, `5`, `1-5`, `1-30/2`, `10/5`, lists of those, names of months and days).
 * The boundary between what people write (calendar specs and cron strings) and structured calendars.
 * Rule: a range keeps what is not its default only (`end` of a single value and a `step` of one are left 0), as the
 * official service keeps it.
 */
import type { temporal } from '../../proto/root.js';
import { InvalidSpecError } from './spec-error.js';

type Range = temporal.api.schedule.v1.IRange;

export const MIN_YEAR = 2000;
export const MAX_YEAR = 2100;

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

export type FieldName = 'second' | 'minute' | 'hour' | 'dayOfMonth' | 'month' | 'year' | 'dayOfWeek';

export interface CalendarField {
  readonly name: FieldName;
  /** In messages. */
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** What an empty text means. */
  readonly fallback: string;
  /** Any beginning of a name that is at least `letters` long stands for it; the first of them is `first`. */
  readonly names?: { readonly list: readonly string[]; readonly first: number; readonly letters: number };
}

/** In the order in which errors of structured calendars are told. */
export const CALENDAR_FIELDS: readonly CalendarField[] = [
  { name: 'second', label: 'Second', min: 0, max: 59, fallback: '0' },
  { name: 'minute', label: 'Minute', min: 0, max: 59, fallback: '0' },
  { name: 'hour', label: 'Hour', min: 0, max: 23, fallback: '0' },
  { name: 'dayOfMonth', label: 'DayOfMonth', min: 1, max: 31, fallback: '*' },
  { name: 'month', label: 'Month', min: 1, max: 12, fallback: '*', names: { list: MONTHS, first: 1, letters: 3 } },
  { name: 'year', label: 'Year', min: MIN_YEAR, max: MAX_YEAR, fallback: '*' },
  { name: 'dayOfWeek', label: 'DayOfWeek', min: 0, max: 6, fallback: '*', names: { list: DAYS, first: 0, letters: 2 } },
];

/** A text may say 7 for Sunday. */
const SUNDAY_AGAIN = 7;

/** The ranges that a text stands for; every year is no range at all. Throws InvalidSpecError. */
export function parseFieldText(field: CalendarField, text: string | null | undefined): Range[] {
  const whole = (text ?? '').trim() || field.fallback;
  if (field.name === 'year' && whole === '*') return [];
  return whole.split(',').flatMap((part) => parsePart(field, part));
}

function parsePart(field: CalendarField, text: string): Range[] {
  const [values = '', stepText, ...more] = text.split('/');
  if (more.length > 0) throw new InvalidSpecError(`${field.label} has too many slashes`);
  const step = stepText === undefined ? 1 : parseStep(field, stepText);
  const [start, end] = parseBounds(field, values, stepText !== undefined);
  if (field.name === 'dayOfWeek' && end === SUNDAY_AGAIN) return withSunday(start, step);
  return [range(start, end, step)];
}

function parseStep(field: CalendarField, text: string): number {
  if (text === '') throw new InvalidSpecError(`${field.label} missing step value`);
  if (!/^[+-]?\d+$/.test(text)) {
    throw new InvalidSpecError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  const step = Number(text);
  if (step < 1) throw new InvalidSpecError(`${field.label} has invalid Step`);
  return step;
}

function parseBounds(field: CalendarField, text: string, hasStep: boolean): [start: number, end: number] {
  const max = field.name === 'dayOfWeek' ? SUNDAY_AGAIN : field.max;
  const within = `[${String(field.min)}-${String(max)}]`;
  if (text === '*') return [field.min, max];
  const [first = '', last, ...more] = text.split('-');
  if (more.length > 0) throw new InvalidSpecError(`${field.label} has too many dashes`);
  const start = parseValue(field, first, field.min, max);
  if (last === undefined) {
    if (start === undefined) throw new InvalidSpecError(`${field.label} is not in range ${within}`);
    // With a step a single value is where to begin.
    return [start, hasStep ? max : start];
  }
  if (start === undefined) throw new InvalidSpecError(`${field.label} Start is not in range ${within}`);
  const end = parseValue(field, last, start, max);
  if (end === undefined) throw new InvalidSpecError(`${field.label} End is before Start or not in range ${within}`);
  return [start, end];
}

/** A number or a name; undefined when it is neither, or out of bounds. */
function parseValue({ names }: CalendarField, text: string, min: number, max: number): number | undefined {
  const lower = text.toLowerCase();
  const index = names && text.length >= names.letters ? names.list.findIndex((name) => name.startsWith(lower)) : -1;
  if (index < 0 && !/^[+-]?\d+$/.test(text)) return undefined;
  const value = names && index >= 0 ? index + names.first : Number(text);
  return value < min || value > max ? undefined : value;
}

/** A range of days that ends in 7, with Sunday where weeks have it: at 0. */
function withSunday(start: number, step: number): Range[] {
  const hasSunday = (SUNDAY_AGAIN - start) % step === 0;
  if (start === SUNDAY_AGAIN) return [{ start: 0 }];
  if (!hasSunday) return [range(start, 6, step)];
  // Every day of the week.
  if (step === 1 && start <= 1) return [range(0, 6, 1)];
  return [{ start: 0 }, range(start, 6, step)];
}

const range = (start: number, end: number, step: number): Range => ({
  start,
  end: start === end ? 0 : end,
  step: step === 1 ? 0 : step,
});
