/** The few numbers that a list of measurements is told by. */

/** The value that `share` (0 to 1) of the values do not exceed; undefined of nothing. */
export function percentile(values, share) {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** The best of several rounds: noise of a shared machine only ever makes a number worse. Skips undefined. */
export function best(values, isMoreBetter) {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return undefined;
  return isMoreBetter ? Math.max(...known) : Math.min(...known);
}
