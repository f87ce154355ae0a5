/**
 * When and whether to try again: the retry policy of activities and workflows, as pure arithmetic.
 * The order of the questions is the official server's: kind of failure, attempts, interval, expiration.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { InvalidArgumentError } from '../errors.js';
import { durationFromMs, isNegativeDuration, msFromDuration } from './proto-time.js';

type Failure = temporal.api.failure.v1.IFailure;
type IRetryPolicy = temporal.api.common.v1.IRetryPolicy;

export const RetryState = temporalProto.api.enums.v1.RetryState;
const TimeoutType = temporalProto.api.enums.v1.TimeoutType;

/** Prefix of non-retryable type names that stand for a timeout: `TemporalTimeout:StartToClose`. */
const TIMEOUT_TYPE_PREFIX = 'TemporalTimeout:';

/** A retry policy as numbers, defaults filled in. 0 means unlimited for `maximumAttempts`. */
export interface RetrySettings {
  readonly initialIntervalMs: number;
  readonly backoffCoefficient: number;
  readonly maximumIntervalMs: number;
  readonly maximumAttempts: number;
  readonly nonRetryableTypes: readonly string[];
}

export type RetryDecision =
  | { readonly type: 'retry'; readonly delayMs: number }
  | { readonly type: 'stop'; readonly retryState: temporal.api.enums.v1.RetryState };

/** A policy with the service's defaults in place of what is not set. */
export function fillRetryPolicy(policy: IRetryPolicy | null | undefined): IRetryPolicy {
  const initialMs = msFromDuration(policy?.initialInterval) || 1000;
  return {
    initialInterval: durationFromMs(initialMs),
    backoffCoefficient: policy?.backoffCoefficient || 2,
    maximumInterval: durationFromMs(msFromDuration(policy?.maximumInterval) || 100 * initialMs),
    maximumAttempts: policy?.maximumAttempts ?? 0,
    nonRetryableErrorTypes: policy?.nonRetryableErrorTypes ?? [],
  };
}

/** Throws InvalidArgumentError when a client's policy (defaults filled in) cannot be followed. */
export function validateRetryPolicy(policy: IRetryPolicy): void {
  if (policy.maximumAttempts === 1) return;
  if (isNegativeDuration(policy.initialInterval)) {
    throw new InvalidArgumentError('invalid InitialInterval set on retry policy: negative duration');
  }
  if ((policy.backoffCoefficient ?? 0) < 1) {
    throw new InvalidArgumentError('BackoffCoefficient cannot be less than 1 on retry policy.');
  }
  if (isNegativeDuration(policy.maximumInterval)) {
    throw new InvalidArgumentError('invalid MaximumInterval set on retry policy: negative duration');
  }
  const maximumMs = msFromDuration(policy.maximumInterval);
  if (maximumMs > 0 && maximumMs < msFromDuration(policy.initialInterval)) {
    throw new InvalidArgumentError('MaximumInterval cannot be less than InitialInterval on retry policy.');
  }
  if ((policy.maximumAttempts ?? 0) < 0) {
    throw new InvalidArgumentError('MaximumAttempts cannot be negative on retry policy.');
  }
  for (const type of policy.nonRetryableErrorTypes ?? []) {
    if (!type.startsWith(TIMEOUT_TYPE_PREFIX)) continue;
    const name = type.slice(TIMEOUT_TYPE_PREFIX.length);
    if (!TIMEOUT_NAMES.has(name)) throw new InvalidArgumentError(`Invalid timeout type value: ${name}.`);
  }
}

export function retrySettings(policy: IRetryPolicy): RetrySettings {
  return {
    initialIntervalMs: msFromDuration(policy.initialInterval),
    backoffCoefficient: policy.backoffCoefficient ?? 2,
    maximumIntervalMs: msFromDuration(policy.maximumInterval),
    maximumAttempts: policy.maximumAttempts ?? 0,
    nonRetryableTypes: policy.nonRetryableErrorTypes ?? [],
  };
}

/** Decides on the attempt after `attempt` (which has just failed). `expirationMs` 0: none. */
export function decideRetry(
  settings: RetrySettings,
  attempt: number,
  nowMs: number,
  expirationMs: number,
  failure: Failure | null,
  /** An application's next retry delay replaces the interval, and for activities also the cap. */
  delayOverridesMaximum: boolean,
): RetryDecision {
  if (!isRetryable(failure, settings.nonRetryableTypes)) {
    return { type: 'stop', retryState: RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE };
  }
  if (settings.maximumAttempts > 0 && attempt >= settings.maximumAttempts) {
    return { type: 'stop', retryState: RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED };
  }
  const wished = failure?.applicationFailureInfo?.nextRetryDelay;
  const wishedMs = wished ? msFromDuration(wished) : undefined;
  const maximumMs = wishedMs !== undefined && delayOverridesMaximum ? wishedMs : settings.maximumIntervalMs;
  let delayMs = wishedMs ?? settings.initialIntervalMs * settings.backoffCoefficient ** (attempt - 1);
  if (maximumMs === 0 && delayMs <= 0) {
    return { type: 'stop', retryState: RetryState.RETRY_STATE_TIMEOUT };
  }
  if (maximumMs > 0 && (delayMs <= 0 || delayMs > maximumMs)) delayMs = maximumMs;
  // Times are kept in whole milliseconds; a coefficient like 1.5 makes fractions of them.
  delayMs = Math.ceil(delayMs);
  if (expirationMs > 0 && nowMs + delayMs > expirationMs) {
    return { type: 'stop', retryState: RetryState.RETRY_STATE_TIMEOUT };
  }
  return { type: 'retry', delayMs };
}

/** True when a failure of this kind may be tried again at all. */
export function isRetryable(failure: Failure | null, nonRetryableTypes: readonly string[]): boolean {
  if (!failure) return true;
  if (failure.terminatedFailureInfo || failure.canceledFailureInfo) return false;
  if (failure.timeoutFailureInfo) {
    const { timeoutType } = failure.timeoutFailureInfo;
    if (timeoutType !== TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE && timeoutType !== TimeoutType.TIMEOUT_TYPE_HEARTBEAT) {
      return false;
    }
    return !nonRetryableTypes.includes(TIMEOUT_TYPE_PREFIX + timeoutTypeName(timeoutType));
  }
  if (failure.serverFailureInfo) return !failure.serverFailureInfo.nonRetryable;
  if (failure.applicationFailureInfo) {
    if (failure.applicationFailureInfo.nonRetryable) return false;
    return !nonRetryableTypes.includes(failure.applicationFailureInfo.type ?? '');
  }
  return true;
}

const TIMEOUT_NAME_BY_TYPE: Readonly<Record<number, string>> = {
  [TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE]: 'StartToClose',
  [TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START]: 'ScheduleToStart',
  [TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE]: 'ScheduleToClose',
  [TimeoutType.TIMEOUT_TYPE_HEARTBEAT]: 'Heartbeat',
};
const TIMEOUT_NAMES: ReadonlySet<string> = new Set(Object.values(TIMEOUT_NAME_BY_TYPE));

/** A timeout's name as failure messages and retry policies spell it. */
export function timeoutTypeName(timeoutType: number): string {
  return TIMEOUT_NAME_BY_TYPE[timeoutType] ?? 'Unspecified';
}
