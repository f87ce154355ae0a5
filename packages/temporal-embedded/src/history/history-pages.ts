/**
 * Pages of a run's history as bytes, and the tokens between them. Nothing here decodes an event: a page is cut out
 * of stored batches by reading tags and lengths.
 */
import { InvalidArgumentError } from '../errors.js';
import type { EventBatch } from '../persistence/store.js';
import { sliceEventBatch } from './event-batch.js';
import type { HistoryEngine } from './history-engine.js';
import { limits } from './limits.js';
import type { RunContext } from './run-context.js';
import { stateCodec } from './state-schema.js';

export interface HistoryPageToken {
  runKey: number;
  runId: string;
  nextEventId: number;
  /** Last event of what is being paged through; 0: up to the end, and wait for more. */
  endEventId: number;
  /** Events to be added to the last page, as `History.events` records. */
  transientSuffix: Uint8Array;
  isRunning: boolean;
}

const tokenCodec = stateCodec<HistoryPageToken>('HistoryPageToken');

export const encodePageToken = (token: HistoryPageToken): Uint8Array => tokenCodec.encode(token);

/** Throws InvalidArgumentError for what is not a token of this service. */
export function decodePageToken(bytes: Uint8Array): HistoryPageToken {
  try {
    return tokenCodec.decode(bytes);
  } catch {
    throw new InvalidArgumentError('Invalid NextPageToken.');
  }
}

export interface HistoryPage {
  /** `History.events` records. */
  readonly parts: readonly Uint8Array[];
  /** The event after the last one of the page. */
  readonly nextEventId: number;
}

/** Whole batches (cut at both ends of the range) until the page is full. */
export function readHistoryPage(
  engine: HistoryEngine,
  context: RunContext,
  fromEventId: number,
  toEventId: number,
  maximumEvents: number = limits.historyPageEvents,
): HistoryPage {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  let events = 0;
  let nextEventId = fromEventId;
  while (nextEventId <= toEventId) {
    const batches = engine.readEvents(context, nextEventId, toEventId, limits.historyPageBytes - bytes);
    if (batches.length === 0) break;
    for (const batch of batches) {
      if (batch.lastEventId < nextEventId) continue;
      if (batch.firstEventId > toEventId) return { parts, nextEventId };
      const last = Math.min(batch.lastEventId, toEventId);
      const part = sliceEventBatch(batch, nextEventId, last);
      parts.push(part);
      bytes += part.length;
      events += last - nextEventId + 1;
      nextEventId = last + 1;
      if (bytes >= limits.historyPageBytes || events >= maximumEvents) return { parts, nextEventId };
    }
  }
  return { parts, nextEventId };
}

/** The same from the end: single events, newest first. */
export function readHistoryPageReverse(
  engine: HistoryEngine,
  context: RunContext,
  fromEventId: number,
  maximumEvents: number,
  split: (batch: EventBatch) => readonly Uint8Array[],
): HistoryPage {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  let nextEventId = fromEventId;
  while (nextEventId >= 1) {
    const batches = engine.readEventsReverse(context, nextEventId, limits.historyPageBytes - bytes);
    if (batches.length === 0) break;
    for (const batch of batches) {
      const records = split(batch);
      for (let index = Math.min(nextEventId, batch.lastEventId) - batch.firstEventId; index >= 0; index--) {
        const record = records[index];
        if (!record) continue;
        parts.push(record);
        bytes += record.length;
        nextEventId = batch.firstEventId + index - 1;
        if (bytes >= limits.historyPageBytes || parts.length >= maximumEvents) return { parts, nextEventId };
      }
    }
  }
  return { parts, nextEventId };
}
