/**
 * Specs of schedules, each with a range of time, and what a service makes of one: the form in which it keeps it and the
 * times that match, or its refusal. Jitter is left out: it hangs on the namespace's id.
 */
import { isGrpcServiceError } from '@temporalio/client';
import type { Connection } from '@temporalio/client';
import { temporalProto } from '../../src/proto/root.js';
import type { temporal } from '../../src/proto/root.js';
import { seconds } from './scripts/commands.js';

type Spec = temporal.api.schedule.v1.IScheduleSpec;

export interface SpecCase {
  readonly spec: Spec;
  /** ISO; the first dozen of times behind `from`. */
  readonly from: string;
  readonly to: string;
}

export type SpecAnswer = { readonly kept: unknown; readonly times: readonly string[] } | { readonly refused: string };

const { ScheduleSpec } = temporalProto.api.schedule.v1;
const SHOWN = 12;
const at = (iso: string) => ({ seconds: (Date.parse(iso) / 1000) as never });

const during = (from: string, to: string) => (spec: Spec) => ({ spec, from, to });
const inWinter = during('2026-01-07T10:20:30Z', '2028-01-01T00:00:00Z');
const inMarch = during('2026-03-27T00:00:00Z', '2026-04-02T00:00:00Z');
const inOctober = during('2026-10-23T00:00:00Z', '2026-11-03T00:00:00Z');
const cron = (...cronString: string[]): Spec => ({ cronString });
const inZone = (timezoneName: string, ...cronString: string[]): Spec => ({ cronString, timezoneName });

