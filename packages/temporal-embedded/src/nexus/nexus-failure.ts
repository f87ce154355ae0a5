/**
 * Nexus failures as the failures that a workflow's history keeps. A Nexus failure is a message, string metadata and
 * JSON details; one that stands for a Temporal failure says so in its metadata and has it as JSON in its details.
 */
import { fromProtoJson } from '../proto/proto-json.js';
import { reflectionRoot } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { CallError, HandlerError, NexusFailure } from './operation-outcome.js';

type Failure = temporal.api.failure.v1.IFailure;

const FAILURE_TYPE = 'temporal.api.failure.v1.Failure';
const JSON_ENCODING = new TextEncoder().encode('json/plain');

/** The failure of an operation that a handler ended as `state`. */
export function failureFromOperationError(state: 'failed' | 'canceled', failure: NexusFailure): Failure {
  if (state === 'failed') return failureFromNexus(failure, false);
  if (isTemporalFailure(failure)) {
    const typed = failureFromNexus(failure, false);
    if (typed.canceledFailureInfo) return typed;
  }
  return { message: failure.message ?? '', canceledFailureInfo: { details: contentOf(failure) } };
}

/** `isRetryable` is said of a failure that does not say so itself. */
export function failureFromNexus(failure: NexusFailure, isRetryable: boolean): Failure {
  const message = failure.message ?? '';
  const typed = isTemporalFailure(failure) ? tryReadFailure(failure.details) : undefined;
  if (typed) return { ...typed, message };
  return {
    message,
    applicationFailureInfo: { type: 'NexusFailure', details: contentOf(failure), nonRetryable: !isRetryable },
  };
}

export function failureFromHandlerError(error: HandlerError, isRetryable: boolean): Failure {
  const { cause } = error;
  const message = typeof cause === 'string' ? cause : (cause.message ?? '');
  return {
    message: `handler error (${error.type}): ${message}`,
    nexusHandlerFailureInfo: { type: error.type, retryBehavior: error.retryBehavior },
    cause: typeof cause === 'string' ? { message, applicationFailureInfo: {} } : failureFromNexus(cause, isRetryable),
  };
}

export const failureFromCallError = ({ message, isRetryable }: CallError): Failure => ({
  message,
  applicationFailureInfo: { type: 'CallError', nonRetryable: !isRetryable },
});

const isTemporalFailure = (failure: NexusFailure): boolean => failure.metadata?.['type'] === FAILURE_TYPE;

/** What a Nexus failure has beside its message, as one JSON payload; null: nothing. */
function contentOf(failure: NexusFailure): temporal.api.common.v1.IPayloads | null {
  const metadata = Object.entries(failure.metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const details = failure.details ?? new Uint8Array(0);
  if (metadata.length === 0 && details.length === 0) return null;
  const parts = ['"message":""'];
  if (metadata.length > 0) parts.push(`"metadata":${escapeHtml(JSON.stringify(Object.fromEntries(metadata)))}`);
  if (details.length > 0) parts.push(`"details":${compactJson(Buffer.from(details).toString('utf8'))}`);
  return { payloads: [{ metadata: { encoding: JSON_ENCODING }, data: Buffer.from(`{${parts.join(',')}}`, 'utf8') }] };
}

/** JSON without its white space; text, so that numbers stay as they are and keys where they are. */
function compactJson(text: string): string {
  return escapeHtml(text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_match, string: string | undefined) => string ?? ''));
}

/** As Go's encoder writes them: safe in a page. */
function escapeHtml(text: string): string {
  return text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Undefined when it is not what its metadata says; it is then kept as the JSON that it is. */
function tryReadFailure(details: Uint8Array | null | undefined): Failure | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(details ?? []).toString('utf8'));
    return fromProtoJson(reflectionRoot.lookupType(FAILURE_TYPE), json, { payloadShorthand: false }) as Failure;
  } catch {
    return undefined;
  }
}
