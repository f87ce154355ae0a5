/**
 * Keeps the book of one account: stories tell what they used, ask what is left, and pass on that a person allows more.
 * One run after the other, for as long as there are stories; it waits for nothing but their signals.
 */
import { condition, continueAsNew, getExternalWorkflowHandle, setHandler, workflowInfo } from '@temporalio/workflow';
import { accountBookQuery, accountReplySignal, accountRequestSignal } from './account-messages.js';
import type { AccountRequest } from './account-messages.js';
import { addToBook, EMPTY_BOOK, raiseInBook, standingOf } from '../domain/account-budget.js';
import type { AccountBook } from '../domain/account-budget.js';

export interface AccountState {
  readonly book: AccountBook;
  /** The last request of each story that was told that a limit is used up: a raise is told to them. */
  readonly waiting: readonly AccountRequest[];
}

/** Some fifty turns of engines; the next run begins with a short history again. */
const EVENTS_PER_RUN = 300;

/** `before`: what the run before left. */
export async function accountWorkflow(before: AccountState = { book: EMPTY_BOOK, waiting: [] }): Promise<never> {
  let { book } = before;
  const waiting = new Map(before.waiting.map((request) => [request.from, request]));
  const inbox: AccountRequest[] = [];
  setHandler(accountRequestSignal, (request) => void inbox.push(request));
  setHandler(accountBookQuery, () => book);

  const reply = async (request: AccountRequest) => {
    const { book: next, standing } = standingOf(book, request.limits, Date.now());
    book = next;
    if (standing.usedUp === null) waiting.delete(request.from);
    else waiting.set(request.from, request);
    try {
      await getExternalWorkflowHandle(request.from).signal(accountReplySignal, { request: request.request, standing });
    } catch {
      // The story has ended meanwhile: nobody is left to be told.
      waiting.delete(request.from);
    }
  };

  for (;;) {
    await condition(() => inbox.length > 0);
    for (let request = inbox.shift(); request !== undefined; request = inbox.shift()) {
      const { limits, usage, raise } = request;
      if (usage !== undefined) book = addToBook(book, usage.marker, usage, Date.now());
      const raised = raise === undefined ? book : raiseInBook(book, limits, raise, Date.now());
      const others = raised === book ? [] : [...waiting.values()].filter(({ from }) => from !== request.from);
      book = raised;
      for (const each of [request, ...others]) await reply(each);
    }
    if (workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > EVENTS_PER_RUN)
      await continueAsNew<typeof accountWorkflow>({ book, waiting: [...waiting.values()] });
  }
}
