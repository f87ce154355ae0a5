/** What a story waits for: those of its links whose other end is not done yet. */
import type { Story } from '../domain/story.js';
import { VishkarError } from '../errors.js';
import type { StoryTools } from './story-tools.js';

/** One phrase each: `DEMO-2, which is in_progress`. One that the tracker does not show counts as open. */
export async function openBlockers(tools: StoryTools, { blockedBy }: Story): Promise<readonly string[]> {
  const open: string[] = [];
  for (const other of blockedBy) {
    const status = await statusOf(tools, other);
    if (status !== 'done' && status !== 'cancelled') open.push(`${other}, which is ${status}`);
  }
  return open;
}

async function statusOf(tools: StoryTools, key: string): Promise<string> {
  try {
    return (await tools.tracker.get(key)).status;
  } catch (error) {
    if (error instanceof VishkarError && error.code === 'STORY_NOT_FOUND') return 'not to be found';
    throw error;
  }
}
