/**
 * What changes outside while a story waits. A webhook ends a wait at once, whose own look is an hour away, and decides nothing; a merge
 * queue is followed to its end, whatever it is.
 */
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { waitUntil } from '@vishkar/testkit';
import { ApplicationFailure } from '@temporalio/common';
import { StoryClient } from '../../src/client/story-client.js';
import { githubWebhooks } from '../../src/source-host/github/github-webhooks.js';
import { StoryWaker } from '../../src/webhooks/story-waker.js';
import { WebhookReceiver } from '../../src/webhooks/webhook-receiver.js';
import {
  answerUpdate,
  approveHeadUpdate,
  evidenceQuery,
  outsideChangedSignal,
  statusQuery,
} from '../../src/workflows/story-messages.js';
import type { StoryStatusView } from '../../src/workflows/story-messages.js';
import { describedWebhook } from '../github/github-description.js';
import { mergedPullRequest, scriptActivities } from '../support/scripted-activities.js';
import type { Answers } from '../support/scripted-activities.js';
import { startWorkflowEnvironment } from '../support/workflow-environment.js';
import type { WorkflowEnvironment } from '../support/workflow-environment.js';
import { SECRET, sendGithub } from '../webhooks/send-webhook.js';

let environment: WorkflowEnvironment;
let client: StoryClient;
beforeAll(async () => {
  environment = await startWorkflowEnvironment();
  const { address } = environment;
  client = await StoryClient.connect({
    ...{ kind: 'external', address, connectionOptions: { address }, namespace: 'default', taskQueue: 'any' },
    ...{ idPrefix: undefined, clusterId: undefined, close: () => Promise.resolve() },
  });
});
afterAll(async () => {
  await client.close();
  await environment.close();
});

const repository = { full_name: 'acme/thing' };

/** Time is not skipped: a look that comes does not come by itself. */
async function waitingStory(answers: Answers, waitsFor: NonNullable<StoryStatusView['waiting']>['for']) {
  const scripted = scriptActivities(answers);
  const handle = await environment.start(scripted);
  const when = (what: string, reached: (status: StoryStatusView) => boolean) =>
    waitUntil(async () => reached(await handle.query(statusQuery)), { what });
  await when(waitsFor, ({ waiting }) => waiting?.for === waitsFor);
  const waker = new StoryWaker({
    places: () => client.places(),
    wake: (key, what) => client.wake(key, what),
    onProblem: (problem) => expect.unreachable(String(problem)),
    gatherMs: 1,
  });
  const receiver = await WebhookReceiver.start({
    port: 0,
    sources: [githubWebhooks({ owner: 'acme', repo: 'thing' }, SECRET)],
    onChange: (change) => {
      waker.add(change);
    },
  });
  onTestFinished(async () => {
    await receiver.close();
    await waker.close();
    await handle.terminate().catch(() => undefined);
  });
  return { scripted, handle, when, address: receiver.addressOf('github') };
}

it('a story that waits for approval adopts a merge by hand as soon as a webhook makes it look', async () => {
  let isMerged = false;
  const { scripted, handle, when, address } = await waitingStory(
    { watch_pr: ({ headSha }) => (isMerged ? { pullRequest: mergedPullRequest(headSha) } : {}) },
    'approval',
  );
  const payload = describedWebhook('pull-request-closed', {
    repository,
    pull_request: { number: 1, head: { ref: 'vishkar/DEMO-1-a-story' }, merged: true },
  });
  // Says that it is merged before it is: the story looks, and goes on waiting.
  const before = scripted.count('watch_pr');
  expect(await sendGithub(address, 'pull_request', payload)).toMatchObject({ status: 202 });
  await waitUntil(() => scripted.count('watch_pr') > before, { what: 'a look' });
  await when('the approval', ({ waiting }) => waiting?.for === 'approval');
  isMerged = true;
  await handle.signal(outsideChangedSignal, 'again');
  await when('the end', ({ outcome }) => outcome === 'merged');
  expect((await environment.replayAll()).differences).toEqual([]);
});

it('a story that waits for checks asks for them when one has ended', async () => {
  let isPending = true;
  const { scripted, when, address } = await waitingStory(
    {
      check_ci: ({ headSha }) => (isPending ? { checks: { headSha, state: 'pending', runs: [] } } : {}),
    },
    'checks',
  );
  isPending = false;
  const run = { check_suite: { head_branch: 'vishkar/DEMO-1-a-story', pull_requests: [] } };
  const payload = describedWebhook('check-run-completed', { repository, check_run: run });
  await sendGithub(address, 'check_run', payload);
  await when('the approval', ({ waiting }) => waiting?.for === 'approval');
  expect(scripted.count('check_ci')).toBe(2);
});

