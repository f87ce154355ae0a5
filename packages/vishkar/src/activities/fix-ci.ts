/** Steps 8 and 15: the engine mends what the project's own commands showed. */
import type { ActivityBody } from './activity-server.js';
import { takeEngineTurn } from './engine-turn.js';
import type { StoryTools } from './story-tools.js';
import { turnPrompt } from './turn-prompt.js';

/** The end of a log is where a command says why it failed. */
const LOG_CHARACTERS = 8_000;

export function fixCi(tools: StoryTools): ActivityBody<'fix_ci'> {
  return async ({ round, reasons, checks, ...work }, call) => {
    const { worktree: _worktree, ...turn } = await takeEngineTurn(
      tools,
      {
        work,
        kind: 'fix-ci',
        round,
        message: `${work.story.key}: fix failing checks`,
        prompt: async (worktree) => {
          const logs: { name: string; text: string }[] = [];
          for (const run of checks.runs)
            if (run.exitCode !== 0 && run.log !== undefined)
              logs.push({
                name: run.name,
                text: new TextDecoder().decode(await tools.artifacts.read(run.log)).slice(-LOG_CHARACTERS),
              });
          return await turnPrompt(tools, worktree, {
            kind: 'fix-ci',
            round,
            story: work.story,
            guidance: work.guidance,
            reasons,
            logs,
          });
        },
      },
      call,
    );
    return turn;
  };
}
