/** Step 2: the engine implements the story. */
import type { ActivityBody } from './activity-server.js';
import { takeEngineTurn } from './engine-turn.js';
import type { StoryTools } from './story-tools.js';
import { turnPrompt } from './turn-prompt.js';

export function executeImplementation(tools: StoryTools): ActivityBody<'execute_implementation'> {
  return async ({ round, plan, ...work }, call) => {
    const { worktree: _worktree, ...turn } = await takeEngineTurn(
      tools,
      {
        work,
        kind: 'implement',
        round,
        message: `${work.story.key}: ${work.story.title}`,
        prompt: (worktree) =>
          turnPrompt(tools, worktree, {
            kind: 'implement',
            round,
            story: work.story,
            guidance: work.guidance,
            ...(plan === undefined ? {} : { plan }),
          }),
      },
      call,
    );
    return turn;
  };
}
