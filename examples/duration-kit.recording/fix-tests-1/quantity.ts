/**
 * What an expression over durations is made of: durations and plain numbers, and which of them combine.
 * The kind is carried along with the value, because `1h * 2h` looks like any other product once it is all milliseconds.
 */
import { Duration } from './duration.js';

export type Quantity = Duration | number;

export type Operator = '+' | '-' | '*' | '/';

/** Returns undefined when the operator makes no sense for these two (`1h * 2h`, `1h + 2`, a division by zero). */
export function combine(left: Quantity, operator: Operator, right: Quantity): Quantity | undefined {
  if (operator === '/' && right === 0) return undefined;
  if (typeof left === 'number' && typeof right === 'number') return calculate(left, operator, right);
  if (left instanceof Duration && right instanceof Duration) {
    if (operator === '+') return left.plus(right);
    return operator === '-' ? left.minus(right) : undefined;
  }
  if (left instanceof Duration && typeof right === 'number') {
    if (operator === '*') return left.times(right);
    return operator === '/' ? left.dividedBy(right) : undefined;
  }
  return typeof left === 'number' && right instanceof Duration && operator === '*' ? right.times(left) : undefined;
}

/** `-1h`, `-2`. */
export function negate(quantity: Quantity): Quantity {
  return quantity instanceof Duration ? quantity.times(-1) : -quantity;
}

function calculate(left: number, operator: Operator, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
  }
}