/** By name. */
export const SPEC_CASES: Readonly<Record<string, SpecCase>> = {
  nothing: inWinter({}),
  'every minute': inWinter(cron('* * * * *')),
  'lists, ranges, steps': inWinter(cron('1-3,50-58/4 */6,9 1,15-17 jan,mar-jun/2 *')),
  'a single value with a step': inWinter(cron('10/20 8/8 * * *')),
  'names of days': inWinter(cron('0 12 * * MON-WED,fri')),
  'long names': inWinter(cron('0 12 * february Sunday,thurs')),
  'names that are too short': inWinter(cron('0 12 * fe *')),
  'sunday as 7': inWinter(cron('0 0 * * 7')),
  'days from 3 to 7': inWinter(cron('0 0 * * 3-7')),
  'days from 3 to 7 by 3': inWinter(cron('0 0 * * 3-7/3')),
  'days from 1 to 7 by 2': inWinter(cron('0 0 * * 1-7/2')),
  'days from 0 to 7': inWinter(cron('0 0 * * 0-7')),
  'days from 1 to 7': inWinter(cron('0 0 * * 1-7')),
  'days of month and week both have to fit': inWinter(cron('0 0 13 * 5')),
  'six fields, with a year': inWinter(cron('0 0 1 */3 * 2027')),
  'seven fields, with seconds': inWinter(cron('*/20 30 10 * * * *')),
  'four fields': inWinter(cron('* * * *')),
  'eight fields': inWinter(cron('* * * * * * * *')),
  'a comment': inWinter(cron('0 6 * * * # in the morning # always')),
  'a comment that is too long': inWinter(cron(`0 6 * * * # ${'x'.repeat(201)}`)),
  'blanks around': inWinter(cron('  0   6 * *  *  ')),
  hourly: inWinter(cron('@hourly')),
  daily: inWinter(cron('@daily')),
  midnight: inWinter(cron('@midnight # sharp')),
  weekly: inWinter(cron('@weekly')),
  monthly: inWinter(cron('@monthly')),
  yearly: inWinter(cron('@yearly')),
  annually: inWinter(cron('@annually')),
  sometimes: inWinter(cron('@sometimes')),
  'every five hours': inWinter(cron('@every 5h')),
  'every two hours and a half, a minute late': inWinter(cron('@every 2h30m/1m')),
  'every second day': inWinter(cron('@every 2d')),
  'every one and a half seconds': inWinter(cron('@every 1.5s')),
  'every half second': inWinter(cron('@every 500ms')),
  'every nothing': inWinter(cron('@every')),
  'every now and then': inWinter(cron('@every now')),
  'every minute, two minutes late': inWinter(cron('@every 1m/2m')),
  'a zone in front': inWinter(cron('CRON_TZ=Europe/Berlin 0 12 * * *')),
  'a zone in front, the short way': inWinter(cron('TZ=Asia/Kolkata 0 12 * * *')),
  'a zone and nothing else': inWinter(cron('CRON_TZ=Europe/Berlin')),
  'a zone before an interval': inWinter(cron('CRON_TZ=Europe/Berlin @every 6h')),
  'two zones': inWinter(cron('CRON_TZ=Europe/Berlin 0 12 * * *', 'CRON_TZ=Europe/Paris 0 12 * * *')),
  'a zone and none': inWinter(cron('CRON_TZ=Europe/Berlin 0 12 * * *', '0 12 * * *')),
  'the same zone twice': inWinter(cron('CRON_TZ=Europe/Berlin 0 12 * * *', 'CRON_TZ=Europe/Berlin 30 12 * * *')),
  'a zone against the own one': inWinter(inZone('Europe/Paris', 'CRON_TZ=Europe/Berlin 0 12 * * *')),
  'an unknown zone': inWinter(inZone('Mars/Olympus', '0 12 * * *')),
  'a zone in lower case': inWinter(inZone('europe/berlin', '0 12 * * *')),
  'a zone that is a path': inWinter(inZone('../etc/passwd', '0 12 * * *')),
  'zone data that is none': inWinter({ ...cron('0 12 * * *'), timezoneData: Buffer.from('TZif?') }),
  'a minute too many': inWinter(cron('60 * * * *')),
  'a range that goes back': inWinter(cron('0 9-8 * * *')),
  'too many dashes': inWinter(cron('1-2-3 * * * *')),
  'too many slashes': inWinter(cron('1/2/3 * * * *')),
  'a step that is missing': inWinter(cron('1/ * * * *')),
  'a step of zero': inWinter(cron('*/0 * * * *')),
  'a step that is no number': inWinter(cron('*/x * * * *')),
  'text where a number goes': inWinter(cron('x * * * *')),
  'days that never come': inWinter(cron('0 0 30 2 *')),
  'leap days': during('2026-01-01T00:00:00Z', '2060-01-01T00:00:00Z')(cron('0 0 29 2 *')),
  'until the last year': during('2099-11-01T00:00:00Z', '2105-01-01T00:00:00Z')(cron('0 0 1 * *')),
  'before the first year': during('1999-11-01T00:00:00Z', '2001-01-01T00:00:00Z')(cron('0 0 1 * *')),

  'a calendar of defaults': inWinter({ calendar: [{}] }),
  'a calendar': inWinter({ calendar: [{ hour: '8-10', minute: '15,45', dayOfWeek: 'tue', comment: 'stand-up' }] }),
  'faults in every field': inWinter({
    calendar: [{ hour: 'a-b', minute: '1-2-3', second: '1/2/3', month: '5/', dayOfMonth: '5/x', year: '2/0' }],
  }),
  'two calendars and an interval': inWinter({
    calendar: [{ hour: '3' }, { hour: '4', dayOfMonth: '1' }],
    interval: [{ interval: seconds(7 * 3600) }],
  }),
  'a structured calendar': inWinter({
    structuredCalendar: [
      {
        second: [{ start: 30 }],
        minute: [{ start: 10, end: 30, step: 10 }],
        hour: [{ start: 4, step: 2 }],
        dayOfMonth: [{ start: 1, end: 31 }],
        month: [{ start: 1, end: 12 }],
        dayOfWeek: [{ start: 0, end: 6 }],
        year: [{ start: 2026, end: 2030, step: 4 }],
      },
    ],
  }),
  'a structured calendar with empty fields': inWinter({ structuredCalendar: [{ hour: [{ start: 5 }] }] }),
  'a structured calendar full of faults': inWinter({
    structuredCalendar: [
      {
        hour: [{ start: 24 }],
        second: [{ start: 5, end: 3 }],
        minute: [{ start: 1, step: -1 }],
        dayOfWeek: [{ start: 7 }],
        year: [{ start: 1999 }],
      },
    ],
  }),
  'an interval': inWinter({ interval: [{ interval: seconds(3600), phase: seconds(300) }] }),
  'two intervals': inWinter({ interval: [{ interval: seconds(3600) }, { interval: seconds(5400) }] }),
  'an interval of no time': inWinter({ interval: [{}] }),
  'a phase that is too long': inWinter({ interval: [{ interval: seconds(5), phase: seconds(5) }] }),
  'a phase that goes back': inWinter({ interval: [{ interval: seconds(5), phase: seconds(-1) }] }),
  'an interval from the very beginning': during(
    '1970-01-01T00:00:05Z',
    '1970-01-01T01:00:00Z',
  )({ interval: [{ interval: seconds(600), phase: seconds(10) }] }),
  'but not at noon nor on the 9th': inWinter({
    ...cron('0 */4 * * *'),
    excludeCalendar: [{ hour: '12' }, { hour: '*', dayOfMonth: '9' }],
  }),
  'but not in any year': inWinter({ ...cron('0 0 * * *'), excludeCalendar: [{}] }),
  'but not at local noon': inWinter({
    ...inZone('Europe/Berlin', '0 */4 * * *'),
    excludeStructuredCalendar: [
      {
        second: [{ end: 59 }],
        minute: [{ end: 59 }],
        hour: [{ start: 12 }],
        dayOfMonth: [{ start: 1, end: 31 }],
        month: [{ start: 1, end: 12 }],
        dayOfWeek: [{ end: 6 }],
      },
    ],
  }),
  'from a start to an end, both included': inWinter({
    ...cron('0 0 * * *'),
    startTime: at('2026-01-10T00:00:00Z'),
    endTime: at('2026-01-14T00:00:00Z'),
  }),
  'an end before the start': inWinter({
    ...cron('0 0 * * *'),
    startTime: at('2026-01-14T00:00:00Z'),
    endTime: at('2026-01-10T00:00:00Z'),
  }),

  'Berlin, in the hour that is left out': inMarch(inZone('Europe/Berlin', '30 2 * * *')),
  'Berlin, every hour of the day with 23': inMarch(inZone('Europe/Berlin', '0 0-4 29 * *')),
  'Berlin, in the hour that comes twice': inOctober(inZone('Europe/Berlin', '30 2 * * *')),
  'Berlin, quarters around the hour that comes twice': during(
    '2026-10-25T00:00:00Z',
    '2026-10-25T03:00:00Z',
  )(inZone('Europe/Berlin', '*/15 * * * *')),
  'Berlin, from inside the second copy': during(
    '2026-10-25T01:10:00Z',
    '2026-10-26T03:00:00Z',
  )(inZone('Europe/Berlin', '*/20 2 * * *')),
  'New York in March': during(
    '2026-03-06T00:00:00Z',
    '2026-03-12T00:00:00Z',
  )(inZone('America/New_York', '15 2,3 * * *')),
  'New York in November': inOctober(inZone('America/New_York', '15 1 * * *')),
  'Sydney, where it is the other way round': inMarch(inZone('Australia/Sydney', '30 2 * * *')),
  'Kathmandu, a quarter of an hour beside': inMarch(inZone('Asia/Kathmandu', '0 9 * * 1-5')),
  'St. Johns': inMarch(inZone('America/St_Johns', '30 2 * * *')),
  'Casablanca, which changes for Ramadan': during(
    '2026-02-13T00:00:00Z',
    '2026-03-25T00:00:00Z',
  )(inZone('Africa/Casablanca', '30 2 * * 0')),
  'Lord Howe, half an hour twice': during(
    '2026-04-04T12:00:00Z',
    '2026-04-05T00:00:00Z',
  )(inZone('Australia/Lord_Howe', '0,40 * * * *')),
  'Havana, where a sunday begins at one': during(
    '2026-03-01T00:00:00Z',
    '2026-03-20T00:00:00Z',
  )(inZone('America/Havana', '0 10 * * 0')),
  'Havana, the day before': during(
    '2026-03-01T00:00:00Z',
    '2026-03-20T00:00:00Z',
  )(inZone('America/Havana', '0 10 * * 6')),
  'Cairo, where a friday begins at one': during(
    '2026-04-20T00:00:00Z',
    '2026-05-10T00:00:00Z',
  )(inZone('Africa/Cairo', '0 0 * * 5', '0 10 * * 5')),
  'a zone by an old name': inMarch(inZone('US/Pacific', '30 2 * * *')),
  'a zone without cities': inMarch(inZone('Etc/GMT+5', '30 2 * * *')),
  'Berlin in far years': during('2096-03-23T00:00:00Z', '2096-03-30T00:00:00Z')(inZone('Europe/Berlin', '30 2 * * *')),
};

