/**
 * What all stories of an account may use together, in a day and in all. The book that is kept of it is a plain value:
 * usage is added once per marker, and what is left is computed for the limits of whoever asks. Pure.
 */
import { z } from 'zod';
import { localDay, QUARTER_MS, timeZoneSchema } from './local-day.js';
import { budgetShare, describeBudget, NOTHING_SPENT, storyBudgetSchema } from './story-budget.js';
import type { Spent } from './story-budget.js';

export const accountBudgetSchema = z
  .strictObject({
    /** Stories with the same name here are counted together, also those of other projects on the same service. */
    account: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'letters, digits, ".", "_" and "-"'),
    /** Where the day of `day` begins and ends. */
    timeZone: timeZoneSchema.default('UTC'),
    day: storyBudgetSchema.optional(),
    total: storyBudgetSchema.optional(),
  })
  .refine(({ day, total }) => day !== undefined || total !== undefined, 'a limit for "day", "total" or both');
export type AccountBudgetLimits = z.infer<typeof accountBudgetSchema>;

export const BUDGET_SCOPES = ['total', 'day'] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];

/** The book of an account; also what one run of its workflow hands to the next. */
export interface AccountBook {
  /** What was used in each quarter of an hour, so that a day can be summed in any time zone; the last two days. */
  readonly quarters: readonly ({ readonly startMs: number } & Spent)[];
  readonly total: Spent;
  readonly raises: readonly { readonly scope: BudgetScope; readonly atMs: number; readonly by: string }[];
  /** Markers of the usage that was added last. */
  readonly markers: readonly string[];
  /** What was told already: a limit that is nearly used up is told of once. */
  readonly told: readonly string[];
}

export const EMPTY_BOOK: AccountBook = { quarters: [], total: NOTHING_SPENT, raises: [], markers: [], told: [] };

/** A limit that is used up. */
export interface UsedUp {
  readonly scope: BudgetScope;
  /** For people: used, and of how much. */
  readonly used: string;
  /** When the day is over; null for the total, which only a person can raise. */
  readonly endsAtMs: number | null;
  /** How often it was raised; a wish to raise names it, so that two persons at two stories raise once. */
  readonly raised: number;
}

export interface Standing {
  readonly usedUp: UsedUp | null;
  /** Limits that are nearly used up, for people; only the first who asks is told. */
  readonly tell: readonly string[];
}

/** Share of a limit at which it is told of. */
const WARN_AT = 0.8;
const KEPT_MS = 50 * 60 * 60 * 1000;
/** A report comes again within minutes, if at all. */
const KEPT_MARKERS = 1_000;
const KEPT_TOLD = 20;

/** Adds what was used, unless it was added under this marker before. */
export function addToBook(book: AccountBook, marker: string, spent: Spent, nowMs: number): AccountBook {
  if (book.markers.includes(marker)) return book;
  const startMs = Math.floor(nowMs / QUARTER_MS) * QUARTER_MS;
  const kept = book.quarters.filter((quarter) => quarter.startMs > nowMs - KEPT_MS);
  const now = kept.find((quarter) => quarter.startMs === startMs) ?? { startMs, ...NOTHING_SPENT };
  return {
    ...book,
    quarters: [...kept.filter((quarter) => quarter !== now), { startMs, ...sum([now, spent]) }],
    total: sum([book.total, spent]),
    markers: [...book.markers.slice(1 - KEPT_MARKERS), marker],
  };
}

/** Allows as much again, unless somebody else has meanwhile. */
export function raiseInBook(
  book: AccountBook,
  limits: AccountBudgetLimits,
  wish: { readonly scope: BudgetScope; readonly raised: number; readonly by: string },
  nowMs: number,
): AccountBook {
  if (raisesOf(book, limits, wish.scope, nowMs) !== wish.raised) return book;
  return { ...book, raises: [...book.raises, { scope: wish.scope, atMs: nowMs, by: wish.by }] };
}

/** What is left for somebody with these limits; and the book, in which it is noted what was told. */
export function standingOf(
  book: AccountBook,
  limits: AccountBudgetLimits,
  nowMs: number,
): { readonly book: AccountBook; readonly standing: Standing } {
  const day = localDay(nowMs, limits.timeZone);
  const tell: string[] = [];
  const told: string[] = [];
  let usedUp: UsedUp | null = null;
  for (const scope of BUDGET_SCOPES) {
    const limit = limits[scope];
    if (limit === undefined) continue;
    const raised = raisesOf(book, limits, scope, nowMs);
    const spent = scope === 'total' ? book.total : sum(book.quarters.filter(({ startMs }) => startMs >= day.startMs));
    const share = budgetShare(limit, spent, raised);
    const used = describeBudget(limit, spent, raised);
    if (share >= 1) usedUp ??= { scope, used, endsAtMs: scope === 'day' ? day.endMs : null, raised };
    const key = `${scope}/${scope === 'day' ? String(day.startMs) : ''}/${String(raised)}`;
    if (share < WARN_AT || book.told.includes(key)) continue;
    told.push(key);
    tell.push(`the ${scope === 'day' ? "day's" : 'whole'} budget of the account ${limits.account}: ${used}`);
  }
  return { book: { ...book, told: [...book.told, ...told].slice(-KEPT_TOLD) }, standing: { usedUp, tell } };
}

function raisesOf(book: AccountBook, limits: AccountBudgetLimits, wanted: BudgetScope, nowMs: number): number {
  const { startMs } = localDay(nowMs, limits.timeZone);
  return book.raises.filter(({ scope, atMs }) => scope === wanted && (wanted === 'total' || atMs >= startMs)).length;
}

function sum(parts: readonly Spent[]): Spent {
  return parts.reduce<Spent>(
    (all, { tokens, usd }) => ({ tokens: all.tokens + tokens, usd: all.usd + usd }),
    NOTHING_SPENT,
  );
}