const queued = { queue: { additions: 1, position: 2, state: 'awaiting checks', groupSha: 'group-1' } };
const dequeued = (isByChecks: boolean) =>
  ApplicationFailure.create({
    message: 'taken out of the merge queue: failed checks',
    type: 'MERGE_DEQUEUED',
    nonRetryable: true,
    details: [{ additionsSeen: 1, isByChecks }],
  });

/** A story whose merge queue answers as listed, one after the other; approved whenever it asks. */
async function storyInQueue(answers: Answers, ends: readonly (() => object)[]) {
  const left = [...ends];
  const scripted = scriptActivities({ enqueue_pr: () => left.shift()?.() ?? { queue: null }, ...answers });
  const handle = await environment.start(scripted, { jira_key: 'DEMO-1', options: { checksIntervalMs: 1 } });
  const reach = async (waitsFor: NonNullable<StoryStatusView['waiting']>['for']) => {
    const reached = async () => (await handle.query(statusQuery)).waiting?.for === waitsFor;
    await waitUntil(reached, { what: `to wait for ${waitsFor}` });
    return await handle.query(statusQuery);
  };
  const approve = async () => {
    const { headSha } = await reach('approval');
    await handle.executeUpdate(approveHeadUpdate, { args: [{ by: 'Ann', comment: '', headSha }] });
  };
  const asked = () => scripted.calls.filter(({ type }) => type === 'enqueue_pr').map(({ input }) => input);
  return { scripted, handle, reach, approve, asked };
}

it('a story whose branch has a merge queue waits in it, and closes when the queue has merged it', async () => {
  let isOut = false;
  const { scripted, handle, reach, approve } = await storyInQueue(
    { enqueue_pr: () => (isOut ? { queue: null } : queued) },
    [],
  );
  await approve();
  expect((await reach('merge')).waiting).toMatchObject({ step: 'close', question: expect.stringContaining('place 2') });
  isOut = true;
  expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
  expect(scripted.count('close_story')).toBe(1);
});

it('what the merge queue throws out for red checks is fixed by the engine, and the fix is reviewed, approved and queued anew', async () => {
  const { scripted, handle, approve, asked } = await storyInQueue(
    {
      check_ci: ({ headSha }) =>
        headSha === 'group-1'
          ? {
              checks: {
                headSha,
                state: 'failed',
                runs: [{ name: 'unit', command: 'unit', exitCode: 1, durationMs: 1, timedOut: false }],
              },
            }
          : {},
    },
    [
      () => queued,
      () => {
        throw dequeued(true);
      },
    ],
  );
  await approve();
  await waitUntil(() => scripted.count('fix_ci') === 1, { what: 'a fix' });
  await approve();
  expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
  expect([scripted.count('review_pr'), scripted.count('close_story')]).toEqual([2, 1]);
  expect(asked()).toMatchObject([{ additionsSeen: 0 }, { additionsSeen: 0 }, { additionsSeen: 1 }]);
  expect((await handle.query(evidenceQuery)).filter(({ step }) => step === 'close')).toMatchObject([
    { verdict: 'failed' },
    { verdict: 'passed' },
  ]);
});

it('what the merge queue throws out for another reason is put before a person with it, and queued once more after "retry"', async () => {
  const { handle, reach, approve, asked } = await storyInQueue({}, [
    () => queued,
    () => {
      throw dequeued(false);
    },
  ]);
  await approve();
  expect((await reach('decision')).waiting?.question).toContain('taken out of the merge queue');
  await handle.executeUpdate(answerUpdate, { args: [{ choice: 'retry', reason: 'once more', by: 'Ann' }] });
  expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
  expect(asked().at(-1)).toMatchObject({ additionsSeen: 1 });
  expect((await environment.replayAll()).differences).toEqual([]);
});

const pendingUnless = (isEnded: () => boolean): NonNullable<Answers['check_ci']> => {
  return ({ headSha }) => (isEnded() ? {} : { checks: { headSha, state: 'pending', runs: [], pending: ['unit'] } });
};
const openAt = (headSha: string) => ({ ...mergedPullRequest(headSha), state: 'open' as const });

