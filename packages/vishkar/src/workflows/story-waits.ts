/**
 * What a story waits for beside a person's decision: its model's provider, stories that block it, and the budget that its
 * account's stories share. Each says until when, and what ends it by itself.
 */
import { failureType, rootMessage } from './activity-failure.js';
import { AccountWatch } from './account-watch.js';
import type { StoryParking } from './story-parking.js';
import { StoryStopped } from './story-stopped.js';
import { askAgainAtMs } from '../domain/engine-failure.js';
import type { StatedLimit } from '../domain/engine-failure.js';
import type { StepId } from '../domain/step.js';
import type { StoryOptions } from '../domain/story-input.js';
import { ACCOUNT_TASK_QUEUE } from '../domain/wire-names.js';

/** A year: whatever blocks a story for longer is looked at anew. */
const BLOCKED_AT_MOST_MS = 365 * 24 * 60 * 60 * 1000;

const IN_CIRCLE = 'STORY_BLOCKED_IN_CIRCLE';

export function isBlocked(error: unknown): boolean {
  const type = failureType(error);
  return type === 'STORY_BLOCKED' || type === IN_CIRCLE;
}

/** Until nothing blocks the story any more, however long that takes. A circle takes forever, so a person is told of it. */
export async function waitForStories(parking: StoryParking, step: StepId, error: unknown): Promise<void> {
  await parking.park(
    { step, question: rootMessage(error), options: ['retry', 'abandon'] },
    {
      waitsFor: 'dependency',
      title: failureType(error) === IN_CIRCLE ? 'waits for itself' : undefined,
      limits: (nowMs) => ({
        untilMs: nowMs + BLOCKED_AT_MOST_MS,
        bySelf: 'itself when nothing blocks it any more, or ',
      }),
      watch: { unblocked: true },
    },
  );
}

/** A durable timer until the provider lets calls through again; no attempt is spent, and a person may end the wait. */
export async function waitForProvider(
  parking: StoryParking,
  step: StepId,
  limit: StatedLimit,
  refusals: number,
): Promise<void> {
  const stated = limit.resumesAtMs === null ? ', and does not say until when' : '';
  const question = `the model's provider lets no calls through (${limit.kind})${stated}; the story goes on by itself`;
  await parking.park(
    { step, question, options: ['retry', 'abandon'] },
    {
      waitsFor: 'provider',
      // Once: a provider that is asked hourly is no news every hour.
      title: refusals === 1 ? 'waits for its provider' : undefined,
      limits: (nowMs) => {
        const untilMs = askAgainAtMs(limit, refusals, nowMs);
        return { untilMs, bySelf: `itself at ${new Date(untilMs).toISOString()}, or ` };
      },
    },
  );
}

/** A limit that all stories of the account share: a day's passes by itself; the total waits for a person, here or at another story. */
export function watchAccount(
  { accountBudget, approvalExpiresMs }: StoryOptions,
  parking: StoryParking,
  warn: (text: string) => Promise<void>,
): AccountWatch | undefined {
  if (accountBudget === undefined) return undefined;
  const { account } = accountBudget;
  return new AccountWatch({
    limits: accountBudget,
    warn,
    waitForRoom: async (step, { scope, used, endsAtMs }, isReleased) => {
      const which = scope === 'day' ? `today's budget` : 'the whole budget';
      const question = `${which} of the account ${account} is used up: ${used}; "raise" allows as much again for all its stories`;
      const answer = await parking.park(
        { step, question, options: ['raise', 'retry', 'abandon'] },
        {
          waitsFor: 'budget',
          title: `waits: ${which} of ${account} is used up`,
          limits: (nowMs) =>
            endsAtMs === null
              ? { untilMs: nowMs + approvalExpiresMs }
              : { untilMs: endsAtMs, bySelf: `itself at ${new Date(endsAtMs).toISOString()}, or ` },
          isReleased,
        },
      );
      if (answer === undefined && endsAtMs === null && !isReleased())
        throw new StoryStopped('expired', `nobody decided within the time: ${question}`);
      return answer?.choice === 'raise' ? answer.by : undefined;
    },
    waitForBook: async (step, isThere) => {
      const question = `the book of the account ${account} does not answer: no worker serves the task queue ${ACCOUNT_TASK_QUEUE}`;
      const limits = (nowMs: number) => ({
        untilMs: nowMs + approvalExpiresMs,
        bySelf: 'itself when it answers, or ',
      });
      // However long it takes: what can't be counted is not spent.
      while (!isThere())
        await parking.park(
          { step, question, options: ['abandon'] },
          { waitsFor: 'budget', limits, isReleased: isThere },
        );
    },
  });
}
