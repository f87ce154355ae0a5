/**
 * A length of time: an immutable number of milliseconds with the arithmetic that makes sense for it.
 * It may be negative, and it is always finite.
 */
export class Duration {
  static readonly ZERO = new Duration(0);

  readonly milliseconds: number;

  /** Throws RangeError when the number is not finite. */
  constructor(milliseconds: number) {
    if (!Number.isFinite(milliseconds)) throw new RangeError(`A duration must be finite, not ${String(milliseconds)}`);
    this.milliseconds = milliseconds;
  }

  plus(other: Duration): Duration {
    return new Duration(this.milliseconds + other.milliseconds);
  }

  minus(other: Duration): Duration {
    return new Duration(this.milliseconds - other.milliseconds);
  }

  times(factor: number): Duration {
    return new Duration(this.milliseconds * factor);
  }

  /** Throws RangeError when the divisor is zero. */
  dividedBy(divisor: number): Duration {
    return new Duration(this.milliseconds / divisor);
  }

  equals(other: Duration): boolean {
    return this.milliseconds === other.milliseconds;
  }

  /** Negative when this one is shorter, positive when it is longer, 0 when they are equal: fits `Array.sort`. */
  compareTo(other: Duration): number {
    return this.milliseconds - other.milliseconds;
  }
}
