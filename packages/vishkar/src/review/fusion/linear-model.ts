/** A logistic model as data: signals in, a number between 0 and 1 out. Weights are learned elsewhere and kept as numbers. */
export interface LinearModel {
  readonly bias: number;
  /** One per signal, in the order in which the signals come. */
  readonly weights: readonly number[];
  /** What is taken off a signal, and what it is then divided by, so that weights can be compared. */
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

/** Throws RangeError when the model was learned for other signals. */
export function estimate(model: LinearModel, signals: readonly number[]): number {
  const { bias, weights, means, deviations } = model;
  if (weights.length !== signals.length)
    throw new RangeError(`${String(signals.length)} signals for ${String(weights.length)} weights`);
  const logOdds = signals.reduce(
    (sum, signal, at) => sum + ((weights[at] ?? 0) * (signal - (means[at] ?? 0))) / (deviations[at] ?? 1),
    bias,
  );
  return sigmoid(logOdds);
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
