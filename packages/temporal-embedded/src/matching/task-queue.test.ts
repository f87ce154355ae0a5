import { expect, test } from 'vitest';
import { TestClock } from '../clock/test-clock.js';
import { QueueLimits } from './queue-limits.js';
import { TaskQueue } from './task-queue.js';

const NONE = { queue: undefined, fairnessKey: undefined };

/** A queue whose tasks say their names, and pollers that note when they get which. */
function limited() {
  const clock = new TestClock(0);
  const limits = new QueueLimits();
  const queue = new TaskQueue<string>(clock, () => limits);
  const got: [string, number][] = [];
  const info = { identity: 'p', requestId: 'r' };
  const add = (name: string, fairnessKey = '', fairnessWeight = 1): void =>
    queue.add({ priority: 3, fairnessKey, fairnessWeight, start: () => name }, clock.nowMs());
  const note = (name: string): void => void got.push([name, clock.nowMs()]);
  const poll = (count: number): void => {
    for (let n = 0; n < count; n++) {
      const ready = queue.take(info, clock.nowMs());
      if (ready === undefined) void queue.wait(info).answer.then((name) => note(name ?? 'nothing'));
      else note(ready);
    }
  };
  /** Lets answers arrive before time goes on. */
  const elapse = async (untilMs: number): Promise<void> => {
    while (clock.nowMs() < untilMs) {
      clock.advanceTo(Math.min(clock.nextWakeMs() ?? untilMs, untilMs));
      await Promise.resolve();
    }
  };
  return { clock, limits, queue, add, poll, elapse, got };
}

test('a second of a rate and the next task leave at once, the rest one by one', async () => {
  const { limits, add, poll, elapse, got } = limited();
  limits.configure({ ...NONE, queue: 2 }, 0);
  for (const name of ['a', 'b', 'c', 'd', 'e']) add(name);
  poll(5);
  await elapse(3000);
  expect(got).toEqual([
    ['a', 0],
    ['b', 0],
    ['c', 0],
    ['d', 500],
    ['e', 1000],
  ]);
});

test('a rate of zero holds everything until it is gone', async () => {
  const { limits, queue, add, poll, elapse, got } = limited();
  limits.configure({ ...NONE, queue: 0 }, 0);
  poll(1);
  add('a');
  await elapse(60_000);
  expect(got).toEqual([]);
  limits.configure(NONE, 60_000);
  queue.dispatch();
  await elapse(60_001);
  expect(got.map(([name]) => name)).toEqual(['a']);
});

test('what waits longer than a higher rate asks for leaves sooner', async () => {
  const { clock, limits, queue, add, poll, elapse, got } = limited();
  limits.configure({ ...NONE, queue: 0.1 }, 0);
  add('a');
  add('b');
  poll(2);
  await elapse(1000);
  expect(got).toEqual([['a', 0]]);
  limits.configure({ ...NONE, queue: 4 }, clock.nowMs());
  queue.dispatch();
  await elapse(2000);
  expect(got[1]).toEqual(['b', 1250]);
});

test('each fairness key has the rate by itself, more of it with more weight', async () => {
  const { limits, add, poll, elapse, got } = limited();
  limits.configure({ ...NONE, fairnessKey: 1 }, 0);
  for (let n = 0; n < 4; n++) add(`a${n}`, 'a');
  for (let n = 0; n < 8; n++) add(`b${n}`, 'b', 2);
  poll(12);
  await elapse(10_000);
  const last = (key: string): number => Math.max(...got.filter(([name]) => name.startsWith(key)).map(([, at]) => at));
  expect(got).toHaveLength(12);
  expect([last('a'), last('b')]).toEqual([2000, 2500]);
});

test("the worker's rate counts where no operator has set one", () => {
  const { limits } = limited();
  expect(limits.noteWorkerRate(5, 0)).toBe(true);
  expect(limits.effective).toEqual({ perSecond: 5, isConfigured: false });
  limits.configure({ ...NONE, queue: 3 }, 0);
  expect(limits.noteWorkerRate(9, 0)).toBe(false);
  expect(limits.effective).toEqual({ perSecond: 3, isConfigured: true });
});
