/** Step 16: what the source host says about the pull request now. */
import type { ActivityBody } from './activity-server.js';
import type { StoryTools } from './story-tools.js';

export function watchPr(tools: StoryTools): ActivityBody<'watch_pr'> {
  return async ({ number }) => ({ pullRequest: await tools.sourceHost.getPullRequest(number) });
}
