/**
 * Calls a handler behind a URL: the Nexus HTTP protocol, seen from the caller. What the handler says becomes an outcome;
 * what it does not say (no connection, an answer of another kind) is a call that came to nothing and is made again.
 */
import type { temporal } from '../proto/root.js';
import { contentOfPayload, payloadOfContent } from './nexus-content.js';
import { failureFromOperationError } from './nexus-failure.js';
import { linksFromNexus } from './nexus-link.js';
import { NULL_PAYLOAD } from './null-payload.js';
import type { CancelOutcome, NexusFailure, StartOutcome } from './operation-outcome.js';

type Request = temporal.api.nexus.v1.IRequest;

/** The most that an answer may hold. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;
const OPERATION_FAILED = 424;
/** Statuses by the handler errors that they stand for, each with what is said when the body says nothing. */
const ERROR_BY_STATUS: Readonly<Record<number, readonly [type: string, message: string]>> = {
  400: ['BAD_REQUEST', 'bad request'],
  401: ['UNAUTHENTICATED', 'unauthenticated'],
  403: ['UNAUTHORIZED', 'unauthorized'],
  404: ['NOT_FOUND', 'not found'],
  429: ['RESOURCE_EXHAUSTED', 'resource exhausted'],
  500: ['INTERNAL', 'internal error'],
  501: ['NOT_IMPLEMENTED', 'not implemented'],
  503: ['UNAVAILABLE', 'unavailable'],
  520: ['UPSTREAM_TIMEOUT', 'upstream timeout'],
};
const RETRYABLE = 1;
const NON_RETRYABLE = 2;

interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** Rejects only when `signal` aborts. */
export async function callExternalHandler(
  url: string,
  request: Request,
  signal: AbortSignal,
): Promise<StartOutcome | CancelOutcome> {
  let answer: Answer;
  try {
    answer = await post(url, request, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof BodyTooLargeError) return lost(error.message, false);
    return lost(causeOf(error), true);
  }
  return request.startOperation ? startOutcome(answer) : cancelOutcome(answer);
}

class BodyTooLargeError extends Error {
  constructor() {
    super('http: response body too large');
    this.name = 'BodyTooLargeError';
  }
}

async function post(url: string, request: Request, signal: AbortSignal): Promise<Answer> {
  const { startOperation, cancelOperation } = request;
  const headers = new Headers();
  if (startOperation) {
    const { header, body } = contentOfPayload(startOperation.payload ?? NULL_PAYLOAD);
    for (const [key, value] of Object.entries(header)) headers.set(`content-${key}`, value);
    headers.set('nexus-request-id', startOperation.requestId ?? '');
    for (const link of startOperation.links ?? []) headers.append('nexus-link', `<${link.url}>; type="${link.type}"`);
    for (const [key, value] of Object.entries(startOperation.callbackHeader ?? {})) {
      headers.set(`nexus-callback-${key}`, value);
    }
    setRequestHeaders(headers, request);
    const target = join(url, startOperation.service, startOperation.operation);
    if (startOperation.callback) target.searchParams.set('callback', startOperation.callback);
    return send(target, headers, body, signal);
  }
  const { service, operation, operationToken } = cancelOperation ?? {};
  headers.set('nexus-operation-token', operationToken ?? '');
  setRequestHeaders(headers, request);
  return send(join(url, service, operation, operationToken, 'cancel'), headers, new Uint8Array(0), signal);
}

function setRequestHeaders(headers: Headers, request: Request): void {
  for (const [key, value] of Object.entries(request.header ?? {})) headers.set(key, value);
}

function join(base: string, ...segments: (string | null | undefined)[]): URL {
  const url = new URL(base);
  url.pathname = [url.pathname.replace(/\/$/, ''), ...segments.map((each) => encodeURIComponent(each ?? ''))].join('/');
  return url;
}

