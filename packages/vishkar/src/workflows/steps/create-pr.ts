/** Step 12: one pull request for the story's branch, with what has been shown so far. */
import { upsertMemo } from '@temporalio/workflow';
import type { PullRequest } from '../../domain/pull-request.js';
import { STEPS } from '../../domain/step.js';
import { MEMO } from '../../domain/wire-names.js';
import type { StoryRun } from '../story-run.js';

export async function createPr(run: StoryRun): Promise<PullRequest> {
  let pullRequest: PullRequest | undefined;
  await run.runStep('pr.create', async () => {
    const latest = STEPS.flatMap(({ id }) => run.evidence.filter((item) => item.step === id).slice(-1));
    const created = await run.call('pr.create', 'create_pr', {
      ...run.work,
      checklist: latest.map((item) => `${item.step}: ${item.summary}`),
      evidence: latest,
    });
    pullRequest = created.pullRequest;
    run.pullRequest = pullRequest;
    upsertMemo({ [MEMO.branch]: pullRequest.branch, [MEMO.pullRequest]: pullRequest.number });
    return {
      summary: `pull request #${String(pullRequest.number)}${created.adopted ? ' (adopted)' : ''}`,
      headSha: pullRequest.headSha,
      artifacts: created.artifacts,
      data: {
        number: pullRequest.number,
        url: pullRequest.url,
        headSha: pullRequest.headSha,
        adopted: created.adopted,
      },
    };
  });
  if (pullRequest === undefined) throw new Error('no pull request was created');
  return pullRequest;
}
