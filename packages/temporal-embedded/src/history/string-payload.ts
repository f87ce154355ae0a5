/** A string as the payloads that the service itself writes: one JSON payload, as every SDK's default converter reads it. */
import type { temporal } from '../proto/root.js';

const ENCODING = new TextEncoder().encode('json/plain');

/** A list of keywords as search attributes hold it. */
export function encodeKeywordListPayload(values: readonly string[]): temporal.api.common.v1.IPayload {
  const type = new TextEncoder().encode('KeywordList');
  return { metadata: { encoding: ENCODING, type }, data: new TextEncoder().encode(JSON.stringify(values)) };
}

export function encodeStringPayloads(text: string): temporal.api.common.v1.IPayloads {
  return { payloads: [{ metadata: { encoding: ENCODING }, data: new TextEncoder().encode(JSON.stringify(text)) }] };
}
