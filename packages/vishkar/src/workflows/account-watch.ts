/**
 * A story's side of its account's budget: it reports what it used, asks for room before an engine begins, and waits while
 * there is none. The book is another workflow's, which is started by whoever needs it first and lives on when the story ends.
 */
import {
  ChildWorkflowCancellationType,
  condition,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { accountRequestSignal } from './account-messages.js';
import type { AccountReply, AccountRequest } from './account-messages.js';
import type { AccountBudgetLimits, Standing, UsedUp } from '../domain/account-budget.js';
import type { Spent } from '../domain/story-budget.js';
import type { StepId } from '../domain/step.js';
import { ACCOUNT_TASK_QUEUE, ACCOUNT_WORKFLOW_TYPE, accountWorkflowId } from '../domain/wire-names.js';

export interface AccountWatchOptions {
  readonly limits: AccountBudgetLimits;
  readonly warn: (text: string) => Promise<void>;
  /**
   * Parks the story until a person answers, `isReleased` becomes true, or the day is over. Returns who wants to raise,
   * if somebody does.
   */
  readonly waitForRoom: (step: StepId, usedUp: UsedUp, isReleased: () => boolean) => Promise<string | undefined>;
  /** Shows that the book does not answer, while `isThere` is false. */
  readonly waitForBook: (step: StepId, isThere: () => boolean) => Promise<void>;
}

/** One that is served answers in less than a second; longer than that is shown, so that nobody wonders. */
const ANSWERS_WITHIN_MS = 3_000;

export class AccountWatch {
  readonly #options: AccountWatchOptions;
  #isStarted = false;
  #requests = 0;
  #last: AccountReply = { request: 0, standing: { usedUp: null, tell: [] } };

  constructor(options: AccountWatchOptions) {
    this.#options = options;
  }

  async takeReply(reply: AccountReply): Promise<void> {
    // A reply to an older request may come late; the newest is what counts.
    if (reply.request >= this.#last.request) this.#last = reply;
    for (const text of reply.standing.tell) await this.#options.warn(text);
  }

  /** Counted once under its marker, however often it is reported. */
  async report(marker: string, spent: Spent): Promise<void> {
    if (spent.tokens > 0 || spent.usd > 0) await this.#send({ usage: { ...spent, marker } });
  }

  /** Comes back when the account has room for another engine's turn. */
  async requireRoom(step: StepId): Promise<void> {
    let standing = await this.#ask(step, {});
    while (standing.usedUp !== null) {
      const { usedUp } = standing;
      const isReleased = () => this.#last.standing.usedUp === null;
      const by = await this.#options.waitForRoom(step, usedUp, isReleased);
      const { scope, raised } = usedUp;
      standing = await this.#ask(step, by === undefined ? {} : { raise: { scope, raised, by } });
    }
  }

  async #ask(step: StepId, more: Pick<AccountRequest, 'raise'>): Promise<Standing> {
    const request = await this.#send(more);
    const isThere = () => this.#last.request >= request;
    if (!(await condition(isThere, ANSWERS_WITHIN_MS))) await this.#options.waitForBook(step, isThere);
    return this.#last.standing;
  }

  async #send(more: Pick<AccountRequest, 'raise' | 'usage'>): Promise<number> {
    const { limits } = this.#options;
    const request = (this.#requests += 1);
    const message = { from: workflowInfo().workflowId, request, limits, ...more };
    await this.#start();
    const book = getExternalWorkflowHandle(accountWorkflowId(limits.account));
    try {
      await book.signal(accountRequestSignal, message);
    } catch {
      // Somebody ended the book since: a new one begins, and knows nothing of what was used before.
      this.#isStarted = false;
      await this.#start();
      await book.signal(accountRequestSignal, message);
    }
    return request;
  }

  async #start(): Promise<void> {
    if (this.#isStarted) return;
    try {
      await startChild(ACCOUNT_WORKFLOW_TYPE, {
        workflowId: accountWorkflowId(this.#options.limits.account),
        taskQueue: ACCOUNT_TASK_QUEUE,
        // It is everybody's: neither the end of this story nor its cancellation is any of its business.
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    this.#isStarted = true;
  }
}