/** Makes a schedule of it, asks, and deletes it again. */
export async function answerToSpec(
  { workflowService }: Connection,
  name: string,
  { spec, from, to }: SpecCase,
): Promise<SpecAnswer> {
  const id = { namespace: 'default', scheduleId: `spec-${name.replace(/\W+/g, '-')}` };
  try {
    await workflowService.createSchedule({
      ...id,
      requestId: id.scheduleId,
      schedule: { spec, state: { paused: true } },
    });
    const { schedule } = await workflowService.describeSchedule(id);
    const { startTime } = await workflowService.listScheduleMatchingTimes({
      ...id,
      startTime: at(from),
      endTime: at(to),
    });
    await workflowService.deleteSchedule(id);
    return {
      kept: plain(ScheduleSpec.fromObject(schedule?.spec ?? {})),
      times: startTime.slice(0, SHOWN).map((time) => new Date(Number(time.seconds) * 1000).toISOString()),
    };
  } catch (error) {
    if (isGrpcServiceError(error)) return { refused: error.details };
    throw error;
  }
}

/** Without what is empty or zero; ranges as `start-end/step`. */
function plain(spec: Spec): unknown {
  const json = JSON.stringify(spec, (_key, value: unknown) => {
    if (value === '' || value === 0 || value === '0') return undefined;
    if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(rangeText);
    return value;
  });
  return JSON.parse(json);
}

function rangeText(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('step' in value)) return value;
  const { start, end, step } = value as Required<temporal.api.schedule.v1.IRange>;
  return `${String(start ?? 0)}-${String(end ?? 0)}/${String(step ?? 0)}`;
}
