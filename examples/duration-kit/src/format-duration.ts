/** Prints a duration for people: `1h 30m` or `1 hour 30 minutes`. */
import type { Duration } from './duration.js';
import { UNITS } from './units.js';
import type { Unit } from './units.js';

export interface FormatOptions {
  /** `short`: `1h 30m` (the default); `long`: `1 hour 30 minutes`. */
  readonly style?: 'short' | 'long';
}

/** Fractions of a millisecond are rounded away; a duration of nothing is `0s` or `0 seconds`. */
export function formatDuration(duration: Duration, options: FormatOptions = {}): string {
  const style = options.style ?? 'short';
  const rounded = Math.round(duration.milliseconds);
  let rest = Math.abs(rounded);
  const parts: string[] = [];
  for (const unit of UNITS) {
    const count = Math.floor(rest / unit.milliseconds);
    if (count > 0) parts.push(formatPart(count, unit, style));
    rest -= count * unit.milliseconds;
  }
  if (parts.length === 0) return style === 'short' ? '0s' : '0 seconds';
  return (rounded < 0 ? '-' : '') + parts.join(' ');
}

function formatPart(count: number, unit: Unit, style: 'short' | 'long'): string {
  if (style === 'short') return `${String(count)}${unit.symbol}`;
  return `${String(count)} ${unit.name}${count === 1 ? '' : 's'}`;
}
