/**
 * Step 13: a formal review of the pull request's head, once per head SHA, by the same four panels; comments of people
 * and bots that have been submitted are read with it. Steps 7 to 11 add commits, so this is the review of what will merge.
 */
import type { ActivityOutput } from '../../domain/activity-contracts.js';
import { ANGLES } from '../../domain/finding.js';
import { qualityGate } from '../../domain/gate.js';
import type { PullRequest } from '../../domain/pull-request.js';
import type { StoryRun } from '../story-run.js';
import { reviewAngle } from './review.js';

export type PrReview = ActivityOutput<'review_pr'>;

export async function reviewPr(run: StoryRun, pullRequest: PullRequest): Promise<PrReview> {
  let result: PrReview | undefined;
  await run.runStep('pr.review', async (round) => {
    const files = run.evidence.flatMap((item) =>
      Array.isArray(item.data['files']) ? item.data['files'].map(String) : [],
    );
    const outputs = await Promise.all(
      ANGLES.map((angle) => reviewAngle(run, 'pr.review', angle, run.reviewRounds.length + round, [...new Set(files)])),
    );
    const reviews = outputs.map((output) => output.review);
    await run.settleFindings('pr.review', reviews);
    const { open } = run.findings;
    const { protectedPaths } = run.options;
    const { number } = pullRequest;
    result = await run.call('pr.review', 'review_pr', { ...run.work, round, number, reviews, open, protectedPaths });
    run.protectedFiles = result.protectedFiles;
    run.noteThreads(result.openThreads);
    const gate = qualityGate(reviews, run.headSha, open);
    return {
      summary: `${result.verdict.replace('_', ' ')} at ${run.headSha.slice(0, 7)}, ${String(result.openThreads.length)} open threads`,
      headSha: run.headSha,
      artifacts: [...outputs.flatMap((output) => output.artifacts), ...result.artifacts],
      data: {
        review: result.review,
        verdict: result.verdict,
        gate,
        findings: open.map(({ id, severity, file, line, grounded }) => ({
          id,
          severity,
          file,
          line,
          grounded,
        })),
        protectedFiles: result.protectedFiles,
        openThreads: result.openThreads.map(({ id, author, file, line }) => ({ id, author, file, line })),
      },
    };
  });
  if (result === undefined) throw new Error('the review of the pull request left nothing');
  return result;
}
