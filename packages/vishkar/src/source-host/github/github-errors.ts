/**
 * From what GitHub answers to one VishkarError per meaning. Guards two rules: waiting for a limit is a durable retry of the
 * activity at the time that GitHub names, never a pause in here; and no request, which carries the token, is kept in an error.
 */
import { VishkarError } from '../../errors.js';
import type { VishkarErrorOptions } from '../../errors.js';

export type Headers = Readonly<Record<string, string | number | undefined>>;

/** What GitHub said no with, for callers that know what it means in their case. */
export class GithubError extends VishkarError {
  constructor(
    code: string,
    message: string,
    options: VishkarErrorOptions,
    /** Of the answer; undefined when none came. */
    readonly status: number | undefined,
    /** GitHub's own words, shortened. */
    readonly words: string,
  ) {
    super(code, message, options);
  }
}

interface Meaning {
  readonly code: string;
  readonly what: string;
  readonly hint: string;
  readonly retryable?: boolean;
}

const MEANINGS = {
  unauthorized: {
    code: 'SOURCE_HOST_UNAUTHORIZED',
    what: 'does not accept the token',
    hint: 'Make a new token (it may have expired), put it where "tokenEnv" says and restart the worker; "vishkar doctor" tries it.',
  },
  forbidden: {
    code: 'SOURCE_HOST_FORBIDDEN',
    what: 'does not allow it',
    hint: 'Give the token the permissions that docs/github.md lists; "vishkar doctor" looks at them.',
  },
  missing: {
    code: 'SOURCE_HOST_NOT_FOUND',
    what: 'does not know it',
    hint: 'Check "owner" and "repo", and whether the token was given access to the repository: what it may not see is answered like this.',
  },
  limited: {
    code: 'SOURCE_HOST_RATE_LIMITED',
    what: 'asks to wait',
    hint: 'It is tried again by itself when the limit is over.',
    retryable: true,
  },
  refused: {
    code: 'SOURCE_HOST_REFUSED',
    what: 'does not take it',
    hint: 'Read what GitHub says; docs/github.md has the usual causes.',
  },
  failed: {
    code: 'SOURCE_HOST_FAILED',
    what: 'has a fault',
    hint: 'It is tried again by itself; see whether GitHub has an incident if it stays so.',
    retryable: true,
  },
  unreachable: {
    code: 'SOURCE_HOST_UNREACHABLE',
    what: "can't be reached",
    hint: 'It is tried again by itself; check the network and "baseUrl" if it stays so.',
    retryable: true,
  },
  late: {
    code: 'SOURCE_HOST_TIMEOUT',
    what: 'did not answer in time',
    hint: 'It is tried again by itself; raise "requestTimeoutMs" if it stays so.',
    retryable: true,
  },
  unreadable: {
    code: 'SOURCE_HOST_ANSWER_UNREADABLE',
    what: "gave an answer that can't be read",
    hint: 'It is tried again by itself; if it stays so, something stands between here and GitHub, or "baseUrl" is not its API.',
    retryable: true,
  },
} as const satisfies Record<string, Meaning>;

export type MeaningName = keyof typeof MEANINGS;

export interface Refusal {
  /** `GET /repos/{owner}/{repo}`, or the name of a GraphQL operation. */
  readonly call: string;
  readonly status: number | undefined;
  readonly headers: Headers;
  readonly words: string;
}

/** The error for one meaning; `words` hold no secret any more. */
export function githubError(
  name: MeaningName,
  refusal: Refusal,
  change: Partial<VishkarErrorOptions> = {},
): GithubError {
  const { code, what, hint, ...meaning }: Meaning = MEANINGS[name];
  const words = shorten(refusal.words);
  const options = { hint, retryable: meaning.retryable ?? false, ...change };
  return new GithubError(code, `GitHub ${what} (${refusal.call}): ${words}`, options, refusal.status, words);
}

/** The error for an answer with a status of 400 or more. `now` is this host's clock, for a server that does not tell the time. */
export function refusalError(refusal: Refusal, now: number): GithubError {
  const { status = 500, headers, words } = refusal;
  if (isRateLimit(status, headers, words))
    return githubError('limited', refusal, { retryAfterMs: waitMs(headers, now) });
  if (status === 401) return githubError('unauthorized', refusal);
  if (status === 403) return githubError('forbidden', refusal, hintOf(headers));
  if (status === 404) return githubError('missing', refusal);
  if (status >= 500 || status === 408) return githubError('failed', refusal);
  return githubError('refused', refusal);
}

/** GraphQL reports what went wrong under status 200. */
export function graphqlError(
  refusal: Refusal,
  errors: readonly { readonly type?: string | undefined; readonly message: string }[],
  now: number,
): GithubError {
  const types = errors.map((error) => error.type ?? '');
  if (types.some((type) => /^RATE_LIMIT/.test(type)) || errors.some((error) => /rate limit/i.test(error.message)))
    return githubError('limited', refusal, { retryAfterMs: waitMs(refusal.headers, now) });
  if (types.includes('NOT_FOUND')) return githubError('missing', { ...refusal, status: 404 });
  if (types.some((type) => type === 'FORBIDDEN' || type === 'INSUFFICIENT_SCOPES'))
    return githubError('forbidden', { ...refusal, status: 403 }, hintOf(refusal.headers));
  if (types.includes('UNPROCESSABLE')) return githubError('refused', { ...refusal, status: 422 });
  // "Something went wrong while executing your query" and the time limit come without a type.
  if (types.every((type) => type === '')) return githubError('failed', refusal);
  return githubError('refused', refusal);
}

/** 429, or 403 with the signs that GitHub documents; a 403 without them is about permissions. */
function isRateLimit(status: number, headers: Headers, words: string): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return (
    headers['retry-after'] !== undefined ||
    String(headers['x-ratelimit-remaining']) === '0' ||
    /rate limit/i.test(words)
  );
}

/** GitHub says: wait a minute at least where a secondary limit comes without a time. */
const DEFAULT_WAIT_MS = 60_000;
/** The primary limit is counted by the hour; whatever else a header says is looked at again then. */
const LONGEST_WAIT_MS = 60 * 60 * 1000;

/** How long to leave GitHub alone: `retry-after` in seconds, or the time at which the primary limit starts anew. */
function waitMs(headers: Headers, now: number): number {
  const retryAfter = Number(headers['retry-after'] ?? Number.NaN);
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  // Both are told by GitHub's clock, which may not be ours.
  const serverNow = Date.parse(String(headers['date'] ?? '')) || now;
  const told = Number.isFinite(retryAfter)
    ? retryAfter * 1000
    : String(headers['x-ratelimit-remaining']) === '0' && Number.isFinite(reset)
      ? reset * 1000 - serverNow
      : DEFAULT_WAIT_MS;
  // A second more: a limit that ends "now" is still on.
  return Math.min(LONGEST_WAIT_MS, Math.max(0, told) + 1000);
}

function hintOf(headers: Headers): Partial<VishkarErrorOptions> {
  const sso = /url=(\S+)/.exec(String(headers['x-github-sso'] ?? ''))?.[1];
  if (sso !== undefined) return { hint: `The organization wants the token authorized for single sign-on: ${sso}` };
  const needed = headers['x-accepted-github-permissions'];
  if (needed !== undefined && needed !== '')
    return { hint: `The token needs one of these permissions: ${String(needed)} (docs/github.md lists them all).` };
  return {};
}

/** Enough to understand it, and no page of HTML. */
function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return 'without a word';
  return line.length <= 400 ? line : `${line.slice(0, 400)}…`;
}
