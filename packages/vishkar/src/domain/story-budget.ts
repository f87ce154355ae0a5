/**
 * What a story may use, over all its engine turns and reviews: at 80 % it says so, at 100 % it asks. Pure; what was not
 * measured counts as nothing, which the evidence shows by its source `none`.
 */
import { z } from 'zod';
import type { Usage } from './usage.js';

export const storyBudgetSchema = z.strictObject({
  tokens: z.number().int().positive().optional(),
  /** US dollars; counted where the engine's price is known. */
  usd: z.number().positive().optional(),
});
export type StoryBudgetLimits = z.infer<typeof storyBudgetSchema>;

export interface Spent {
  readonly tokens: number;
  readonly usd: number;
}

export const NOTHING_SPENT: Spent = { tokens: 0, usd: 0 };

export function addUsage(spent: Spent, { inputTokens = 0, outputTokens = 0, costUsd = 0 }: Usage): Spent {
  return { tokens: spent.tokens + inputTokens + outputTokens, usd: spent.usd + costUsd };
}

/** How much of the budget is used, 1 being all of it; of several limits the one that is nearest. `raised`: how often as much again was allowed. */
export function budgetShare(limits: StoryBudgetLimits | undefined, spent: Spent, raised: number): number {
  const share = (used: number, limit: number | undefined) => (limit === undefined ? 0 : used / (limit * (1 + raised)));
  return Math.max(share(spent.tokens, limits?.tokens), share(spent.usd, limits?.usd));
}

/** `512000 of 500000 tokens, 1.20 of 2.00 US dollars`. */
export function describeBudget(limits: StoryBudgetLimits, spent: Spent, raised: number): string {
  const { tokens, usd } = limits;
  return [
    ...(tokens === undefined ? [] : [`${String(spent.tokens)} of ${String(tokens * (1 + raised))} tokens`]),
    ...(usd === undefined ? [] : [`${spent.usd.toFixed(2)} of ${(usd * (1 + raised)).toFixed(2)} US dollars`]),
  ].join(', ');
}
