/**
 * How a filter may write an ExecutionDuration: nanoseconds, a duration of Go's ("1h30m", "-1.5h", also days: "2d"),
 * or "hh:mm:ss".
 */
import { parseGoDuration } from '../go-duration.js';

/** What is wrong with it, as the official service says it. */
export class InvalidDurationError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = new.target.name;
  }
}

const CLOCK = /^([+-]?\d+):([+-]?\d+):([+-]?\d+)/;

/** Nanoseconds. Throws `InvalidDurationError`. */
export function parseExecutionDuration(text: string): bigint {
  if (/^[+-]?\d+$/.test(text)) return BigInt(text);
  const nanoseconds = parseGoDuration(text);
  if (nanoseconds !== undefined) return BigInt(nanoseconds);
  return parseClock(text);
}

function parseClock(text: string): bigint {
  const match = CLOCK.exec(text);
  if (!match) throw new InvalidDurationError('invalid duration');
  const [hours, minutes, seconds] = match.slice(1).map(BigInt) as [bigint, bigint, bigint];
  if (hours < 0n) throw new InvalidDurationError('invalid duration: hours must be a positive number');
  if (minutes < 0n || minutes > 59n) throw new InvalidDurationError('invalid duration: minutes must be from 0 to 59');
  if (seconds < 0n || seconds > 59n) throw new InvalidDurationError('invalid duration: seconds must be from 0 to 59');
  return (hours * 3600n + minutes * 60n + seconds) * 1_000_000_000n;
}
