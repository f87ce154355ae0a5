/**
 * Which story `run` drives. One that is under way is attached to without asking its tracker, which may be away: the story itself waits
 * for it, and so does whoever looks on.
 */
import { createHash } from 'node:crypto';
import type { StoryClient } from '../client/story-client.js';
import { compareByPriority, isReady } from '../domain/story.js';
import type { Story } from '../domain/story.js';
import { VishkarError } from '../errors.js';
import type { IssueTracker } from '../issue-tracker/issue-tracker.js';
import { requireUnfinished } from '../issue-tracker/transition-rules.js';
import { requireKey } from './require-key.js';

export interface ChosenStory {
  readonly key: string;
  /** It was merged before: there is nothing to do but to show its end. */
  readonly isEnded: boolean;
}

export interface StoryPlaces {
  readonly client: Pick<StoryClient, 'isOpen' | 'list' | 'status'>;
  /** Called when the tracker has to be asked. */
  readonly openTracker: () => IssueTracker;
}

/** The named story; a sentence filed as one; the one that is under way; else the highest-priority one that is ready. */
export async function chooseStory(
  { client, openTracker }: StoryPlaces,
  rawKey: string | undefined,
  sentence: string | undefined,
): Promise<ChosenStory> {
  if (rawKey !== undefined) {
    if (sentence !== undefined && sentence !== '')
      throw new VishkarError('USAGE', 'A key and --story exclude each other.', { hint: 'Give one of them.' });
    const key = requireKey(rawKey);
    return (await client.isOpen(key))
      ? { key, isEnded: false }
      : await openOrMerged(client, await openTracker().get(key));
  }
  if (sentence !== undefined) return await openOrMerged(client, await fileStory(openTracker(), sentence));
  const underWay = (await client.list()).filter((story) => story.status === 'running');
  if (underWay[0] !== undefined) return { key: underWay[0].key, isEnded: false };
  const stories = await openTracker().list();
  const isDone = (key: string) => stories.some((story) => story.key === key && story.status === 'done');
  const [top] = stories.filter((story) => isReady(story, isDone)).sort(compareByPriority);
  if (top !== undefined) return { key: top.key, isEnded: false };
  throw new VishkarError('NO_STORY_READY', 'No story of the backlog is ready.', {
    hint: 'File one with vishkar run --story "...", or set a story\'s status to "todo".',
  });
}

async function fileStory(tracker: IssueTracker, sentence: string): Promise<Story> {
  const text = sentence.trim();
  if (text === '')
    throw new VishkarError('USAGE', 'The story is empty.', { hint: 'Say what is to be done in a sentence.' });
  // The sentence names the story, so that the same call after a kill finds the one it filed.
  const marker = `vishkar:filed/${createHash('sha256').update(sentence).digest('hex').slice(0, 16)}`;
  return await tracker.create(
    { title: text, description: text, acceptanceCriteria: [text], priority: 'medium' },
    marker,
  );
}

/** A story that we merged is shown again, as when a call was cut off at its end; one that was finished elsewhere is refused. */
async function openOrMerged(client: StoryPlaces['client'], story: Story): Promise<ChosenStory> {
  const { key, status } = story;
  if (await client.isOpen(key)) return { key, isEnded: false };
  const isOurs = status === 'done' && (await client.list()).some((each) => each.key === key);
  if (isOurs && (await client.status(key)).outcome === 'merged') return { key, isEnded: true };
  requireUnfinished(story);
  return { key, isEnded: false };
}
