import { describe, expect, it } from 'vitest';
import { addUsage, budgetShare, describeBudget, NOTHING_SPENT } from './story-budget.js';

describe('a budget', () => {
  it('counts what was measured, and nothing for what was not', () => {
    const once = addUsage(NOTHING_SPENT, { source: 'proxy', inputTokens: 100, outputTokens: 20, costUsd: 0.5 });
    expect(addUsage(once, { source: 'none' })).toEqual({ tokens: 120, usd: 0.5 });
  });

  it('is as far used up as its nearest limit', () => {
    const spent = { tokens: 500, usd: 1.5 };
    expect(budgetShare({ tokens: 1_000, usd: 2 }, spent, 0)).toBe(0.75);
    expect(budgetShare({ tokens: 1_000 }, spent, 0)).toBe(0.5);
    expect(budgetShare({ tokens: 1_000 }, spent, 1)).toBe(0.25);
    expect(budgetShare(undefined, spent, 0)).toBe(0);
  });

  it('is told in its own units', () => {
    expect(describeBudget({ tokens: 1_000, usd: 2 }, { tokens: 500, usd: 1.5 }, 1)).toBe(
      '500 of 2000 tokens, 1.50 of 4.00 US dollars',
    );
  });
});
