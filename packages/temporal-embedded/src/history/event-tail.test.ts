import { describe, expect, it } from 'vitest';
import { EventTail } from './event-tail.js';

/** A batch of one event, its bytes a small part of a large buffer, as encoders hand them out. */
const batch = (eventId: number, bytes = 100) => ({
  runKey: 1,
  firstEventId: eventId,
  lastEventId: eventId,
  bytes: new Uint8Array(64 * 1024).fill(eventId).subarray(10, 10 + bytes),
});

const eventIds = (tail: EventTail, from: number) => tail.from(from)?.map(({ firstEventId }) => firstEventId);

describe('the tail of a history', () => {
  it('gives what comes from an event on, and nothing when it does not reach back that far', () => {
    const tail = new EventTail();
    expect(tail.from(1)).toBeUndefined();
    for (const eventId of [5, 6, 7]) tail.append(batch(eventId));
    expect(eventIds(tail, 5)).toEqual([5, 6, 7]);
    expect(eventIds(tail, 7)).toEqual([7]);
    expect(tail.from(4)).toBeUndefined();
  });

  it('forgets the oldest when it grows, but never the newest', () => {
    const tail = new EventTail();
    for (const eventId of [1, 2, 3]) tail.append(batch(eventId, 7_000));
    expect(eventIds(tail, 2)).toEqual([2, 3]);
    tail.append(batch(4, 50_000));
    expect(eventIds(tail, 4)).toEqual([4]);
    expect(tail.from(3)).toBeUndefined();
  });

  it('keeps no more memory than its bytes: not the buffer that they were cut from', () => {
    const tail = new EventTail();
    tail.append(batch(1));
    const [kept] = tail.from(1) ?? [];
    expect(kept?.bytes).toEqual(batch(1).bytes);
    expect(kept?.bytes.buffer.byteLength).toBe(100);
  });
});
