/**
 * What the tracker says about the story now, at the beginning of a step: what a person did there is taken over, asked about or
 * ends the story (docs/trackers.md has the table), and is never put back.
 */
import type { Story } from '../domain/story.js';
import { storyChange } from '../domain/story-change.js';
import type { StepId } from '../domain/step.js';
import { lookAtPullRequest } from './steps/look-at-pull-request.js';
import { StoryRestarted } from './story-restarted.js';
import type { StoryRun } from './story-run.js';
import { StoryStopped } from './story-stopped.js';

/** After the first work, before tests are written, before others see the work, and before a person is asked. Each look can cost seconds. */
const LOOKS_BEFORE: ReadonlySet<StepId> = new Set(['feedback', 'test.implement', 'pr.create', 'approve']);

export async function lookBeforeStep(run: StoryRun, step: StepId): Promise<void> {
  if (LOOKS_BEFORE.has(step)) await lookAtStory(run, step);
}

/** Throws StoryStopped `closed_outside` or `abandoned`, StoryRestarted. */
export async function lookAtStory(run: StoryRun, step: StepId): Promise<void> {
  for (;;) {
    const { story } = await run.call(step, 'watch_story', { jira_key: run.input.jira_key });
    const change = storyChange(run.seenStory, story);
    if (change.kind === 'none' || story === null || change.kind === 'ended') {
      if (change.kind === 'ended') await end(run, step, change.what);
      if (story !== null) run.seenStory = story;
      return;
    }
    const known = run.seenStory;
    switch (change.kind) {
      case 'held':
        await run.askPerson({
          step,
          question: `${change.what}. Shall it go on? It does by itself when it is moved on there.`,
          options: ['retry', 'abandon'],
          wake: { otherThanStatus: story.status },
        });
        run.seenStory = { ...known, status: story.status };
        break;
      case 'reassigned':
        await reassigned(run, step, change.what);
        run.seenStory = { ...known, ...assigneeOf(story) };
        break;
      case 'edited':
        await edited(run, step, change.what);
        run.seenStory = { ...story, status: known.status };
        break;
      default:
        throw new Error(`unknown change ${String(change satisfies never)}`);
    }
  }
}

/** A pull request that was merged by hand often closes its issue: then the merge is what counts. */
async function end(run: StoryRun, step: StepId, what: string): Promise<void> {
  const { pullRequest } = run;
  if (pullRequest !== undefined && (await lookAtPullRequest(run, step, pullRequest)) === 'merged') return;
  throw new StoryStopped('closed_outside', what);
}

async function reassigned(run: StoryRun, step: StepId, what: string): Promise<void> {
  run.notes.push(`step ${step}: ${what}`);
  switch (run.options.whenReassigned) {
    case 'ignore':
      return;
    case 'stop':
      throw new StoryStopped('closed_outside', what);
    case 'ask':
      await run.askPerson({ step, question: `${what}. Shall it go on here?`, options: ['retry', 'abandon'] });
      return;
  }
}

async function edited(run: StoryRun, step: StepId, what: string): Promise<void> {
  const answer = await run.askPerson({
    step,
    question: `the story was edited in the tracker: ${what}. "keep" goes on with the text that it began with, "restart" starts again with the new one`,
    options: ['keep', 'restart', 'abandon'],
  });
  if (answer.choice === 'restart') throw new StoryRestarted();
}

function assigneeOf({ assignee }: Story): Pick<Story, 'assignee'> {
  return { assignee };
}
