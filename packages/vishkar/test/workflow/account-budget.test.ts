/** Stories that share a budget: each counts once, all are held to it, and each day begins anew. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '@vishkar/testkit';
import type { AccountBook } from '../../src/domain/account-budget.js';
import { localDay } from '../../src/domain/local-day.js';
import { ACCOUNT_TASK_QUEUE, ACCOUNT_WORKFLOW_TYPE, accountWorkflowId } from '../../src/domain/wire-names.js';
import { answerUpdate, statusQuery } from '../../src/workflows/story-messages.js';
import type { AnswerMessage, StoryStatusView } from '../../src/workflows/story-messages.js';
import { mergedPullRequest, scriptActivities } from '../support/scripted-activities.js';
import type { Answers } from '../support/scripted-activities.js';
import { startWorkflowEnvironment } from '../support/workflow-environment.js';
import type { StoryHandle, WorkflowEnvironment } from '../support/workflow-environment.js';

let environment: WorkflowEnvironment;
beforeAll(async () => {
  environment = await startWorkflowEnvironment();
});
afterAll(() => environment.close());

const merged: Answers = { watch_pr: ({ headSha }) => ({ pullRequest: mergedPullRequest(headSha) }) };
const used = (inputTokens: number) => ({ source: 'proxy' as const, inputTokens });
let turns = 0;
/** The last turn of the engine uses so much, under a marker of its own. */
const turn = (tokens: number): Answers => ({
  ...merged,
  implement_tests: () => ({ usage: used(tokens), usageMarker: `turn-${String((turns += 1))}` }),
});
const story = (accountBudget: object, key = 'DEMO-1') => ({ jira_key: key, options: { accountBudget } });
const answer = async (handle: StoryHandle, choice: AnswerMessage['choice']) =>
  await handle.executeUpdate(answerUpdate, { args: [{ choice, reason: 'so be it', by: 'Ann' }] });
const book = async (account: string) =>
  await environment.client.workflow.getHandle(accountWorkflowId(account)).query<AccountBook>('book');

async function waiting(handle: StoryHandle): Promise<StoryStatusView> {
  let status: StoryStatusView | undefined;
  await waitUntil(async () => (status = await handle.query(statusQuery)).waiting?.for === 'budget', {
    what: 'the story to wait for its budget',
  });
  return status as StoryStatusView;
}

