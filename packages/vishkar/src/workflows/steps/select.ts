/** Step 1: takes the story, claims it in the tracker, makes branch and worktree. */
import type { StoryRun } from '../story-run.js';

export async function select(run: StoryRun): Promise<void> {
  await run.runStep('select', async () => {
    const { jira_key, project } = run.input;
    const { story, branch, baseBranch, baseSha, headSha, transition, comment, artifacts } = await run.call(
      'select',
      'select_task',
      { jira_key, project },
    );
    run.work = { story, branch, baseBranch, baseSha, headSha };
    return {
      summary: `${story.key} "${story.title}" taken on ${branch} from ${baseSha.slice(0, 7)}`,
      headSha,
      artifacts,
      data: {
        storyKey: story.key,
        revision: story.revision,
        acceptanceCriteria: story.acceptanceCriteria,
        baseSha,
        branch,
        transition,
        comment,
      },
    };
  });
}
