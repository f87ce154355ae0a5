/**
 * The plan before step 2 writes code, where the story's options want one: the engine plans, and a person (or the policy, where nothing is
 * open and it is small) approves. Asked again with a person's words as often as the person wants.
 */
import type { EngineWork } from '../../domain/activity-contracts.js';
import { planObjections, planText } from '../../domain/plan.js';
import type { Plan } from '../../domain/plan.js';
import type { StoryRun } from '../story-run.js';

export interface AgreedPlan {
  readonly plan: Plan;
  /** A person's name, or `policy`. */
  readonly approvedBy: string;
  readonly turns: readonly EngineWork[];
}

/** Undefined where no plan is wanted. */
export async function agreeOnPlan(run: StoryRun): Promise<AgreedPlan | undefined> {
  const options = run.options.plan;
  if (options === undefined) return undefined;
  const turns: EngineWork[] = [];
  for (;;) {
    const { plan, ...turn } = await run.engineTurn('implement', 'plan_implementation', run.work);
    turns.push(turn);
    const objections = planObjections(plan, options);
    if (objections.length === 0) return { plan, approvedBy: 'policy', turns };
    const answer = await run.askPerson({
      step: 'implement',
      question: `may the engine go by this plan (${objections.join('; ')})? "allow" lets it, "retry" with words has it planned again.\n${planText(plan)}`,
      asked: planText(plan),
      holdsFor: 'story',
      options: ['allow', 'retry', 'abandon'],
    });
    if (answer.choice !== 'allow') continue;
    // What a person adds to the approval holds for the work, too.
    if (answer.reason.trim() !== '') run.steer({ by: answer.by, text: answer.reason });
    return { plan, approvedBy: answer.by, turns };
  }
}
