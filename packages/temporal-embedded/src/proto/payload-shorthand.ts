/**
 * Payloads written in short: a payload of JSON is the JSON that it holds, so that a person can read and write it.
 * Rules of the official service's HTTP API: short form only for the encodings `json/plain` and `binary/null` without
 * further metadata, and `json/protobuf`, whose message type travels as `_protoMessageType`; a list is short only if all of it is.
 */
import { isJsonObject } from './json-object.js';
import type { JsonObject } from './json-object.js';
type Message = Readonly<Record<string, unknown>>;

const MESSAGE_TYPE_KEY = '_protoMessageType';
const NULL_ENCODING = 'binary/null';
/** Null in short would read as "not set" in an object, so it stays long there, as it does at the official service. */
const LONG_NULL = { metadata: { encoding: Buffer.from(NULL_ENCODING).toString('base64') } };

/** The payload in short; undefined when it has to be written in full. */
export function writeShortPayload(message: Message): { readonly json: unknown } | undefined {
  const metadata = metadataOf(message);
  const encoding = metadata.get('encoding');
  if (encoding === NULL_ENCODING && metadata.size === 1) return { json: LONG_NULL };
  const messageType = metadata.get('messageType');
  const isPlain = encoding === 'json/plain' && metadata.size === 1;
  const isProtobuf = encoding === 'json/protobuf' && messageType !== undefined && metadata.size === 2;
  if (!isPlain && !isProtobuf) return undefined;
  const json = parseOrUndefined(Buffer.from((message['data'] as Uint8Array | undefined) ?? []).toString('utf8'));
  if (json === undefined) return undefined;
  if (isPlain) return { json };
  return isJsonObject(json) ? { json: { ...json, [MESSAGE_TYPE_KEY]: messageType } } : undefined;
}

export function writeShortPayloads(message: Message): { readonly json: unknown } | undefined {
  const short = ((message['payloads'] ?? []) as readonly Message[]).map(writeShortPayload);
  return short.includes(undefined) ? undefined : { json: short.map((payload) => payload?.json) };
}

/** Anything that is not a payload in full is taken for one in short. */
export function readShortPayload(json: unknown): JsonObject {
  if (json === null) return payload(NULL_ENCODING, undefined);
  const full = fullPayload(json);
  if (full !== undefined) return full;
  if (!isJsonObject(json) || typeof json[MESSAGE_TYPE_KEY] !== 'string') return payload('json/plain', json);
  const { [MESSAGE_TYPE_KEY]: messageType, ...fields } = json;
  const { metadata, ...rest } = payload('json/protobuf', fields);
  return { ...rest, metadata: { ...(metadata as object), messageType: Buffer.from(messageType) } };
}

/** Undefined when the list is not in short. */
export function readShortPayloads(json: unknown): JsonObject | undefined {
  return Array.isArray(json) ? { payloads: json.map(readShortPayload) } : undefined;
}

/** `{metadata: {encoding, ...}, data}` with base64 throughout, or undefined: then it is somebody's own JSON. */
function fullPayload(json: unknown): JsonObject | undefined {
  if (!isJsonObject(json)) return undefined;
  const { metadata, data, ...others } = json;
  if (!isJsonObject(metadata) || metadata['encoding'] === undefined || Object.keys(others).length > 0) return undefined;
  const isNull = metadata['encoding'] === LONG_NULL.metadata.encoding;
  if (data === undefined ? !isNull : !isBase64(data)) return undefined;
  const entries = Object.entries(metadata);
  if (!entries.every(([, value]) => isBase64(value))) return undefined;
  return {
    metadata: Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value as string, 'base64')])),
    ...(data !== undefined && { data: Buffer.from(data as string, 'base64') }),
  };
}

const payload = (encoding: string, json: unknown): JsonObject => ({
  metadata: { encoding: Buffer.from(encoding) },
  ...(json !== undefined && { data: Buffer.from(JSON.stringify(json)) }),
});

const metadataOf = (message: Message): ReadonlyMap<string, string> =>
  new Map(
    Object.entries((message['metadata'] ?? {}) as Record<string, Uint8Array>).map(([key, value]) => [
      key,
      Buffer.from(value).toString('utf8'),
    ]),
  );

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Data that says it is JSON and is not: shown in full.
    return undefined;
  }
}

const isBase64 = (value: unknown): boolean => typeof value === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value);
