/**
 * Step 14: each open thread is addressed by the engine, answered with the commit, and the new head is reviewed again;
 * at most `maxRounds` times, then a person decides. No open thread: nothing to do, and the evidence says so.
 */
import type { EngineWork } from '../../domain/activity-contracts.js';
import type { PullRequest } from '../../domain/pull-request.js';
import type { StoryRun } from '../story-run.js';
import { engineEvidence } from './engine-evidence.js';
import { reviewPr } from './review-pr.js';
import type { PrReview } from './review-pr.js';

export async function prFeedback(run: StoryRun, pullRequest: PullRequest, first: PrReview): Promise<void> {
  await run.runStep('pr.feedback', async () => {
    const turns: EngineWork[] = [];
    const answered: Record<string, string> = {};
    let review = first;
    let overriddenBy: string | undefined;
    for (let allowed = run.options.maxRounds; isOpen(review);) {
      if (turns.length >= allowed || turns.at(-1)?.outcome === 'no_change') {
        const answer = await run.askPerson({
          step: 'pr.feedback',
          question: `${String(review.openThreads.length)} threads are still open after ${String(turns.length)} rounds`,
          options: ['retry', 'override', 'abandon'],
        });
        if (answer.choice === 'override') {
          overriddenBy = answer.by;
          break;
        }
        allowed = turns.length + run.options.maxRounds;
      }
      const work = await run.engineTurn('pr.feedback', 'address_pr_feedback', {
        ...run.work,
        number: pullRequest.number,
        threads: review.openThreads,
      });
      turns.push(work);
      Object.assign(answered, work.threads);
      review = await reviewPr(run, pullRequest);
    }
    const count = Object.keys(answered).length;
    return {
      verdict: overriddenBy === undefined ? 'passed' : 'overridden',
      ...(overriddenBy === undefined ? {} : { by: overriddenBy }),
      summary:
        turns.length === 0
          ? 'no thread was open'
          : `${String(count)} threads answered in ${String(turns.length)} rounds`,
      headSha: run.headSha,
      artifacts: turns.flatMap((turn) => turn.artifacts),
      data: { threads: answered, ...engineEvidence(turns) },
    };
  });
}

function isOpen(review: PrReview): boolean {
  return review.openThreads.length > 0 || review.verdict === 'request_changes';
}
