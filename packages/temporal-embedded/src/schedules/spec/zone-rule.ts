/**
 * The rule at the end of a TZif file: a POSIX TZ string such as `CET-1CEST,M3.5.0,M10.5.0/3`, for all years behind the
 * file's last change. Its signs are west-positive, ours east-positive.
 */
import type { Zone, ZoneStretch } from './zone.js';

const DAY_S = 86_400;
const NAME = String.raw`(?:<[^>]+>|[A-Za-z]{3,})`;
const TIME = String.raw`[+-]?\d{1,3}(?::\d{2}){0,2}`;
const RULE = new RegExp(`^${NAME}(${TIME})(?:${NAME}(${TIME})?(?:,([^,]+),([^,]+))?)?$`);
const DATE = new RegExp(String.raw`^(?:M(\d+)\.(\d+)\.(\d)|(J?)(\d+))(?:/(${TIME}))?$`);

/** Undefined when the text is empty or no such rule: the last change then holds for ever. */
export function parseZoneRule(text: string): Zone | undefined {
  const match = RULE.exec(text);
  if (!match) return undefined;
  const [, standard = '', summer, startText, endText] = match;
  const standardS = -secondsOf(standard);
  if (startText === undefined || endText === undefined) {
    return { stretchAt: () => ({ offsetS: standardS, endS: Infinity }) };
  }
  const summerS = summer === undefined ? standardS + 3600 : -secondsOf(summer);
  const starts = dateRule(startText);
  const ends = dateRule(endText);
  if (!starts || !ends) return undefined;
  const changesOf = (year: number): { atS: number; offsetS: number }[] => [
    { atS: starts(year) - standardS, offsetS: summerS },
    { atS: ends(year) - summerS, offsetS: standardS },
  ];
  return {
    stretchAt(atS): ZoneStretch {
      const year = new Date(atS * 1000).getUTCFullYear();
      const changes = [year - 1, year, year + 1].flatMap(changesOf).sort((a, b) => a.atS - b.atS);
      const next = changes.findIndex((change) => atS < change.atS);
      return { offsetS: changes[next - 1]?.offsetS ?? standardS, endS: changes[next]?.atS ?? Infinity };
    },
  };
}

/** `[+-]hh[:mm[:ss]]` in seconds. */
function secondsOf(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  return (hours * 3600 + minutes * 60 + seconds) * (text.startsWith('-') ? -1 : 1);
}

/** When a date rule falls in a year, in local seconds. */
function dateRule(text: string): ((year: number) => number) | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [, month, week, weekday, julian, dayText, time = '2'] = match;
  const timeS = secondsOf(time);
  if (month !== undefined) return (year) => nthWeekday(year, Number(month), Number(week), Number(weekday)) + timeS;
  const day = Number(dayText);
  return (year) => {
    // With a J days are counted from 1 and the 29th of February never is one of them.
    const shift = julian === 'J' ? (isLeap(year) && day >= 60 ? day : day - 1) : day;
    return Date.UTC(year, 0) / 1000 + shift * DAY_S + timeS;
  };
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** The n-th such day of a month, in local seconds; the fifth is the last one. */
function nthWeekday(year: number, month: number, n: number, weekday: number): number {
  const first = new Date(Date.UTC(year, month - 1, 1));
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  let day = 1 + ((weekday - first.getUTCDay() + 7) % 7) + (n - 1) * 7;
  while (day > days) day -= 7;
  return first.getTime() / 1000 + (day - 1) * DAY_S;
}
