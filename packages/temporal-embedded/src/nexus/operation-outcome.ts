/**
 * What a call to a Nexus handler came to: the words in which the callers of handlers (a worker's task queue, an HTTP
 * endpoint) speak to the history of the workflow that asked.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';

export type NexusFailure = temporal.api.nexus.v1.IFailure;
type Link = temporal.api.common.v1.ILink;

const RetryBehavior = temporalProto.api.enums.v1.NexusHandlerErrorRetryBehavior;

/** A handler's refusal, or one in its name. A cause that is a string is the service's own. */
export interface HandlerError {
  /** `INTERNAL`, `NOT_FOUND`, ..., as the Nexus specification names them. */
  readonly type: string;
  /** `temporal.api.enums.v1.NexusHandlerErrorRetryBehavior`; 0: the type decides. */
  readonly retryBehavior: number;
  readonly cause: NexusFailure | string;
}

/** A call that came to nothing: no answer in time, no connection, an answer that makes no sense. */
export interface CallError {
  readonly message: string;
  readonly isRetryable: boolean;
}

/** How an operation ended. */
export type Completion =
  | { readonly type: 'succeeded'; readonly result: temporal.api.common.v1.IPayload | null }
  | { readonly type: 'failed' | 'canceled'; readonly failure: temporal.api.failure.v1.IFailure };

export type StartOutcome =
  | { readonly type: 'started'; readonly token: string; readonly links: readonly Link[] }
  | { readonly type: 'completed'; readonly completion: Completion; readonly links: readonly Link[] }
  | { readonly type: 'refused'; readonly error: HandlerError }
  | { readonly type: 'lost'; readonly error: CallError };

export type CancelOutcome =
  | { readonly type: 'accepted' }
  | { readonly type: 'refused'; readonly error: HandlerError }
  | { readonly type: 'lost'; readonly error: CallError };

/** Handler errors that another attempt would not change. */
const FINAL_TYPES: ReadonlySet<string> = new Set([
  'BAD_REQUEST',
  'UNAUTHENTICATED',
  'UNAUTHORIZED',
  'NOT_FOUND',
  'NOT_IMPLEMENTED',
]);
const KNOWN_TYPES: ReadonlySet<string> = new Set([
  ...FINAL_TYPES,
  'RESOURCE_EXHAUSTED',
  'INTERNAL',
  'UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
]);

/** A handler error as a worker reports it; one of an unknown type is an internal error. */
export function handlerErrorFromWorker(error: temporal.api.nexus.v1.IHandlerError | null | undefined): HandlerError {
  const type = error?.errorType ?? '';
  if (!KNOWN_TYPES.has(type)) return handlerError('INTERNAL', { message: 'internal error' });
  return { type, retryBehavior: error?.retryBehavior ?? 0, cause: error?.failure ?? {} };
}

export const handlerError = (type: string, cause: NexusFailure | string): HandlerError => ({
  type,
  retryBehavior: 0,
  cause,
});

export function isRetryable(error: HandlerError): boolean {
  if (error.retryBehavior === RetryBehavior.NEXUS_HANDLER_ERROR_RETRY_BEHAVIOR_RETRYABLE) return true;
  if (error.retryBehavior === RetryBehavior.NEXUS_HANDLER_ERROR_RETRY_BEHAVIOR_NON_RETRYABLE) return false;
  return !FINAL_TYPES.has(error.type);
}
