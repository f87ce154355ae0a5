/**
 * Counts what a story used, each attempt once, and holds it to its budget and to its account's: says so when one is nearly
 * used up, and lets no engine begin when it is.
 */
import { uuid4 } from '@temporalio/workflow';
import type { AccountWatch } from './account-watch.js';
import { addUsage, budgetShare, describeBudget, NOTHING_SPENT } from '../domain/story-budget.js';
import type { Spent, StoryBudgetLimits } from '../domain/story-budget.js';
import type { StepId } from '../domain/step.js';
import type { ReportedUsage, Usage } from '../domain/usage.js';

/** Share of the budget at which the story says so. */
const WARN_AT = 0.8;

export interface BudgetWatchOptions {
  /** Undefined: no limit; what is used is counted all the same. */
  readonly limits: StoryBudgetLimits | undefined;
  readonly account: AccountWatch | undefined;
  readonly warn: (step: StepId, used: string) => Promise<void>;
  /** Comes back when a person allows as much again. */
  readonly askToRaise: (step: StepId, used: string) => Promise<void>;
}

export class BudgetWatch {
  readonly #options: BudgetWatchOptions;
  #spent: Spent = NOTHING_SPENT;
  #raised = 0;
  #isWarned = false;
  readonly #counted = new Set<string>();
  #unsettled: readonly string[] = [];

  constructor(options: BudgetWatchOptions) {
    this.#options = options;
  }

  get spent(): Spent {
    return this.#spent;
  }

  /** Markers of what was counted since the last time that `settle` was told: hosts still keep records of it. */
  get unsettled(): readonly string[] {
    return this.#unsettled;
  }

  /** These records are gone. */
  settle(markers: readonly string[]): void {
    this.#unsettled = this.#unsettled.filter((marker) => !markers.includes(marker));
  }

  async count(step: StepId, { usage, usageMarker, usedBefore = [] }: ReportedUsage): Promise<void> {
    for (const each of usedBefore) await this.#add(each.marker, each.usage);
    if (usageMarker !== undefined) await this.#add(usageMarker, usage ?? { source: 'none' });
    // Of a worker that knows no markers, and keeps no record that could be reported again.
    else if (usage !== undefined && usage.source !== 'none') await this.#add(uuid4(), usage);
    const { limits, warn } = this.#options;
    if (limits === undefined || this.#isWarned || this.#share(limits) < WARN_AT) return;
    this.#isWarned = true;
    await warn(step, this.#describe(limits));
  }

  async requireRoom(step: StepId): Promise<void> {
    const { limits, account, askToRaise } = this.#options;
    while (limits !== undefined && this.#share(limits) >= 1) {
      await askToRaise(step, this.#describe(limits));
      this.#raised += 1;
      this.#isWarned = false;
    }
    await account?.requireRoom(step);
  }

  async #add(marker: string, usage: Usage): Promise<void> {
    if (this.#counted.has(marker)) return;
    this.#counted.add(marker);
    this.#unsettled = [...this.#unsettled, marker];
    this.#spent = addUsage(this.#spent, usage);
    await this.#options.account?.report(marker, addUsage(NOTHING_SPENT, usage));
  }

  #share(limits: StoryBudgetLimits): number {
    return budgetShare(limits, this.#spent, this.#raised);
  }

  #describe(limits: StoryBudgetLimits): string {
    return describeBudget(limits, this.#spent, this.#raised);
  }
}
