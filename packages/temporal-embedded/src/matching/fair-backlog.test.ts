import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairBacklog } from './fair-backlog.js';
import type { Waiting } from './fair-backlog.js';

interface Task extends Waiting {
  readonly n: number;
}

const drain = (backlog: FairBacklog<Task>): Task[] => {
  const left: Task[] = [];
  for (let task = backlog.shift(); task; task = backlog.shift()) left.push(task);
  return left;
};

const keys = (tasks: readonly Task[]): string => tasks.map(({ fairnessKey }) => fairnessKey).join('');

test('keys take turns, however many tasks one of them has', () => {
  const backlog = new FairBacklog<Task>();
  for (let n = 0; n < 6; n++) backlog.add({ n, priority: 3, fairnessKey: 'a' }, 0);
  for (let n = 0; n < 2; n++) backlog.add({ n, priority: 3, fairnessKey: 'b' }, 0);
  expect(keys(drain(backlog))).toBe('ababaaaa');
});

test('a key of twice the weight has twice as many turns', () => {
  const backlog = new FairBacklog<Task>();
  for (let n = 0; n < 4; n++) backlog.add({ n, priority: 3, fairnessKey: 'a', fairnessWeight: 1 }, 0);
  for (let n = 0; n < 8; n++) backlog.add({ n, priority: 3, fairnessKey: 'b', fairnessWeight: 2 }, 0);
  const first = keys(drain(backlog)).slice(0, 6);
  expect([...first].filter((key) => key === 'b')).toHaveLength(4);
});

test('a key that comes late gets its turn next, and nothing for the time before', () => {
  const backlog = new FairBacklog<Task>();
  for (let n = 0; n < 8; n++) backlog.add({ n, priority: 3, fairnessKey: 'a' }, 0);
  for (let n = 0; n < 4; n++) backlog.shift();
  for (let n = 0; n < 3; n++) backlog.add({ n, priority: 3, fairnessKey: 'b' }, 0);
  expect(keys(drain(backlog))).toBe('abababa');
});

test('priorities come before turns, and tasks of one key keep their order', () => {
  const task = fc.record({ priority: fc.integer({ min: 1, max: 5 }), fairnessKey: fc.constantFrom('', 'a', 'b') });
  fc.assert(
    fc.property(fc.array(task, { maxLength: 50 }), (tasks) => {
      const backlog = new FairBacklog<Task>();
      tasks.forEach((each, n) => backlog.add({ ...each, n }, n));
      const left = drain(backlog);
      expect(left.map(({ n }) => n).sort((a, b) => a - b)).toEqual(tasks.map((_, n) => n));
      left.forEach((each, index) => {
        const next = left[index + 1];
        if (next) expect(next.priority).toBeGreaterThanOrEqual(each.priority);
        const later = left.slice(index + 1);
        const same = later.filter((o) => o.priority === each.priority && o.fairnessKey === each.fairnessKey);
        for (const other of same) expect(other.n).toBeGreaterThan(each.n);
      });
    }),
  );
});
