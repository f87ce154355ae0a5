/** A webhook ends a wait at once, whose own look is an hour away; what it says decides nothing. */
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { waitUntil } from '@vishkar/testkit';
import { StoryClient } from '../../src/client/story-client.js';
import { githubWebhooks } from '../../src/source-host/github/github-webhooks.js';
import { StoryWaker } from '../../src/webhooks/story-waker.js';
import { WebhookReceiver } from '../../src/webhooks/webhook-receiver.js';
import { outsideChangedSignal, statusQuery } from '../../src/workflows/story-messages.js';
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
