/** Step 2: the engine implements the story in its worktree; what it did is judged by the diff. Returns the changed files. */
import { engineEvidence } from './engine-evidence.js';
import type { StoryRun } from '../story-run.js';

export async function implement(run: StoryRun): Promise<readonly string[]> {
  let files: readonly string[] = [];
  await run.runStep('implement', async () => {
    for (;;) {
      const work = await run.engineTurn('implement', 'execute_implementation', run.work);
      if (work.outcome === 'edited') {
        files = work.files;
        return {
          summary: `${work.engine.name} changed ${String(work.files.length)} files`,
          headSha: work.headSha,
          artifacts: work.artifacts,
          limits: ["the codebase context is the list of files and the repository's rules; no Repomix pack yet"],
          data: engineEvidence([work]),
        };
      }
      await run.askPerson({
        step: 'implement',
        question: `the engine changed nothing: ${work.detail}`,
        options: ['retry', 'abandon'],
      });
    }
  });
  return files;
}
