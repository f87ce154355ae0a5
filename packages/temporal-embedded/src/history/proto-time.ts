/**
 * Conversions between protobuf's Timestamp / Duration / int64 and the milliseconds and numbers used inside.
 * Inside history every instant and length is a number of milliseconds; protobuf shapes exist only at the edge.
 */
import { int64FromNumber } from '../proto/int64.js';
import type { google } from '../proto/root.js';

type Timestamp = google.protobuf.ITimestamp;
type Duration = google.protobuf.IDuration;

/** An int64 as protobufjs hands it over: a number, or a Long-like object. */
export type Int64 = number | { toNumber(): number } | null | undefined;

/** The longest duration the service keeps; longer ones are capped to it (100 years). */
const MAX_DURATION_MS = 100 * 365 * 24 * 3600 * 1000;
/** What a Timestamp may say, by its own definition: the years 1 to 9999. */
const FIRST_TIMESTAMP_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_TIMESTAMP_MS = Date.parse('9999-12-31T23:59:59.999Z');

export function numberFromInt64(value: Int64): number {
  if (value === null || value === undefined) return 0;
  return typeof value === 'number' ? value : value.toNumber();
}

export function timestampFromMs(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1000);
  return { seconds: int64FromNumber(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

export function durationFromMs(ms: number): Duration {
  const seconds = Math.trunc(ms / 1000);
  return { seconds: int64FromNumber(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

/** Milliseconds since the epoch. Kept within the years that a Timestamp may name, so that it can always be written out. */
export function msFromTimestamp(value: Timestamp | null | undefined): number | undefined {
  if (!value) return undefined;
  const ms = numberFromInt64(value.seconds as Int64) * 1000 + (value.nanos ?? 0) / 1e6;
  return Math.min(Math.max(ms, FIRST_TIMESTAMP_MS), LAST_TIMESTAMP_MS);
}

/** Milliseconds of a duration; 0 when absent. Capped at 100 years either way, so that sums stay exact. */
export function msFromDuration(value: Duration | null | undefined): number {
  if (!value) return 0;
  const ms = numberFromInt64(value.seconds as Int64) * 1000 + (value.nanos ?? 0) / 1e6;
  return Math.min(Math.max(ms, -MAX_DURATION_MS), MAX_DURATION_MS);
}

/** True when a duration is negative in any part, which the service refuses wherever a client may send one. */
export function isNegativeDuration(value: Duration | null | undefined): boolean {
  if (!value) return false;
  return numberFromInt64(value.seconds as Int64) < 0 || (value.nanos ?? 0) < 0;
}
