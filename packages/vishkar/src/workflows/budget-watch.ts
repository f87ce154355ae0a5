/** Holds a story to its budget: says once when it is nearly used up, and lets no engine begin when it is, until a person raises it. */
import { addUsage, budgetShare, describeBudget, NOTHING_SPENT } from '../domain/story-budget.js';
import type { Spent, StoryBudgetLimits } from '../domain/story-budget.js';
import type { StepId } from '../domain/step.js';
import type { Usage } from '../domain/usage.js';

/** Share of the budget at which the story says so. */
const WARN_AT = 0.8;

export interface BudgetWatchOptions {
  /** Undefined: no limit; what is used is counted all the same. */
  readonly limits: StoryBudgetLimits | undefined;
  readonly warn: (step: StepId, used: string) => Promise<void>;
  /** Comes back when a person allows as much again. */
  readonly askToRaise: (step: StepId, used: string) => Promise<void>;
}

export class BudgetWatch {
  readonly #options: BudgetWatchOptions;
  #spent: Spent = NOTHING_SPENT;
  #raised = 0;
  #isWarned = false;

  constructor(options: BudgetWatchOptions) {
    this.#options = options;
  }

  get spent(): Spent {
    return this.#spent;
  }

  async count(step: StepId, usage: Usage): Promise<void> {
    this.#spent = addUsage(this.#spent, usage);
    const { limits, warn } = this.#options;
    if (limits === undefined || this.#isWarned || this.#share(limits) < WARN_AT) return;
    this.#isWarned = true;
    await warn(step, this.#describe(limits));
  }

  async requireRoom(step: StepId): Promise<void> {
    const { limits, askToRaise } = this.#options;
    while (limits !== undefined && this.#share(limits) >= 1) {
      await askToRaise(step, this.#describe(limits));
      this.#raised += 1;
      this.#isWarned = false;
    }
  }

  #share(limits: StoryBudgetLimits): number {
    return budgetShare(limits, this.#spent, this.#raised);
  }

  #describe(limits: StoryBudgetLimits): string {
    return describeBudget(limits, this.#spent, this.#raised);
  }
}
