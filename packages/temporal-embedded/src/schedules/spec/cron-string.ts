/**
 * Cron strings of schedules: five to seven fields, `@hourly` and its kin, `@every 5m/1m`, a time zone before and a
 * comment behind. (Cron schedules of single workflows are another, older language: history/cron.)
 */
import { parseGoDuration } from '../../go-duration.js';
import { CRON_ALIASES } from '../../history/cron.js';
import { durationFromMs } from '../../history/proto-time.js';
import type { temporal } from '../../proto/root.js';
import { parseCalendar } from './calendar-text.js';
import { InvalidSpecError } from './spec-error.js';

type StructuredCalendar = temporal.api.schedule.v1.IStructuredCalendarSpec;
type Interval = temporal.api.schedule.v1.IIntervalSpec;

/** What one string stands for. `zone` is empty when it names none. */
export type ParsedCron =
  | { readonly type: 'calendar'; readonly calendar: StructuredCalendar; readonly zone: string }
  | { readonly type: 'interval'; readonly interval: Interval; readonly zone: string };

/** Throws InvalidSpecError. */
export function parseCronString(text: string): ParsedCron {
  const { zone, rest } = splitZone(text.trim());
  const hash = rest.indexOf('#');
  const body = (hash < 0 ? rest : rest.slice(0, hash)).trim();
  // An interval has no place for a comment, nor use for a time zone.
  if (body.startsWith('@every')) return { type: 'interval', interval: parseEvery(body), zone: '' };
  const comment = hash < 0 ? '' : rest.slice(hash + 1).trim();
  const fields = (CRON_ALIASES.get(body) ?? body).split(/\s+/).filter((field) => field !== '');
  if (fields.length < 5 || fields.length > 7) throw new InvalidSpecError('CronString does not have 5-7 fields');
  const [second, ...five] = fields.length === 7 ? fields : ['', ...fields];
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = five;
  const calendar = parseCalendar({ second: second ?? '', minute, hour, dayOfMonth, month, dayOfWeek, year, comment });
  return { type: 'calendar', calendar, zone };
}

function splitZone(text: string): { zone: string; rest: string } {
  if (!/^(?:CRON_)?TZ=/.test(text)) return { zone: '', rest: text };
  const space = text.indexOf(' ');
  if (space < 0) throw new InvalidSpecError('CronString has time zone but missing fields');
  return { zone: text.slice(text.indexOf('=') + 1, space), rest: text.slice(space + 1) };
}

/** `@every INTERVAL[/PHASE]`. */
function parseEvery(text: string): Interval {
  const space = text.indexOf(' ');
  if (space < 0) throw new InvalidSpecError('CronString does not have interval after @every');
  const [interval = '', phase = ''] = text.slice(space + 1).split(/\/(.*)/s);
  return { interval: parseDuration(interval), ...(phase !== '' && { phase: parseDuration(phase) }) };
}

function parseDuration(text: string) {
  const nanoseconds = parseGoDuration(text);
  if (nanoseconds === undefined) throw new InvalidSpecError(`time: invalid duration ${JSON.stringify(text)}`);
  return durationFromMs(nanoseconds / 1e6);
}
