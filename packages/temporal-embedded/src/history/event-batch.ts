/**
 * Batches of encoded events: made once when events are added, cut and joined ever after without being decoded.
 * A batch is a concatenation of `History.events` field records: tag 0x0A, length varint, event bytes, and an
 * event's own first field is its id, so cutting needs no more than reading tags and lengths.
 */
import protobuf from 'protobufjs';
import type { EventBatch, RunKey } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** Tag of `History.events` (field 1, length-delimited). */
const EVENTS_TAG = 0x0a;

/** Encodes consecutive events as one batch. */
export function encodeEventBatch(runKey: RunKey, events: readonly HistoryEvent[]): EventBatch {
  const writer = protobuf.Writer.create();
  const { HistoryEvent } = temporalProto.api.history.v1;
  for (const event of events) {
    writer.uint32(EVENTS_TAG).fork();
    HistoryEvent.encode(event, writer);
    writer.ldelim();
  }
  const first = events[0];
  if (!first) throw new Error('An event batch holds at least one event.');
  const firstEventId = Number(first.eventId);
  return { runKey, firstEventId, lastEventId: firstEventId + events.length - 1, bytes: writer.finish() };
}

/** True when the records of a batch fill its bytes and are as many as its ids say; what is in an event is not looked at. */
export function isWholeBatch({ firstEventId, lastEventId, bytes }: EventBatch): boolean {
  const reader = protobuf.Reader.create(bytes);
  let records = 0;
  try {
    for (; reader.pos < reader.len; records++) {
      if (reader.uint32() !== EVENTS_TAG) return false;
      reader.skip(reader.uint32());
    }
  } catch {
    return false;
  }
  return records === lastEventId - firstEventId + 1;
}

/** The part of a batch between two event ids, both inclusive; the batch's own bytes when nothing is cut. */
export function sliceEventBatch(batch: EventBatch, fromEventId: number, toEventId: number): Uint8Array {
  if (fromEventId <= batch.firstEventId && toEventId >= batch.lastEventId) return batch.bytes;
  let start = batch.bytes.length;
  let end = batch.bytes.length;
  let eventId = batch.firstEventId;
  const reader = protobuf.Reader.create(batch.bytes);
  while (reader.pos < reader.len) {
    const at = reader.pos;
    if (eventId === fromEventId || (eventId === batch.firstEventId && fromEventId < eventId)) start = at;
    if (eventId === toEventId + 1) {
      end = at;
      break;
    }
    reader.uint32();
    reader.skip(reader.uint32());
    eventId++;
  }
  return batch.bytes.subarray(Math.min(start, end), end);
}

/** The records of a batch as single events' bytes, each still with its tag and length. */
export function splitEventRecords(batch: EventBatch): Uint8Array[] {
  const records: Uint8Array[] = [];
  const reader = protobuf.Reader.create(batch.bytes);
  while (reader.pos < reader.len) {
    const at = reader.pos;
    reader.uint32();
    reader.skip(reader.uint32());
    records.push(batch.bytes.subarray(at, reader.pos));
  }
  return records;
}

/** Decodes the events of a batch from one on. */
export function decodeEvents(batch: EventBatch, fromEventId = batch.firstEventId): HistoryEvent[] {
  const bytes = sliceEventBatch(batch, fromEventId, batch.lastEventId);
  return temporalProto.api.history.v1.History.decode(bytes).events as HistoryEvent[];
}

/** Decodes one event of a batch. */
export function decodeEvent(batch: EventBatch, eventId: number): HistoryEvent | undefined {
  const bytes = sliceEventBatch(batch, eventId, eventId);
  if (bytes.length === 0) return undefined;
  return temporalProto.api.history.v1.History.decode(bytes).events?.[0];
}

/** Wraps record bytes as a length-delimited message field, ready to be appended to an encoded response. */
export function encodeLengthDelimited(fieldNumber: number, parts: readonly Uint8Array[]): Uint8Array[] {
  let length = 0;
  for (const part of parts) length += part.length;
  const head = protobuf.Writer.create()
    .uint32((fieldNumber << 3) | 2)
    .uint32(length)
    .finish();
  return [head, ...parts];
}
