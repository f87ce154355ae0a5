/**
 * From what an MCP server says to one VishkarError per meaning. The servers pass Jira's own words on as prose, so this is
 * the only place that reads prose; the patterns are those that mcp-atlassian, Atlassian's server and Jira itself use.
 */
import {
  OAuthClientFlowError,
  OAuthError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { VishkarError } from '../../errors.js';

interface Meaning {
  readonly code: string;
  readonly pattern: RegExp;
  readonly retryable?: boolean;
  readonly hint: string;
}

/**
 * mcp-atlassian passes on Jira's words without the HTTP status, so what nobody knows may be a fault that passes: it is tried
 * again, within the limits of the activity. First match wins: "does not exist or you do not have permission" is
 * Jira's way to say not found.
 */
const MEANINGS: readonly Meaning[] = [
  {
    code: 'TRACKER_RATE_LIMITED',
    pattern: /\b429\b|rate limit|too many requests/i,
    retryable: true,
    hint: 'It is tried again by itself, later.',
  },
  {
    code: 'TRACKER_TOOL_MISSING',
    pattern: /unknown tool|tool \S+ not found/i,
    hint: 'The server changed under the connection; see "Tools" in docs/jira.md.',
  },
  {
    code: 'TRACKER_TOOL_CHANGED',
    pattern:
      /input validation error|validation errors? for call|unexpected keyword argument|missing required argument/i,
    hint: 'Use a version of the server that docs/jira.md names.',
  },
  {
    code: 'STORY_NOT_FOUND',
    pattern: /issue \S+ not found|issue does not exist|no issue found|\b404\b|issue with key \S+ does not exist/i,
    hint: 'Look whether it was deleted or moved to another project, and whether the account of the token may see it.',
  },
  {
    code: 'TRACKER_PAGE_NOT_FOUND',
    pattern: /no content with the given id|page not found|no content found/i,
    hint: 'Check the id of the page, and whether the account of the token may see it.',
  },
  {
    code: 'TRACKER_UNAUTHORIZED',
    pattern:
      /\b40[13]\b|unauthori[sz]ed|authentication failed|forbidden|permission|not authori[sz]ed|invalid user jira token|scope/i,
    hint: 'Make a new token, or give its account the right; "vishkar doctor" tries it.',
  },
  {
    code: 'TRACKER_UNREACHABLE',
    pattern: /could not connect|connection (?:refused|reset|aborted|error)|remote end closed|max retries exceeded/i,
    retryable: true,
    hint: 'It is tried again by itself; look whether Jira is up and its address is right.',
  },
  {
    code: 'TRACKER_TIMEOUT',
    pattern: /timed? ?out/i,
    retryable: true,
    hint: 'It is tried again by itself.',
  },
  {
    code: 'TRACKER_FAILED',
    pattern: /\b50[0-9]\b|internal server error|bad gateway|service unavailable/i,
    retryable: true,
    hint: 'It is tried again by itself; Jira itself has a fault.',
  },
  {
    code: 'TRACKER_REFUSED',
    pattern:
      /\b4\d\d\b|cannot be set|can't be set|is required|\bfield\b|\bjql\b|invalid|not valid|read-only mode|does not exist|failed to parse|unknown/i,
    hint: 'Read what Jira says; docs/jira.md has the usual causes.',
  },
];

/** The error that a tool reported as its result; `text` holds no secrets any more. */
export function toolFailure(tool: string, text: string): VishkarError {
  // A bare 404 says only that something is not there: what, the tool tells.
  const isOfPage = /page/i.test(tool) && /\b404\b/.test(text);
  const meaning = isOfPage
    ? MEANINGS.find(({ code }) => code === 'TRACKER_PAGE_NOT_FOUND')
    : MEANINGS.find(({ pattern }) => pattern.test(text));
  const message = `Jira refused ${tool}: ${shorten(text)}`;
  if (meaning !== undefined)
    return new VishkarError(meaning.code, message, { hint: meaning.hint, retryable: meaning.retryable ?? false });
  return new VishkarError('TRACKER_FAILED', message, {
    hint: 'It is tried again by itself; if it stays so, read what Jira says (docs/jira.md has the usual causes).',
    retryable: true,
  });
}

/** A result that is not what the dialect expects. */
export function unreadableAnswer(tool: string, reason: string, cause?: unknown): VishkarError {
  return new VishkarError('TRACKER_ANSWER_UNREADABLE', `The answer of ${tool} can't be read: ${shorten(reason)}`, {
    hint: 'If it stays so, use a version of the server that docs/jira.md names.',
    retryable: true,
    cause,
  });
}

/**
 * What went wrong on the way to the server or in its protocol; `clean` takes secrets out of a text. A 404 on an open
 * connection is how a server says that it forgot the session.
 */
export function connectionFailure(
  server: string,
  error: unknown,
  clean: (text: string) => string,
  isOpen = false,
): VishkarError {
  if (error instanceof VishkarError) return error;
  const reason = clean(error instanceof Error ? error.message : String(error));
  const status = error instanceof SdkHttpError ? error.status : undefined;
  const about = (code: string, what: string, hint: string, retryable: boolean) =>
    new VishkarError(code, `${server} ${what}: ${shorten(reason)}`, { hint, retryable });
  if (error instanceof OAuthError || error instanceof OAuthClientFlowError)
    return about(
      'TRACKER_UNAUTHORIZED',
      'can not be signed in to',
      'Check client, secret and issuer (docs/jira.md).',
      false,
    );
  if (error instanceof UnauthorizedError || status === 401 || status === 403)
    return about('TRACKER_UNAUTHORIZED', 'does not accept the token', 'Make a new token; see docs/jira.md.', false);
  if (status === 429) return about('TRACKER_RATE_LIMITED', 'asks to wait', 'It is tried again by itself, later.', true);
  if (status === 404 && !isOpen)
    return about('TRACKER_REFUSED', 'has no MCP server at this address', 'Check "server.url" (docs/jira.md).', false);
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout)
    return about('TRACKER_TIMEOUT', 'did not answer in time', 'It is tried again by itself.', true);
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
    return about(
      'TRACKER_NOT_INSTALLED',
      "can't be started",
      'Install it (pip install mcp-atlassian==0.23.1), or give its full path in "server.command".',
      false,
    );
  return about(
    'TRACKER_UNREACHABLE',
    "can't be reached",
    'It is tried again by itself; "vishkar doctor" shows whether the server starts.',
    true,
  );
}

/** Enough to understand it, and no page of HTML. */
function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 400 ? line : `${line.slice(0, 400)}…`;
}
