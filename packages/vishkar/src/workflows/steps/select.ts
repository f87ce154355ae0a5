/** Step 1: takes the story, claims it in the tracker, makes branch and worktree; a vague story is asked about before anybody works on it. */
import type { ActivityOutput } from '../../domain/activity-contracts.js';
import type { StoryRun } from '../story-run.js';

export async function select(run: StoryRun): Promise<void> {
  await run.runStep('select', async () => {
    let selected = await takeStory(run);
    if (run.options.askWhenVague && isVague(selected)) selected = await askAuthor(run, selected);
    const { story, branch, baseSha, headSha, transition, comment, artifacts } = selected;
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

type Selected = ActivityOutput<'select_task'>;

async function takeStory(run: StoryRun): Promise<Selected> {
  const { jira_key, project } = run.input;
  const selected = await run.call('select', 'select_task', { jira_key, project });
  const { story, branch, baseBranch, baseSha, headSha } = selected;
  run.work = { story, branch, baseBranch, baseSha, headSha };
  return selected;
}

function isVague({ story }: Selected): boolean {
  return story.acceptanceCriteria.length === 0;
}

/** The author answers in words, or writes criteria into the story; either lets it go on with the story as it is then. */
async function askAuthor(run: StoryRun, { story }: Selected): Promise<Selected> {
  await run.askPerson({
    step: 'select',
    question: 'the story names no acceptance criteria. What has to hold when it is done?',
    options: ['retry', 'abandon'],
    holdsFor: 'story',
    wake: { otherThanRevision: story.revision },
  });
  return await takeStory(run);
}
