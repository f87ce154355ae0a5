/**
 * Finds a duration literal (`1h30m`, `1.5h`, `250ms`) at a place in a text. Parts stand side by side without spaces;
 * who reads larger texts, such as `parseDuration`, decides what may stand between literals.
 */
import { findUnit } from './units.js';

const PART = /(\d+(?:\.\d+)?)(ms|[wdhms])/y;

export interface ScannedDuration {
  readonly milliseconds: number;
  /** Index of the first character after the literal. */
  readonly end: number;
}

/** Returns undefined when no duration literal starts at `start`. */
export function scanDuration(text: string, start: number): ScannedDuration | undefined {
  let milliseconds = 0;
  let end = start;
  for (;;) {
    PART.lastIndex = end;
    const [part, amount, symbol] = PART.exec(text) ?? [];
    if (part === undefined || amount === undefined || symbol === undefined) break;
    milliseconds += Number(amount) * (findUnit(symbol)?.milliseconds ?? 0);
    end += part.length;
  }
  return end === start ? undefined : { milliseconds, end };
}
