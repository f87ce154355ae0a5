/**
 * What the source host says about the pull request now, for the steps in which people may have changed it: a head that
 * was pushed by hand becomes the story's head, a merge by hand is adopted, and closed by hand ends the story.
 */
import type { PullRequest } from '../../domain/pull-request.js';
import type { StepId } from '../../domain/step.js';
import type { StoryRun } from '../story-run.js';
import { StoryStopped } from '../story-stopped.js';

/** `moved`: the story's head is another now, so whatever was shown or approved was of something else. */
/** `commented`: somebody began a conversation, or went on with one, since the last review of it was read. */
export type PullRequestSeen = 'unchanged' | 'moved' | 'merged' | 'commented';

/** Throws StoryStopped `closed_outside`. */
export async function lookAtPullRequest(
  run: StoryRun,
  step: StepId,
  pullRequest: PullRequest,
): Promise<PullRequestSeen> {
  run.beginLook();
  const { pullRequest: now, openThreads = [] } = await run.call(step, 'watch_pr', {
    ...run.work,
    number: pullRequest.number,
  });
  run.pullRequest = now;
  if (now.state === 'closed')
    throw new StoryStopped('closed_outside', `pull request #${String(now.number)} was closed by hand`);
  if (now.state === 'merged') {
    run.notes.push(`pull request #${String(now.number)} was merged by hand; adopted`);
    return 'merged';
  }
  if (now.headSha === run.headSha) return run.hasNewThreads(openThreads) ? 'commented' : 'unchanged';
  run.notes.push(
    `the head moved from ${run.headSha} to ${now.headSha} at step ${step}: it is reviewed and asked about again`,
  );
  run.moveHead(now.headSha);
  return 'moved';
}
