import { describe, expect, it } from 'vitest';
import { TestClock } from './test-clock.js';

describe('TestClock', () => {
  it('stands still until it is moved', () => {
    const clock = new TestClock(1_000);
    expect(clock.nowMs()).toBe(1_000);
    expect(clock.nowMs()).toBe(1_000);
  });

  it('fires wakes in order of time, ties in order of arming, each at its own instant', () => {
    const clock = new TestClock(0);
    const seen: string[] = [];
    clock.wakeAt(30, () => seen.push(`c@${clock.nowMs()}`));
    clock.wakeAt(10, () => seen.push(`a@${clock.nowMs()}`));
    clock.wakeAt(10, () => seen.push(`b@${clock.nowMs()}`));
    clock.advanceBy(20);
    expect(seen).toEqual(['a@10', 'b@10']);
    clock.advanceBy(20);
    expect(seen).toEqual(['a@10', 'b@10', 'c@30']);
    expect(clock.nowMs()).toBe(40);
  });

  it('fires what an earlier wake arms within the same move', () => {
    const clock = new TestClock(0);
    const seen: number[] = [];
    clock.wakeAt(10, () => clock.wakeAt(15, () => seen.push(clock.nowMs())));
    clock.advanceTo(100);
    expect(seen).toEqual([15]);
  });

  it('never fires a cancelled wake, and says when the next one is due', () => {
    const clock = new TestClock(0);
    const seen: string[] = [];
    const first = clock.wakeAt(5, () => seen.push('first'));
    clock.wakeAt(7, () => seen.push('second'));
    first.cancel();
    first.cancel();
    expect(clock.nextWakeMs()).toBe(7);
    clock.advanceTo(10);
    expect(seen).toEqual(['second']);
    expect(clock.nextWakeMs()).toBeUndefined();
  });

  it('keeps heap order over many timers', () => {
    const clock = new TestClock(0);
    const seen: number[] = [];
    for (let n = 0; n < 500; n++) clock.wakeAt((n * 7919) % 503, () => seen.push(clock.nowMs()));
    clock.advanceTo(1_000);
    expect(seen).toHaveLength(500);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});