async function send(url: URL, headers: Headers, body: Uint8Array, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', headers, body: Buffer.from(body), signal, redirect: 'error' });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > MAX_BODY_BYTES) throw new BodyTooLargeError();
    chunks.push(chunk as Uint8Array);
  }
  const { status, statusText } = response;
  return { status, statusText, headers: response.headers, body: Buffer.concat(chunks) };
}

function startOutcome(answer: Answer): StartOutcome {
  const links = linksFromNexus(linkHeaders(answer.headers));
  if (answer.status === 200) {
    const result = payloadOfContent({ header: contentHeaders(answer.headers), body: answer.body });
    return { type: 'completed', completion: { type: 'succeeded', result }, links };
  }
  if (answer.status === 201) {
    const info = readJson(answer) as { token?: unknown; id?: unknown; state?: unknown } | undefined;
    const token = info?.token || info?.id;
    if (!info || info.state !== 'running' || typeof token !== 'string') {
      return lost(`invalid operation state in response info: ${JSON.stringify(info?.state ?? '')}`, true);
    }
    return { type: 'started', token, links };
  }
  if (answer.status === OPERATION_FAILED) {
    const state = answer.headers.get('nexus-operation-state');
    if (state !== 'failed' && state !== 'canceled') {
      return lost(`invalid operation state header: ${JSON.stringify(state ?? '')}`, true);
    }
    const failure = readFailure(answer);
    if (!failure) return lost(`invalid response content type: "${answer.headers.get('content-type') ?? ''}"`, true);
    return {
      type: 'completed',
      completion: { type: state, failure: failureFromOperationError(state, failure) },
      links,
    };
  }
  return errorOutcome(answer);
}

const cancelOutcome = (answer: Answer): CancelOutcome =>
  answer.status === 202 ? { type: 'accepted' } : errorOutcome(answer);

function errorOutcome(answer: Answer): StartOutcome & CancelOutcome {
  const failure = readFailure(answer);
  const known = ERROR_BY_STATUS[answer.status];
  if (!known) {
    const said = failure?.message ? `: ${failure.message}` : '';
    return lost(`unexpected response status: "${answer.status} ${answer.statusText}"${said}`, true);
  }
  const retryable = answer.headers.get('nexus-request-retryable')?.toLowerCase();
  const retryBehavior = retryable === 'true' ? RETRYABLE : retryable === 'false' ? NON_RETRYABLE : 0;
  return { type: 'refused', error: { type: known[0], retryBehavior, cause: failure ?? known[1] } };
}

const lost = (message: string, isRetryable: boolean): StartOutcome & CancelOutcome => ({
  type: 'lost',
  error: { message, isRetryable },
});

function readJson({ headers, body }: Answer): unknown {
  if (!/^application\/json\b/i.test(headers.get('content-type') ?? '')) return undefined;
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

function readFailure(answer: Answer): NexusFailure | undefined {
  const json = readJson(answer) as { message?: unknown; metadata?: unknown; details?: unknown } | undefined;
  if (!json || typeof json !== 'object') return undefined;
  const metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(json.metadata ?? {})) metadata[key] = String(value);
  return {
    message: typeof json.message === 'string' ? json.message : '',
    metadata,
    details: json.details === undefined ? new Uint8Array(0) : Buffer.from(JSON.stringify(json.details)),
  };
}

function contentHeaders(headers: Headers): Record<string, string> {
  const content: Record<string, string> = {};
  for (const [key, value] of headers) if (key.startsWith('content-')) content[key.slice('content-'.length)] = value;
  return content;
}

function linkHeaders(headers: Headers): temporal.api.nexus.v1.ILink[] {
  const found: temporal.api.nexus.v1.ILink[] = [];
  for (const [, url, type] of (headers.get('nexus-link') ?? '').matchAll(/<([^>]*)>\s*;\s*type="([^"]*)"/g)) {
    found.push({ url: url ?? '', type: type ?? '' });
  }
  return found;
}

/** Why there was no answer: fetch says it in the cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
