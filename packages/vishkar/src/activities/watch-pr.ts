/** Steps 15 to 17: what the source host says about the pull request now. */
import type { ActivityBody } from './activity-server.js';
import type { StoryTools } from './story-tools.js';

export function watchPr(tools: StoryTools): ActivityBody<'watch_pr'> {
  return async ({ number }) => {
    const pullRequest = await tools.sourceHost.getPullRequest(number);
    const threads = pullRequest.state === 'open' ? await tools.sourceHost.listThreads(number) : [];
    return { pullRequest, openThreads: threads.filter((thread) => !thread.resolved) };
  };
}
