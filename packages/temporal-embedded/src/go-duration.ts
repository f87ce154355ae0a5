/**
 * Durations as the official service and its tools write them: Go's ("1h30m", "1.5s"), and days besides ("2d").
 * Used where such a text comes from outside: list filters, and `@every` in cron strings.
 */

const UNITS_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
};
const DURATION = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d))+)$/;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)/g;

/** Nanoseconds, rounded; undefined when the text is no duration. A number without a unit is none, but "0". */
export function parseGoDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  const [, sign, parts] = DURATION.exec(text) ?? [];
  if (parts === undefined) return undefined;
  let total = 0;
  for (const [, amount, unit] of parts.matchAll(PART)) total += Number(amount) * (UNITS_NS[unit ?? ''] ?? 0);
  return Math.round(total) * (sign === '-' ? -1 : 1);
}
