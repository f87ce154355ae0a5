/** Fits a logistic model by Newton's method from zero: the same examples always give the same weights. */
import { sigmoid } from '../../../src/review/fusion/linear-model.js';
import type { LinearModel } from '../../../src/review/fusion/linear-model.js';

const STEPS = 25;
const STILL = 1e-9;

export interface Example {
  readonly signals: readonly number[];
  readonly isTrue: boolean;
}

/** `restraint`: how strongly weights are held near 0; few examples need more of it. */
export function fit(examples: readonly Example[], restraint = 0.5): LinearModel {
  const size = examples[0]?.signals.length ?? 0;
  const column = (at: number) => examples.map(({ signals }) => signals[at] ?? 0);
  const means = Array.from({ length: size }, (_, at) => mean(column(at)));
  const deviations = means.map((middle, at) => Math.sqrt(mean(column(at).map((x) => (x - middle) ** 2))) || 1);
  // The bias is the weight of a signal that is always 1, and the only one that nothing holds back.
  const rows = examples.map(({ signals }) => [
    1,
    ...signals.map((x, at) => (x - (means[at] ?? 0)) / (deviations[at] ?? 1)),
  ]);
  const truths = examples.map(({ isTrue }) => (isTrue ? 1 : 0));
  let weights = Array.from({ length: size + 1 }, () => 0);
  for (let step = 0; step < STEPS; step += 1) {
    const change = newtonStep(rows, truths, weights, restraint);
    weights = weights.map((weight, at) => weight - (change[at] ?? 0));
    if (change.every((each) => Math.abs(each) < STILL)) break;
  }
  const [bias = 0, ...others] = weights;
  return { bias, weights: others, means, deviations };
}

function newtonStep(
  rows: readonly (readonly number[])[],
  truths: readonly number[],
  weights: readonly number[],
  restraint: number,
): readonly number[] {
  const held = weights.map((_, at) => (at === 0 ? 1e-6 : 2 * restraint));
  const slope = weights.map((weight, at) => (held[at] ?? 0) * weight);
  const curve = weights.map((_, i) => weights.map((__, j) => (i === j ? (held[i] ?? 0) : 0)));
  for (const [at, row] of rows.entries()) {
    const guess = sigmoid(row.reduce((sum, x, i) => sum + x * (weights[i] ?? 0), 0));
    const error = guess - (truths[at] ?? 0);
    const spread = guess * (1 - guess);
    for (const [i, x] of row.entries()) {
      slope[i] = (slope[i] ?? 0) + error * x;
      const line = curve[i] ?? [];
      for (const [j, y] of row.entries()) line[j] = (line[j] ?? 0) + spread * x * y;
    }
  }
  return solve(curve, slope);
}

/** Gaussian elimination with pivots; the matrix is positive definite because every weight is held. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const rows = matrix.map((row, at) => [...row, right[at] ?? 0]);
  const size = rows.length;
  for (let column = 0; column < size; column += 1) {
    const pivot = rows
      .slice(column)
      .reduce((best, row) => (magnitude(row, column) > magnitude(best, column) ? row : best));
    const swap = rows.indexOf(pivot);
    [rows[column], rows[swap]] = [pivot, rows[column] ?? pivot];
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = (row[column] ?? 0) / (pivot[column] ?? 1);
      if (factor !== 0) for (let at = column; at <= size; at += 1) row[at] = (row[at] ?? 0) - factor * (pivot[at] ?? 0);
    }
  }
  return rows.map((row, at) => (row[size] ?? 0) / (row[at] ?? 1));
}

const magnitude = (row: readonly number[], at: number): number => Math.abs(row[at] ?? 0);

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / Math.max(1, numbers.length);
}
