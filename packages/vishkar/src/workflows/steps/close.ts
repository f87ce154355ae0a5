/**
 * Step 17: merges exactly the approved head, moves the story to done, says so, seals the receipt, cleans up.
 * A head that moved after the approval, or one that had to be changed because it could not be merged, goes back to
 * review: what was approved is another commit.
 */
import { isCancellation } from '@temporalio/workflow';
import type { ActivityOutput } from '../../domain/activity-contracts.js';
import type { PullRequest } from '../../domain/pull-request.js';
import type { StoryRun } from '../story-run.js';
import { StoryStopped } from '../story-stopped.js';
import { lookAtPullRequest } from './look-at-pull-request.js';
import type { MergeQueueWait } from './merge-queue.js';

export type ClosedStory = ActivityOutput<'close_story'>;

/** `moved`: nothing was merged; the new head has to be reviewed and approved first. */
export async function close(
  run: StoryRun,
  pullRequest: PullRequest,
  queue: MergeQueueWait,
  startedAt: string,
): Promise<ClosedStory | 'moved'> {
  let end: ClosedStory | 'moved' | undefined;
  await run.runStep('close', async () => {
    end = await mergeOrNoticeMove(run, pullRequest, queue, startedAt);
    if (end === 'moved')
      return {
        verdict: 'failed',
        summary: 'the head moved before the merge: the approval is void and nothing was merged',
        headSha: run.headSha,
        data: { merged: false },
      };
    run.pullRequest = { ...pullRequest, state: 'merged', mergeSha: end.mergeSha, headSha: run.headSha };
    const { mergeSha, merge, transition, comment, worklog, receiptSeal, receiptUri } = end;
    return {
      summary: `merged as ${mergeSha.slice(0, 7)}, receipt ${receiptSeal.slice(0, 12)}`,
      headSha: run.headSha,
      artifacts: end.artifacts,
      limits: end.limits,
      data: { mergeSha, merge, transition, comment, worklog, receiptSeal, receiptUri },
    };
  });
  if (end === undefined) throw new Error('closure left nothing');
  return end;
}

async function mergeOrNoticeMove(
  run: StoryRun,
  pullRequest: PullRequest,
  queue: MergeQueueWait,
  startedAt: string,
): Promise<ClosedStory | 'moved'> {
  for (;;) {
    try {
      if ((await queue.pass()) === 'moved') return 'moved';
      return await run.callOnce('close', 'close_story', {
        ...run.work,
        number: pullRequest.number,
        startedAt,
        ...run.workflowIds,
        evidence: run.evidence,
      });
    } catch (error) {
      if (isCancellation(error) || error instanceof StoryStopped) throw error;
      if ((await lookAtPullRequest(run, 'close', pullRequest)) === 'moved') return 'moved';
      await run.askAboutFailure('close', 'close_story', error);
      // Whoever resolved a conflict has pushed a commit that nobody approved yet.
      if ((await lookAtPullRequest(run, 'close', pullRequest)) === 'moved') return 'moved';
    }
  }
}
