/**
 * Filters count in nanoseconds, the service's own columns in milliseconds. The value is converted, not the column, so
 * that indexes can be used; one that falls between two milliseconds is rounded to where the comparison stays the same.
 */
import type { Comparison, FilterValue, VisibilityFilter, VisibilityField } from '../persistence/visibility-filter.js';

const NANOS_PER_MS = 1_000_000n;

export function compareInMilliseconds(
  field: VisibilityField,
  comparison: Comparison,
  value: FilterValue,
): VisibilityFilter {
  if (typeof value === 'string') return { type: 'compare', field, comparison, value };
  const nanoseconds = typeof value === 'bigint' ? value : BigInt(Math.round(value));
  const floor = floorMs(nanoseconds);
  const isWhole = floor * NANOS_PER_MS === nanoseconds;
  switch (comparison) {
    case '=':
      return isWhole ? { type: 'compare', field, comparison, value: floor } : { type: 'constant', value: false };
    case '!=':
      // Every time that there is differs from one between two milliseconds.
      return isWhole ? { type: 'compare', field, comparison, value: floor } : everyTime(field);
    case '<=':
    case '>':
      return { type: 'compare', field, comparison, value: floor };
    case '<':
    case '>=':
      return { type: 'compare', field, comparison, value: isWhole ? floor : floor + 1n };
    default:
      throw new Error(`unknown comparison ${JSON.stringify(comparison satisfies never)}`);
  }
}

export function rangeInMilliseconds(
  field: VisibilityField,
  from: FilterValue,
  to: FilterValue,
  isOutside: boolean,
): VisibilityFilter {
  const operands = [
    compareInMilliseconds(field, isOutside ? '<' : '>=', from),
    compareInMilliseconds(field, isOutside ? '>' : '<=', to),
  ];
  return { type: isOutside ? 'or' : 'and', operands };
}

/** An open run's close time counts as the latest of all, so every run has one; a duration only closed runs have. */
function everyTime(field: VisibilityField): VisibilityFilter {
  const isCloseTime = field.kind === 'column' && field.column === 'closeTimeMs';
  return isCloseTime ? { type: 'constant', value: true } : { type: 'present', field };
}

const floorMs = (nanoseconds: bigint): bigint => {
  const quotient = nanoseconds / NANOS_PER_MS;
  return nanoseconds < 0n && quotient * NANOS_PER_MS !== nanoseconds ? quotient - 1n : quotient;
};
