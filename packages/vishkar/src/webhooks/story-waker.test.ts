import { waitUntil } from '@vishkar/testkit';
import { expect, it, onTestFinished } from 'vitest';
import type { StoryPlace } from '../domain/outside-change.js';
import { StoryWaker } from './story-waker.js';

const change = (what: string, pullRequest: number) => ({
  ...{ what, branches: [], pullRequests: [pullRequest], keys: [] },
});
const place = (key: string, pullRequest: number | undefined): StoryPlace => ({ key, branch: undefined, pullRequest });

function waker(options: Partial<ConstructorParameters<typeof StoryWaker>[0]> = {}) {
  const woken: (readonly [string, string])[] = [];
  const problems: unknown[] = [];
  const made = new StoryWaker({
    places: () => Promise.resolve([place('A', 1), place('B', 2), place('C', undefined)]),
    wake: (key, what) => Promise.resolve(woken.push([key, what])),
    onProblem: (problem) => problems.push(problem),
    gatherMs: 5,
    spacingMs: 60_000,
    ...options,
  });
  onTestFinished(() => made.close());
  return { made, woken, problems };
}

it('wakes each story that a burst of changes concerns once, and no other', async () => {
  const { made, woken } = waker();
  for (const what of ['push', 'check_run completed', 'check_run completed']) made.add(change(what, 1));
  made.add(change('push', 2));
  made.add(change('push', 3));
  await waitUntil(() => woken.length === 2, { what: 'two wakes' });
  expect(woken).toEqual([
    ['A', 'push, check_run completed'],
    ['B', 'push'],
  ]);
});

it('wakes a story again only after a while, and loses no change until then', async () => {
  const { made, woken } = waker({ spacingMs: 100 });
  made.add(change('one', 1));
  await waitUntil(() => woken.length === 1, { what: 'a wake' });
  const at = performance.now();
  made.add(change('two', 1));
  await waitUntil(() => woken.length === 2, { what: 'another' });
  expect(performance.now() - at).toBeGreaterThan(50);
  expect(woken[1]).toEqual(['A', 'two']);
});

it('tells what went wrong and goes on', async () => {
  let isAway = true;
  const { made, woken, problems } = waker({
    places: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve([place('A', 1)])),
  });
  made.add(change('one', 1));
  await waitUntil(() => problems.length === 1, { what: 'a problem' });
  isAway = false;
  made.add(change('two', 1));
  await waitUntil(() => woken.length === 1, { what: 'a wake' });
  expect(woken).toEqual([['A', 'two']]);
});
