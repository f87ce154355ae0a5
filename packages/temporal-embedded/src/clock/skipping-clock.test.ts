import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { NotLockedError, SkippingClock } from './skipping-clock.js';
import { TestClock } from './test-clock.js';

const WEEK_MS = 7 * 24 * 3600 * 1000;

function setUp(locks = 0) {
  const wallClock = new TestClock(0);
  const clock = new SkippingClock({ locks, wallClock });
  const seen: string[] = [];
  const note = (name: string) => () => seen.push(`${name}@${clock.nowMs()}`);
  return { wallClock, clock, seen, note };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTurn();
}

describe('SkippingClock', () => {
  it('jumps over an idle wait', async () => {
    const { clock, seen, note } = setUp();
    clock.wakeAt(WEEK_MS, note('timer'));
    expect(seen).toEqual([]);
    await settle();
    expect(seen).toEqual([`timer@${WEEK_MS}`]);
  });

  it('flows with the wall clock while nothing waits', async () => {
    const { clock, wallClock } = setUp();
    wallClock.advanceBy(250);
    await settle();
    expect(clock.nowMs()).toBe(250);
  });

  it('flows with the wall clock while locked, and keeps what it has skipped', async () => {
    const { clock, wallClock, seen, note } = setUp(1);
    clock.wakeAt(1_000, note('first'));
    clock.wakeAt(5_000, note('second'));
    await settle();
    wallClock.advanceBy(999);
    expect(seen).toEqual([]);
    wallClock.advanceBy(1);
    expect(seen).toEqual(['first@1000']);
    clock.unlock();
    await settle();
    expect(seen).toEqual(['first@1000', 'second@5000']);
    clock.lock();
    wallClock.advanceBy(10);
    expect(clock.nowMs()).toBe(5_010);
  });

  it('counts locks, and refuses to release one that is not held', async () => {
    const { clock, seen, note } = setUp(1);
    clock.lock();
    clock.wakeAt(10, note('timer'));
    clock.unlock();
    await settle();
    expect(seen).toEqual([]);
    clock.unlock();
    await settle();
    expect(seen).toEqual(['timer@10']);
    expect(() => clock.unlock()).toThrow(NotLockedError);
  });

  it('does not skip while a task is in progress', async () => {
    const { clock, wallClock, seen, note } = setUp();
    clock.setTasksInProgress(1, 2);
    clock.setTasksInProgress(2, 1);
    clock.wakeAt(100, note('timer'));
    clock.setTasksInProgress(1, 0);
    await settle();
    wallClock.advanceBy(99);
    expect(seen).toEqual([]);
    clock.setTasksInProgress(2, 0);
    await settle();
    expect(seen).toEqual(['timer@100']);
  });

  it('skips while the only task in progress has given up its lock', async () => {
    const { clock, seen, note } = setUp();
    clock.setTasksInProgress(1, 1);
    clock.wakeAt(100, note('timer'));
    clock.unlock();
    await settle();
    expect(seen).toEqual(['timer@100']);
    clock.lock();
    clock.setTasksInProgress(1, 0);
    expect(() => clock.unlock()).toThrow(NotLockedError);
  });

  it('stops at the instant of a wake that brings a task', async () => {
    const { clock, seen, note } = setUp();
    clock.wakeAt(100, () => {
      note('timer')();
      clock.setTasksInProgress(1, 1);
    });
    clock.wakeAt(200, note('later'));
    await settle();
    expect(seen).toEqual(['timer@100']);
    expect(clock.nowMs()).toBe(100);
  });

  it('never fires a cancelled wake, nor jumps to it', async () => {
    const { clock, seen, note } = setUp();
    clock.wakeAt(100, note('timer')).cancel();
    await settle();
    expect(seen).toEqual([]);
    expect(clock.nowMs()).toBe(0);
  });

  it('fires nothing after it is closed', async () => {
    const { clock, seen, note } = setUp();
    clock.wakeAt(100, note('timer'));
    clock.close();
    await settle();
    expect(seen).toEqual([]);
  });
});