describe('a budget of an account', () => {
  it('that nobody keeps the book of is waited for, in sight', async () => {
    const scripted = scriptActivities(turn(10));
    const handle = await environment.start(scripted, story({ account: 'late', total: { tokens: 1_000 } }));
    const { waiting: what } = await waiting(handle);
    expect(what?.question).toContain('no worker serves the task queue vishkar-budget');
    expect(scripted.count('execute_implementation')).toBe(0);
    await environment.serveAccounts();
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
  });

  it('of a day holds every story until the day is over, then each goes on by itself', async () => {
    // A zone in which it is one o'clock: stories that wait for an hour, too, leave the day as it is.
    const ahead = ((36 + 1 - new Date().getUTCHours()) % 24) - 12;
    const timeZone = `Etc/GMT${ahead > 0 ? '-' : '+'}${String(Math.abs(ahead))}`;
    const budget = { account: 'day', timeZone, day: { tokens: 1_000 } };
    const first = scriptActivities(turn(850));
    expect(await environment.result(await environment.start(first, story(budget)))).toMatchObject({
      outcome: 'merged',
    });
    const tellings = first.calls.filter(({ type }) => type === 'notify_person').map(({ input }) => input);
    expect(tellings).toContainEqual(
      expect.objectContaining({ body: "the day's budget of the account day: 850 of 1000 tokens" }),
    );
    const second = await environment.start(scriptActivities(turn(300)), story(budget));
    expect(await environment.result(second)).toMatchObject({ outcome: 'merged' });

    const scripted = scriptActivities(turn(5));
    const third = await environment.start(scripted, story(budget));
    const { waiting: what } = await waiting(third);
    expect(what).toMatchObject({ step: 'implement', options: ['raise', 'retry', 'abandon'] });
    expect(what?.question).toContain('1150 of 1000 tokens');
    const until = Date.parse(what?.until ?? '');
    expect(localDay(until, timeZone).startMs).toBe(until);
    expect(what?.releasedBy).toMatch(/^itself at .*Z, or vishkar answer DEMO-1/);
    expect(scripted.count('execute_implementation')).toBe(0);
    expect(await environment.result(third)).toMatchObject({ outcome: 'merged' });
    expect((await book('day')).total).toEqual({ tokens: 1_155, usd: 0 });
  });

  it('in all is raised by one person for all who wait, once', async () => {
    const budget = { account: 'total', total: { tokens: 100 } };
    expect(await environment.result(await environment.start(scriptActivities(turn(100)), story(budget)))).toMatchObject(
      { outcome: 'merged' },
    );
    const handles = [];
    for (let each = 0; each < 2; each += 1)
      handles.push(await environment.start(scriptActivities(turn(40)), story(budget)));
    for (const handle of handles) await waiting(handle);
    const [one, other] = handles as [StoryHandle, StoryHandle];
    await answer(one, 'raise');
    for (const handle of [one, other]) expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect(await book('total')).toMatchObject({ raises: [{ scope: 'total', by: 'Ann' }], total: { tokens: 180 } });
    expect((await other.query(statusQuery)).notes.join()).not.toContain('decided');
  });

  it('counts what attempts used that were killed, each once, however often it is reported', async () => {
    const lost = { marker: 'run/5/1', usage: used(70) };
    const inputs: unknown[] = [];
    const scripted = scriptActivities({
      ...merged,
      execute_implementation: () => ({ usage: used(20), usageMarker: 'run/5/2', usedBefore: [lost] }),
      implement_tests: (input) => {
        inputs.push(input.settledUsage);
        return { usage: used(9), usageMarker: 'run/9/1', usedBefore: [lost] };
      },
    });
    const handle = await environment.start(scripted, story({ account: 'lost', total: { tokens: 1_000_000 } }));
    expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
    expect((await handle.query(statusQuery)).spent.tokens).toBe(99);
    expect((await book('lost')).total.tokens).toBe(99);
    expect(inputs).toEqual([['run/5/1', 'run/5/2']]);
  });

  it('outlives the stories that use it, cancelled ones among them', async () => {
    const budget = { account: 'shared', total: { tokens: 50 } };
    await environment.result(await environment.start(scriptActivities(turn(50)), story(budget)));
    const stopped = { ...merged, stop_story: () => ({ usedBefore: [{ marker: 'killed', usage: used(3) }] }) };
    const handle = await environment.start(scriptActivities(stopped), story(budget));
    await waiting(handle);
    await handle.cancel();
    await expect(environment.result(handle)).rejects.toThrow();
    expect((await book('shared')).total.tokens).toBe(53);
    const { status } = await environment.client.workflow.getHandle(accountWorkflowId('shared')).describe();
    expect(status.name).toBe('RUNNING');
  });

  it('is kept by one run of its workflow after the other, and nothing is lost in between', async () => {
    const limits = { account: 'long', timeZone: 'UTC', total: { tokens: 10 } };
    const handle = await environment.client.workflow.start(ACCOUNT_WORKFLOW_TYPE, {
      workflowId: accountWorkflowId('long'),
      taskQueue: ACCOUNT_TASK_QUEUE,
    });
    const report = async (request: number) => {
      const usage = { marker: `m-${String(request)}`, tokens: 1, usd: 0 };
      await environment.client.workflow
        .getHandle(accountWorkflowId('long'))
        .signal('account_request', { from: 'sdlc-gone', request, limits, usage });
    };
    // Each leaves at least two events, whatever number of them a workflow task takes: more than one run keeps.
    const requests = 160;
    await Promise.all(Array.from({ length: requests }, async (_, each) => await report(each)));
    const counted = async () => (await book('long')).total.tokens;
    await waitUntil(async () => (await counted()) === requests, { timeoutMs: 60_000, what: 'all to be counted' });
    // The last replies are still under way when all is counted; the run ends behind them.
    const run = async () => (await environment.client.workflow.getHandle(accountWorkflowId('long')).describe()).runId;
    await waitUntil(async () => (await run()) !== handle.firstExecutionRunId, { what: 'the next run' });
    expect((await book('long')).total.tokens).toBe(requests);
  });

  it('leaves histories that replay the same', async () => {
    expect((await environment.replayAll()).differences).toEqual([]);
  });
});
