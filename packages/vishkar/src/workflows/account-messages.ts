/** What stories and their account's book tell each other: signals in both directions, since both are workflows. */
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { AccountBook, AccountBudgetLimits, BudgetScope, Standing } from '../domain/account-budget.js';
import type { Spent } from '../domain/story-budget.js';
import { QUERIES, SIGNALS } from '../domain/wire-names.js';

export interface AccountRequest {
  /** Workflow id of the story. */
  readonly from: string;
  /** Counted by the story, from 1; the reply carries it. */
  readonly request: number;
  readonly limits: AccountBudgetLimits;
  readonly usage?: Spent & { readonly marker: string };
  readonly raise?: { readonly scope: BudgetScope; readonly raised: number; readonly by: string };
}

export interface AccountReply {
  readonly request: number;
  readonly standing: Standing;
}

export const accountRequestSignal = defineSignal<[AccountRequest]>(SIGNALS.accountRequest);
export const accountReplySignal = defineSignal<[AccountReply]>(SIGNALS.accountReply);
export const accountBookQuery = defineQuery<AccountBook>(QUERIES.accountBook);
