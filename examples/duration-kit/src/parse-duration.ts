/** Reads one duration from text: `1h30m`, `1h 30m`, `-45s`. */
import { Duration } from './duration.js';
import { DurationSyntaxError } from './errors.js';
import { scanDuration } from './scan-duration.js';

/** Throws DurationSyntaxError, with the position, when the text is anything but one duration. */
export function parseDuration(text: string): Duration {
  let position = skipSpaces(text, 0);
  const isNegative = text[position] === '-';
  if (isNegative) position += 1;
  let total = 0;
  do {
    const literal = scanDuration(text, position);
    if (literal === undefined) throw new DurationSyntaxError('Expected a duration such as 1h30m', text, position);
    total += literal.milliseconds;
    position = skipSpaces(text, literal.end);
  } while (position < text.length);
  return new Duration(isNegative ? -total : total);
}

function skipSpaces(text: string, start: number): number {
  let position = start;
  while (text[position] === ' ') position += 1;
  return position;
}
