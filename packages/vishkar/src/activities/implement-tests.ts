/** Step 10: the engine writes tests for the designed cases; which case links to which test is read from the files. */
import { linkCases } from '../test-runs/case-links.js';
import type { ActivityBody } from './activity-server.js';
import { testFiles } from './case-proof.js';
import { takeEngineTurn } from './engine-turn.js';
import type { StoryTools } from './story-tools.js';
import { turnPrompt } from './turn-prompt.js';

export function implementTests(tools: StoryTools): ActivityBody<'implement_tests'> {
  return async ({ round, cases, ...work }, call) => {
    const { worktree, ...turn } = await takeEngineTurn(
      tools,
      {
        work,
        kind: 'implement-tests',
        round,
        message: `${work.story.key}: tests for the designed cases`,
        prompt: (folder) =>
          turnPrompt(tools, folder, {
            kind: 'implement-tests',
            round,
            story: work.story,
            guidance: work.guidance,
            cases: cases.cases,
          }),
      },
      call,
    );
    const links = linkCases(cases.cases, await testFiles(worktree));
    return {
      ...turn,
      links: Object.fromEntries([...links].map(([id, { path }]) => [id, path])),
      unlinked: cases.cases.map((testCase) => testCase.id).filter((id) => !links.has(id)),
    };
  };
}
