import { describe, expect, it } from 'vitest';
import { accountBudgetSchema, addToBook, EMPTY_BOOK, raiseInBook, standingOf } from './account-budget.js';
import type { AccountBook } from './account-budget.js';

const HOUR_MS = 3_600_000;
const NOON = Date.parse('2026-11-27T12:00:00Z');
const tokens = (count: number) => ({ tokens: count, usd: 0 });
const limits = (given: object) => accountBudgetSchema.parse({ account: 'team', ...given });
const used = (...parts: readonly (readonly [number, number])[]): AccountBook =>
  parts.reduce<AccountBook>((book, [count, at]) => addToBook(book, `m-${String(at)}`, tokens(count), at), EMPTY_BOOK);
const standing = (book: AccountBook, given: object, at = NOON) => standingOf(book, limits(given), at).standing;

describe('the book of an account', () => {
  it('adds what has the same marker once', () => {
    const once = addToBook(EMPTY_BOOK, 'a', tokens(5), NOON);
    expect(addToBook(once, 'a', tokens(5), NOON + 1)).toBe(once);
    expect(addToBook(once, 'b', tokens(7), NOON).total).toEqual(tokens(12));
  });

  it('sums a day as the time zone of whoever asks has it', () => {
    const book = used([100, Date.parse('2026-11-26T22:50:00Z')], [10, Date.parse('2026-11-26T23:10:00Z')], [1, NOON]);
    const of = (timeZone: string) => standing(book, { timeZone, day: { tokens: 1 } }).usedUp?.used;
    expect(of('UTC')).toBe('1 of 1 tokens');
    expect(of('Europe/Berlin')).toBe('11 of 1 tokens');
    expect(of('Europe/Athens')).toBe('111 of 1 tokens');
  });

  it('says when the day is over, and that its budget is new then', () => {
    const book = used([50, NOON]);
    const end = Date.parse('2026-11-28T00:00:00Z');
    expect(standing(book, { day: { tokens: 50 } }).usedUp).toMatchObject({ scope: 'day', endsAtMs: end, raised: 0 });
    expect(standing(book, { day: { tokens: 50 } }, end).usedUp).toBeNull();
    expect(standing(book, { total: { tokens: 50 } }, end).usedUp).toMatchObject({ scope: 'total', endsAtMs: null });
  });

  it('names the total first: no day brings it back', () => {
    const both = { day: { tokens: 1 }, total: { tokens: 1 } };
    expect(standing(used([5, NOON]), both).usedUp).toMatchObject({ scope: 'total' });
  });

  it('tells once of a limit that is nearly used up, again on another day or after it was raised', () => {
    const day = { day: { tokens: 100 } };
    const first = standingOf(used([80, NOON]), limits(day), NOON);
    expect(first.standing).toEqual({
      usedUp: null,
      tell: ["the day's budget of the account team: 80 of 100 tokens"],
    });
    expect(standing(first.book, day).tell).toEqual([]);
    const raised = raiseInBook(first.book, limits(day), { scope: 'day', raised: 0, by: 'Ann' }, NOON);
    expect(standing(addToBook(raised, 'more', tokens(90), NOON), day).tell).toHaveLength(1);
    const tomorrow = NOON + 24 * HOUR_MS;
    expect(standing(addToBook(first.book, 'next', tokens(90), tomorrow), day, tomorrow).tell).toHaveLength(1);
  });

  it('is raised once by two who saw the same, and a day only for that day', () => {
    const day = limits({ day: { tokens: 100 } });
    const wish = { scope: 'day' as const, raised: 0, by: 'Ann' };
    const once = raiseInBook(used([150, NOON]), day, wish, NOON);
    expect(raiseInBook(once, day, { ...wish, by: 'Bob' }, NOON)).toBe(once);
    expect(standingOf(once, day, NOON).standing.usedUp).toBeNull();
    const tomorrow = NOON + 24 * HOUR_MS;
    expect(standingOf(addToBook(once, 'x', tokens(100), tomorrow), day, tomorrow).standing.usedUp).not.toBeNull();
  });

  it('stays small, however long it is kept', () => {
    let book = EMPTY_BOOK;
    for (let hour = 0; hour < 3_000; hour += 1)
      book = addToBook(book, `marker-${String(hour)}`, tokens(1), NOON + hour * HOUR_MS);
    expect(book.total.tokens).toBe(3_000);
    expect(book.markers).toHaveLength(1_000);
    expect(book.quarters.length).toBeLessThanOrEqual(51);
  });

  it('needs a limit', () => {
    expect(accountBudgetSchema.safeParse({ account: 'team' }).success).toBe(false);
  });
});
