/** After each round of review: the ledger of the story's findings, with the identities that they keep. Changes nothing outside. */
import type { ActivityBody } from './activity-server.js';
import { openWorktree } from './story-worktree.js';
import type { StoryTools } from './story-tools.js';

export function settleFindings(tools: StoryTools): ActivityBody<'settle_findings'> {
  return async ({ ledger, reviews, ...work }, call) => {
    const worktree = await openWorktree(tools, work, call.signal);
    return { ledger: await tools.reviewer.settle({ worktree, headSha: work.headSha, ledger, reviews }) };
  };
}
