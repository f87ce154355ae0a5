/**
 * The units that a duration is written in, largest first.
 * Months and years are left out on purpose: their length depends on the calendar.
 */
export interface Unit {
  readonly symbol: string;
  readonly name: string;
  readonly milliseconds: number;
}

export const UNITS: readonly Unit[] = [
  { symbol: 'w', name: 'week', milliseconds: 604_800_000 },
  { symbol: 'd', name: 'day', milliseconds: 86_400_000 },
  { symbol: 'h', name: 'hour', milliseconds: 3_600_000 },
  { symbol: 'm', name: 'minute', milliseconds: 60_000 },
  { symbol: 's', name: 'second', milliseconds: 1_000 },
  { symbol: 'ms', name: 'millisecond', milliseconds: 1 },
];

/** Finds a unit by its symbol (`h`); undefined when there is none. */
export function findUnit(symbol: string): Unit | undefined {
  return UNITS.find((unit) => unit.symbol === symbol);
}