it.each([
  [
    'closed ends the story with its reason',
    'closed',
    { outcome: 'closed_outside', reason: expect.stringContaining('by hand') },
  ],
  ['merged is adopted, and said to be merged without its checks', 'merged', { outcome: 'merged' }],
] as const)('a pull request that is %s, while its checks are pending', async (_title, state, expected) => {
  let isDone = false;
  const scripted = scriptActivities({
    check_ci: pendingUnless(() => false),
    watch_pr: ({ headSha }) => (isDone ? { pullRequest: { ...mergedPullRequest(headSha), state } } : {}),
  });
  const handle = await environment.start(scripted);
  const status = () => handle.query(statusQuery);
  await waitUntil(async () => (await status()).waiting?.for === 'checks', { what: 'to wait for checks' });
  expect((await status()).waiting?.question).toContain('are pending: unit');
  isDone = true;
  expect(await environment.result(handle)).toMatchObject(expected);
  const ci = (await handle.query(evidenceQuery)).find(({ step }) => step === 'ci');
  expect(ci?.verdict).toBe(state === 'merged' ? 'overridden' : undefined);
});

it('a push by hand while checks are pending is followed: the checks of the new head count, and it is reviewed', async () => {
  let head = '';
  const { scripted, handle, reach, approve } = await storyInQueue(
    {
      check_ci: ({ headSha }) => (headSha === 'by-hand' ? {} : { checks: { headSha, state: 'pending', runs: [] } }),
      watch_pr: ({ headSha }) => ({ pullRequest: openAt(head || headSha) }),
    },
    [],
  );
  await reach('checks');
  head = 'by-hand';
  await handle.signal(outsideChangedSignal, 'push');
  await approve();
  expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
  expect(scripted.count('review_pr')).toBe(2);
  expect(scripted.calls.findLast(({ type }) => type === 'close_story')?.input).toMatchObject({ headSha: 'by-hand' });
});

it('a review that a person submits while the story waits for approval is addressed before it asks again', async () => {
  const thread = { id: 't1', author: 'ada', file: 'src/a.ts', line: 1, body: 'Why?', resolved: false, replies: [] };
  let isSubmitted = false;
  let isAnswered = false;
  const open = () => (isSubmitted && !isAnswered ? [thread] : []);
  const { scripted, handle, reach, approve } = await storyInQueue(
    {
      review_pr: () => ({ openThreads: open() }),
      watch_pr: () => ({ openThreads: open() }),
      address_pr_feedback: () => {
        isAnswered = true;
        return {};
      },
    },
    [],
  );
  await reach('approval');
  // A draft that is not submitted yet is not seen by anybody but its author.
  await handle.signal(outsideChangedSignal, 'pull_request_review_comment created');
  isSubmitted = true;
  await handle.signal(outsideChangedSignal, 'pull_request_review submitted');
  await waitUntil(() => scripted.count('address_pr_feedback') === 1, { what: 'an answer' });
  await approve();
  expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
  const approvals = (await handle.query(evidenceQuery)).filter(({ step }) => step === 'approve');
  expect(approvals.map(({ verdict }) => verdict)).toEqual(['failed', 'passed']);
});

it('a conversation that a person decided to leave open does not bring the story back from its approval', async () => {
  const thread = { id: 't1', author: 'ada', file: 'src/a.ts', line: 1, body: 'Why?', resolved: false, replies: [] };
  const { scripted, handle, reach, approve } = await storyInQueue(
    {
      review_pr: () => ({ openThreads: [thread] }),
      watch_pr: () => ({ openThreads: [thread] }),
      address_pr_feedback: ({ headSha }) => ({ outcome: 'no_change', headSha }),
    },
    [],
  );
  await reach('decision');
  await handle.executeUpdate(answerUpdate, { args: [{ choice: 'override', reason: 'a matter of taste', by: 'Ann' }] });
  await approve();
  expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
  expect(scripted.count('address_pr_feedback')).toBe(1);
});

it('a token that has expired parks the story with what to do, and it goes on with a new one', async () => {
  let isExpired = true;
  const { handle, reach, approve } = await storyInQueue(
    {
      check_ci: () => {
        const message = 'GitHub does not accept the token (Make a new token)';
        if (isExpired)
          throw ApplicationFailure.create({ message, type: 'SOURCE_HOST_UNAUTHORIZED', nonRetryable: true });
        return {};
      },
    },
    [],
  );
  expect((await reach('decision')).waiting?.question).toContain('Make a new token');
  isExpired = false;
  await handle.executeUpdate(answerUpdate, { args: [{ choice: 'retry', reason: 'new token', by: 'Ann' }] });
  await approve();
  expect(await environment.result(handle)).toMatchObject({ outcome: 'merged' });
  expect((await environment.replayAll()).differences).toEqual([]);
});
