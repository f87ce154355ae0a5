/**
 * A search attribute's payload as a value: the boundary between what clients encode (JSON, with metadata) and what
 * lists are filtered by. A scalar may come as a list of one; null and an empty list take the attribute away.
 */
import { SEARCH_ATTRIBUTE_TYPES } from '../namespaces/search-attribute-type.js';
import type { SearchAttributeValue } from '../persistence/store.js';
import type { temporal } from '../proto/root.js';
import { parseEpochNanoseconds } from './epoch-nanoseconds.js';
import { textWords } from './text-words.js';

type Payload = temporal.api.common.v1.IPayload;

/** A payload that is no value of the type asked for; `shown` is what the client sent, as the service words it. */
export class UnfitValueError extends Error {
  constructor(readonly shown: string) {
    super(`unfit value ${shown}`);
    this.name = new.target.name;
  }
}

const MAX_INT64 = 9_223_372_036_854_775_807n;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Undefined: the attribute is taken away. Throws `UnfitValueError`. */
export function decodeSearchAttribute(payload: Payload, type: number): SearchAttributeValue | undefined {
  const json = payloadJson(payload);
  if (json === undefined) return undefined;
  const value = parse(json, payload);
  if (value === null || (Array.isArray(value) && value.length === 0)) return undefined;
  const decoded = decodeTyped(value, json, type);
  if (decoded === undefined) throw new UnfitValueError(showAsGo(value));
  return decoded;
}

/** The text of a JSON payload; undefined for an explicit null. */
function payloadJson(payload: Payload): string | undefined {
  const encoding = metadataText(payload, 'encoding');
  if (encoding === 'binary/null') return undefined;
  const data = payload.data ?? new Uint8Array(0);
  if (encoding === 'binary/plain') throw new UnfitValueError(`[${[...data].join(' ')}]`);
  if (encoding !== 'json/plain') throw new UnfitValueError(showPayload(payload));
  try {
    return decoder.decode(data);
  } catch {
    throw new UnfitValueError(showPayload(payload));
  }
}

function parse(json: string, payload: Payload): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new UnfitValueError(showPayload(payload));
  }
}

function decodeTyped(value: unknown, json: string, type: number): SearchAttributeValue | undefined {
  if (type === SEARCH_ATTRIBUTE_TYPES.KeywordList) {
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  }
  if (!Array.isArray(value)) return decodeScalar(value, json, type);
  return value.length === 1 ? decodeScalar(value[0], json.trim().slice(1, -1), type) : undefined;
}

function decodeScalar(value: unknown, json: string, type: number): SearchAttributeValue | undefined {
  switch (type) {
    case SEARCH_ATTRIBUTE_TYPES.Keyword:
      return typeof value === 'string' ? value : undefined;
    case SEARCH_ATTRIBUTE_TYPES.Text:
      return typeof value === 'string' ? wordsOrEmpty(value) : undefined;
    case SEARCH_ATTRIBUTE_TYPES.Bool:
      return typeof value === 'boolean' ? value : undefined;
    case SEARCH_ATTRIBUTE_TYPES.Double:
      return typeof value === 'number' ? value : undefined;
    case SEARCH_ATTRIBUTE_TYPES.Int:
      return typeof value === 'number' ? decodeInt(json) : undefined;
    case SEARCH_ATTRIBUTE_TYPES.Datetime:
      return typeof value === 'string' ? parseEpochNanoseconds(value) : undefined;
    default:
      return undefined;
  }
}

/** A text without any word is still there: it keeps one word that no filter can ask for. */
function wordsOrEmpty(text: string): readonly string[] {
  const words = textWords(text);
  return words.length > 0 ? words : [''];
}

/** From the text, since a JSON number loses digits beyond 2^53. */
function decodeInt(json: string): bigint | undefined {
  const text = json.trim();
  if (!/^-?\d+$/.test(text)) return undefined;
  const value = BigInt(text);
  return value > MAX_INT64 || value < -MAX_INT64 - 1n ? undefined : value;
}

function metadataText(payload: Payload, key: string): string | undefined {
  const value = payload.metadata?.[key];
  return value === undefined ? undefined : new TextDecoder().decode(value);
}

/** A decoded JSON value as the official service, which is written in Go, prints it in its errors. */
function showAsGo(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(showAsGo).join(' ')}]`;
  if (typeof value === 'number') return showNumberAsGo(value);
  if (value === null) return '<nil>';
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${showAsGo(item)}`).join(' ')}]`;
}

function showNumberAsGo(value: number): string {
  const [mantissa = '0', exponent = '+0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 21 && (power < 6 || mantissa.replace(/[-.]/g, '').length > power)) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function showPayload(payload: Payload): string {
  const metadata = Object.keys(payload.metadata ?? {})
    .sort()
    .map((key) => `metadata:{key:${JSON.stringify(key)} value:${JSON.stringify(metadataText(payload, key))}}`);
  const data = payload.data?.length ? [`data:${JSON.stringify(new TextDecoder().decode(payload.data))}`] : [];
  return `value from <${[...metadata, ...data].join(' ')}>`;
}
