/** Step 7: the engine mends the open findings. */
import type { ActivityBody } from './activity-server.js';
import { takeEngineTurn } from './engine-turn.js';
import type { StoryTools } from './story-tools.js';
import { turnPrompt } from './turn-prompt.js';

export function fixIssues(tools: StoryTools): ActivityBody<'fix_issues'> {
  return async ({ round, findings, ...work }, call) => {
    const { worktree: _worktree, ...turn } = await takeEngineTurn(
      tools,
      {
        work,
        kind: 'fix-findings',
        round,
        message: `${work.story.key}: fix ${String(findings.length)} findings of the review`,
        prompt: (worktree) =>
          turnPrompt(tools, worktree, {
            kind: 'fix-findings',
            round,
            story: work.story,
            guidance: work.guidance,
            findings,
          }),
      },
      call,
    );
    return turn;
  };
}
