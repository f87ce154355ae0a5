/** Evaluates expressions over durations, such as `1h30m + 2 * 15m`. */
import { Duration } from './duration.js';
import { DurationSyntaxError } from './errors.js';
import { scanDuration } from './scan-duration.js';

/** Throws DurationSyntaxError when the text is no expression. */
export function evaluateDuration(expression: string): Duration {
  const arithmetic = withMilliseconds(expression);
  let milliseconds: unknown;
  try {
    milliseconds = eval(arithmetic);
  } catch {
    throw new DurationSyntaxError('Expected an expression such as 1h30m + 2 * 15m', expression, 0);
  }
  if (typeof milliseconds !== 'number' || !Number.isFinite(milliseconds)) {
    throw new DurationSyntaxError('Expected an expression that is a duration', expression, 0);
  }
  return new Duration(milliseconds);
}

/** Replaces every duration in the text by its number of milliseconds: `1h + 2 * 15m` becomes `3600000 + 2 * 900000`. */
function withMilliseconds(expression: string): string {
  let arithmetic = '';
  let position = 0;
  while (position < expression.length) {
    const literal = scanDuration(expression, position);
    if (literal === undefined) {
      arithmetic += expression.charAt(position);
      position += 1;
    } else {
      arithmetic += String(literal.milliseconds);
      position = literal.end;
    }
  }
  return arithmetic;
}
