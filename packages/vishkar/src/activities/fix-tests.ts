/** Step 11: the engine mends what the test run showed. */
import type { ActivityBody } from './activity-server.js';
import { takeEngineTurn } from './engine-turn.js';
import type { StoryTools } from './story-tools.js';
import { turnPrompt } from './turn-prompt.js';

export function fixTests(tools: StoryTools): ActivityBody<'fix_tests'> {
  return async ({ round, reasons, report, ...work }, call) => {
    const { worktree: _worktree, ...turn } = await takeEngineTurn(
      tools,
      {
        work,
        kind: 'fix-tests',
        round,
        message: `${work.story.key}: fix failing tests`,
        prompt: (worktree) =>
          turnPrompt(tools, worktree, {
            kind: 'fix-tests',
            round,
            story: work.story,
            guidance: work.guidance,
            reasons,
            failures: report.failures,
          }),
      },
      call,
    );
    return turn;
  };
}
