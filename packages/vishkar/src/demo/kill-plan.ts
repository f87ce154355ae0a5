/** When `--kill` kills what: once each, as soon as the story is seen at that step. */
import type { StepId } from '../domain/step.js';
import type { StoryStatusView } from '../workflows/story-messages.js';
import type { Part } from './demo-parts.js';

export interface PlannedKill {
  readonly step: StepId;
  /** In this order; the worker takes the engine with it. */
  readonly parts: readonly Part[];
}

export const KILL_PLAN: readonly PlannedKill[] = [
  { step: 'implement', parts: ['worker'] },
  { step: 'review.quality', parts: ['service'] },
  { step: 'feedback', parts: ['worker', 'service'] },
  { step: 'test.execute', parts: ['worker'] },
  { step: 'pr.create', parts: ['service'] },
  { step: 'approve', parts: ['worker', 'service'] },
];

/** The planned kill that is due now and not done yet. A step that was quicker than the look is due late rather than never. */
export function dueKill(status: StoryStatusView, done: ReadonlySet<StepId>): PlannedKill | undefined {
  return KILL_PLAN.find(({ step }) => {
    const state = status.steps.find((candidate) => candidate.id === step);
    return !done.has(step) && state !== undefined && state.status !== 'pending';
  });
}
