/** Step 17: merges exactly the approved head, moves the story to done, says so, seals the receipt, cleans up. */
import type { ActivityOutput } from '../../domain/activity-contracts.js';
import type { PullRequest } from '../../domain/pull-request.js';
import type { StoryRun } from '../story-run.js';

export async function close(
  run: StoryRun,
  pullRequest: PullRequest,
  startedAt: string,
): Promise<ActivityOutput<'close_story'>> {
  let closed: ActivityOutput<'close_story'> | undefined;
  await run.runStep('close', async () => {
    closed = await run.call('close', 'close_story', {
      ...run.work,
      number: pullRequest.number,
      startedAt,
      ...run.workflowIds,
      evidence: run.evidence,
    });
    run.pullRequest = { ...pullRequest, state: 'merged', mergeSha: closed.mergeSha, headSha: run.headSha };
    const { mergeSha, merge, transition, comment, worklog, receiptSeal, receiptUri } = closed;
    return {
      summary: `merged as ${mergeSha.slice(0, 7)}, receipt ${receiptSeal.slice(0, 12)}`,
      headSha: run.headSha,
      artifacts: closed.artifacts,
      limits: closed.limits,
      data: { mergeSha, merge, transition, comment, worklog, receiptSeal, receiptUri },
    };
  });
  if (closed === undefined) throw new Error('closure left nothing');
  return closed;
}
