/**
 * Time zones as stretches of time with one offset from UTC each: the boundary between calendars, which know local time
 * only, and instants. IANA zones come from the JavaScript engine's own time zone data.
 */
import { InvalidSpecError } from './spec-error.js';

/** A stretch of time; both ends in seconds since the epoch, `endS` not included. */
export interface ZoneStretch {
  /** Local time minus UTC, seconds. */
  readonly offsetS: number;
  readonly endS: number;
}

export interface Zone {
  stretchAt(atS: number): ZoneStretch;
}

export const UTC: Zone = { stretchAt: () => ({ offsetS: 0, endS: Infinity }) };

const WEEK_S = 7 * 86_400;
const KEPT_ZONES = 256;
const zones = new Map<string, Zone>();

/** The zone of an IANA name; "" is UTC, "Local" the machine's. Throws InvalidSpecError when there is none. */
export function ianaZone(name: string): Zone {
  if (name === '' || name === 'UTC') return UTC;
  const known = zones.get(name);
  if (known) return known;
  const zone = new EngineZone(offsetReader(name));
  if (zones.size >= KEPT_ZONES) zones.clear();
  zones.set(name, zone);
  return zone;
}

function offsetReader(name: string): (atS: number) => number {
  if (name.includes('..') || /^[/\\]/.test(name)) throw new InvalidSpecError('time: invalid location name');
  const unknown = (): InvalidSpecError => new InvalidSpecError(`unknown time zone ${name}`);
  // The engine reads names in any case and takes bare offsets; the time zone database does neither.
  if (name.split('/').some((part) => !/^[A-Z]/.test(part))) throw unknown();
  const timeZone = name === 'Local' ? Intl.DateTimeFormat().resolvedOptions().timeZone : name;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw unknown();
  }
  return (atS) => {
    const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of format.formatToParts(atS * 1000)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - atS;
  };
}

/**
 * Reads offsets once a week of a year, and looks closer where two differ: a year costs some sixty questions, once. Two
 * changes within a week that undo each other would go unseen; no zone has had such since calendars begin here.
 */
class EngineZone implements Zone {
  readonly #offsetAt: (atS: number) => number;
  /** By year: the stretches in it, the last one ends with the year. */
  readonly #years = new Map<number, readonly ZoneStretch[]>();

  constructor(offsetAt: (atS: number) => number) {
    this.#offsetAt = offsetAt;
  }

  stretchAt(atS: number): ZoneStretch {
    const year = new Date(atS * 1000).getUTCFullYear();
    let stretches = this.#years.get(year);
    if (!stretches) {
      stretches = this.#read(Date.UTC(year, 0) / 1000, Date.UTC(year + 1, 0) / 1000);
      this.#years.set(year, stretches);
    }
    const stretch = stretches.find(({ endS }) => atS < endS);
    if (!stretch) throw new Error(`No stretch of time holds ${String(atS)}.`);
    return stretch;
  }

  #read(fromS: number, toS: number): readonly ZoneStretch[] {
    const stretches: ZoneStretch[] = [];
    let offsetS = this.#offsetAt(fromS);
    for (let atS = fromS; atS < toS;) {
      const nextS = Math.min(atS + WEEK_S, toS);
      const nextOffsetS = this.#offsetAt(nextS);
      if (nextOffsetS !== offsetS) {
        const endS = this.#changeBetween(atS, nextS, offsetS);
        stretches.push({ offsetS, endS });
        offsetS = this.#offsetAt(endS);
        // A second change in the same week is looked for from the first one on.
        atS = endS;
      } else {
        atS = nextS;
      }
    }
    if (stretches.at(-1)?.endS !== toS) stretches.push({ offsetS, endS: toS });
    return stretches;
  }

  /** The first second at which the offset is another one. */
  #changeBetween(beforeS: number, afterS: number, offsetS: number): number {
    let [low, high] = [beforeS, afterS];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#offsetAt(middle) === offsetS) low = middle;
      else high = middle;
    }
    return high;
  }
}
