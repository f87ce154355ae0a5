/** Step 2, where a project wants it: the engine plans the story. What it left beside the plan is thrown away. */
import type { Plan } from '../domain/plan.js';
import { discardUncommitted } from '../git/uncommitted.js';
import type { ActivityBody } from './activity-server.js';
import { takeEngineTurn } from './engine-turn.js';
import { readPlan } from './plan-file.js';
import type { StoryTools } from './story-tools.js';
import { turnPrompt } from './turn-prompt.js';

export function planImplementation(tools: StoryTools): ActivityBody<'plan_implementation'> {
  return async ({ round, ...work }, call) => {
    let plan: Plan | undefined;
    const { worktree: _worktree, ...turn } = await takeEngineTurn(
      tools,
      {
        work,
        kind: 'plan',
        round,
        message: `${work.story.key}: plan`,
        prompt: (worktree) =>
          turnPrompt(tools, worktree, { kind: 'plan', round, story: work.story, guidance: work.guidance }),
        beforeCommit: async (worktree) => {
          plan = await readPlan(worktree).finally(() =>
            discardUncommitted(worktree, { branch: work.branch, to: work.headSha, signal: call.signal }),
          );
        },
      },
      call,
    );
    if (plan === undefined) throw new Error('a turn of planning leaves no commit, and so is never adopted');
    return { ...turn, plan };
  };
}
