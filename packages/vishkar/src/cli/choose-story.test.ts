import { expect, it } from 'vitest';
import { VishkarError } from '../errors.js';
import { chooseStory } from './choose-story.js';

const openTracker = () => {
  throw new VishkarError('TRACKER_UNREACHABLE', 'The tracker does not answer.', { hint: '' });
};
const places = (status: string) => ({
  openTracker,
  client: {
    isOpen: () => Promise.resolve(status === 'running'),
    list: () => Promise.resolve([{ ...ENTRY, status }]),
    status: () => Promise.reject(new Error('is not asked')),
  },
});
const ENTRY = {
  ...{ key: 'DEMO-1', workflowId: 'sdlc-DEMO-1', runId: 'r', step: 'implement', state: 'running' },
  ...{ startedAt: '2026-01-01T00:00:00Z', closedAt: null },
};

it('a story that is under way is attached to, named or not, when its tracker does not answer', async () => {
  const attached = { key: 'DEMO-1', isEnded: false };
  expect(await chooseStory(places('running'), 'DEMO-1', undefined)).toEqual(attached);
  expect(await chooseStory(places('running'), undefined, undefined)).toEqual(attached);
});

it('any other story is asked for in its tracker', async () => {
  await expect(chooseStory(places('failed'), 'DEMO-1', undefined)).rejects.toMatchObject({
    code: 'TRACKER_UNREACHABLE',
  });
});
