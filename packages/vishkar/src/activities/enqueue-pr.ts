/** Step 17, where the source host merges by a queue of its own: puts the approved head into it once, and tells how far it is. */
import type { ActivityBody } from './activity-server.js';
import type { StoryTools } from './story-tools.js';

export function enqueuePr(tools: StoryTools): ActivityBody<'enqueue_pr'> {
  return async ({ number, headSha, additionsSeen }) => ({
    queue: (await tools.sourceHost.followQueue({ number, headSha, additionsSeen })) ?? null,
  });
}
