/** Steps 3 to 6 and 13: one angle's panel over the diff of the current head. */
import type { AngleReview } from '../domain/finding.js';
import { unifiedDiff } from '../git/diff.js';
import type { ActivityBody } from './activity-server.js';
import { commitModels } from './commit-engine.js';
import { openWorktree } from './story-worktree.js';
import type { StoryTools } from './story-tools.js';

type ReviewActivity = 'architecture_review' | 'security_review' | 'quality_review' | 'techstack_review';

export function reviewAngle(tools: StoryTools): ActivityBody<ReviewActivity> {
  return async ({ story, branch, baseBranch, baseSha, headSha, angle, round }, call) => {
    const worktree = await openWorktree(tools, { story, branch, baseBranch, baseSha, headSha }, call.signal);
    const diff = await unifiedDiff({ folder: worktree, base: baseSha, head: headSha });
    const authors = await commitModels(worktree, baseSha, headSha);
    const { review, usage, transcript } = await tools.reviewer.review(
      { angle, round, story, worktree, baseSha, headSha, diff, authors },
      {
        signal: call.signal,
        onProgress: (line) => {
          call.report({ line });
        },
      },
    );
    return {
      review: review satisfies AngleReview,
      usage,
      artifacts: [
        await tools.artifacts.put('diff', diff, 'text/x-diff'),
        await tools.artifacts.put(`review-${angle}`, transcript, 'text/plain'),
      ],
    };
  };
}
