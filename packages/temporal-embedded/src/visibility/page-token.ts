/** Where the next page of a list begins, as the client carries it: the last run of the page before. */
import { InvalidArgumentError } from '../errors.js';
import type { VisibilityCursor } from '../persistence/store.js';

/** Short names, since every page carries one. */
interface EncodedCursor {
  readonly c?: number;
  readonly s: number;
  readonly k: number;
}

export function encodePageToken({ closeTimeMs, startTimeMs, runKey }: VisibilityCursor): Uint8Array {
  const encoded: EncodedCursor = { ...(closeTimeMs !== undefined && { c: closeTimeMs }), s: startTimeMs, k: runKey };
  return Buffer.from(JSON.stringify(encoded), 'utf8');
}

/** Undefined for the first page. Throws `InvalidArgumentError` when the token is not one of ours. */
export function decodePageToken(token: Uint8Array): VisibilityCursor | undefined {
  if (token.length === 0) return undefined;
  const { c, s, k } = parseToken(token);
  if (typeof s !== 'number' || typeof k !== 'number' || (c !== undefined && typeof c !== 'number')) {
    throw new InvalidArgumentError('Invalid NextPageToken.');
  }
  return { startTimeMs: s, runKey: k, ...(c !== undefined && { closeTimeMs: c }) };
}

function parseToken(token: Uint8Array): Partial<EncodedCursor> {
  try {
    return (JSON.parse(Buffer.from(token).toString('utf8')) ?? {}) as Partial<EncodedCursor>;
  } catch {
    throw new InvalidArgumentError('Invalid NextPageToken.');
  }
}
