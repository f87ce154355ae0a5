/** Steps 3 to 6: four angles look at the same head at the same time. Their order of finishing changes nothing. */
import type { ActivityOutput } from '../../domain/activity-contracts.js';
import { ANGLES } from '../../domain/finding.js';
import type { Angle, AngleReview } from '../../domain/finding.js';
import type { StepId } from '../../domain/step.js';
import type { StoryRun } from '../story-run.js';

const REVIEW_ACTIVITY = {
  architecture: 'architecture_review',
  security: 'security_review',
  quality: 'quality_review',
  techstack: 'techstack_review',
} as const satisfies Record<Angle, string>;

type ReviewOutput = ActivityOutput<'architecture_review'>;

/** One angle's panel over the current head, on behalf of a step (3 to 6, or 13). */
export function reviewAngle(
  run: StoryRun,
  step: StepId,
  angle: Angle,
  round: number,
  files: readonly string[],
): Promise<ReviewOutput> {
  return run.call(step, REVIEW_ACTIVITY[angle], { ...run.work, angle, round, files: [...files] });
}

/** One round of steps 3 to 6 on the current head; its reviews, in the order of the angles. */
export async function reviewRound(run: StoryRun, files: readonly string[]): Promise<readonly AngleReview[]> {
  const headSha = run.headSha;
  const reviews = await Promise.all(
    ANGLES.map(async (angle) => {
      let review: AngleReview | undefined;
      await run.runStep(`review.${angle}`, async (round) => {
        const output = await reviewAngle(run, `review.${angle}`, angle, round, files);
        review = output.review;
        return {
          summary: reviewSummary(output.review),
          headSha,
          artifacts: output.artifacts,
          limits: unavailable(output.review),
          data: {
            findings: output.review.findings.map(({ id, severity, category, file, line, grounded }) => ({
              id,
              severity,
              category,
              file,
              line,
              grounded,
            })),
            panelists: output.review.panelists,
            consensus: output.review.consensus,
            discussionTurns: output.review.discussionTurns,
            dissent: output.review.dissent,
            usage: output.usage,
          },
        };
      });
      if (review === undefined) throw new Error(`the ${angle} review left nothing`);
      return review;
    }),
  );
  run.reviewRounds.push({ headSha, reviews });
  return reviews;
}

function reviewSummary(review: AngleReview): string {
  const ran = review.panelists.filter((panelist) => panelist.status === 'ran').length;
  const count = review.findings.length;
  return `${count === 0 ? 'no finding' : `${String(count)} finding${count === 1 ? '' : 's'}`} by ${String(ran)} panelists`;
}

function unavailable(review: AngleReview): string[] {
  return review.panelists
    .filter((panelist) => panelist.status !== 'ran')
    .map((panelist) => `${panelist.name} ${panelist.status}${panelist.note === undefined ? '' : `: ${panelist.note}`}`);
}
