/** What a story waits for: those of its links whose other end is not done yet. */
import type { Story } from '../domain/story.js';
import { VishkarError } from '../errors.js';
import type { StoryTools } from './story-tools.js';

/** One phrase each: `DEMO-2, which is in_progress`. One that the tracker does not show counts as open. */
export async function openBlockers(tools: StoryTools, { blockedBy }: Story): Promise<readonly string[]> {
  const open: string[] = [];
  for (const other of blockedBy) {
    const status = await statusOf(tools, other);
    if (isOpen(status)) open.push(`${other}, which is ${status}`);
  }
  return open;
}

/**
 * The way from a story over what blocks it back to itself, both ends named: nobody in it can ever begin. Undefined where there is none, or it
 * is longer than is looked for.
 */
export async function blockingCircle(tools: StoryTools, story: Story): Promise<readonly string[] | undefined> {
  const seen = new Set<string>();
  let ways: readonly (readonly string[])[] = story.blockedBy.map((other) => [story.key, other]);
  while (ways.length > 0 && seen.size < LOOKED_AT_MOST) {
    const next: (readonly string[])[] = [];
    for (const way of ways) {
      const key = way.at(-1) ?? '';
      if (key === story.key) return way;
      if (seen.has(key)) continue;
      seen.add(key);
      const other = await found(tools, key);
      if (other !== undefined && isOpen(other.status)) next.push(...other.blockedBy.map((each) => [...way, each]));
    }
    ways = next;
  }
  return undefined;
}

/** Each costs a call of the tracker. */
const LOOKED_AT_MOST = 50;

async function statusOf(tools: StoryTools, key: string): Promise<string> {
  return (await found(tools, key))?.status ?? 'not to be found';
}

async function found(tools: StoryTools, key: string): Promise<Story | undefined> {
  try {
    return await tools.tracker.get(key);
  } catch (error) {
    if (error instanceof VishkarError && error.code === 'STORY_NOT_FOUND') return undefined;
    throw error;
  }
}

function isOpen(status: string): boolean {
  return status !== 'done' && status !== 'cancelled';
}
