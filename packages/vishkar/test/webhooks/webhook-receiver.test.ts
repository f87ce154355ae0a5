/** What comes from outside as a webhook: taken only under the secret, and only as word of where to look. */
import { request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { OutsideChange } from '../../src/domain/outside-change.js';
import { jiraWebhooks } from '../../src/issue-tracker/jira/jira-webhooks.js';
import { githubWebhooks } from '../../src/source-host/github/github-webhooks.js';
import { WebhookReceiver } from '../../src/webhooks/webhook-receiver.js';
import { describedWebhook } from '../github/github-description.js';
import { OWNER, REPO } from '../github/github-site.js';
import { SECRET, send, sendGithub, signed } from './send-webhook.js';

const repository = { full_name: `${OWNER}/${REPO}` };
const BRANCH = 'vishkar/DEMO-1-thing';

async function receiver() {
  const changes: OutsideChange[] = [];
  const sources = [githubWebhooks({ owner: OWNER, repo: REPO }, SECRET), jiraWebhooks(SECRET)];
  const started = await WebhookReceiver.start({ port: 0, sources, onChange: (change) => changes.push(change) });
  onTestFinished(() => started.close());
  return { changes, github: started.addressOf('github'), jira: started.addressOf('jira') };
}

const pull = { number: 12, head: { ref: BRANCH } };
const suite = { head_branch: BRANCH, pull_requests: [] };

describe('a webhook of GitHub, as GitHub describes it,', () => {
  it.each([
    ['check_run', 'check-run-completed', { check_run: { check_suite: suite } }, [BRANCH], []],
    ['check_suite', 'check-suite-completed', { check_suite: suite }, [BRANCH], []],
    ['status', 'status', { branches: [{ name: 'main' }, { name: BRANCH }] }, ['main', BRANCH], []],
    ['pull_request', 'pull-request-closed', { pull_request: pull }, [BRANCH], [12]],
    ['pull_request', 'pull-request-synchronize', { pull_request: pull }, [BRANCH], [12]],
    ['pull_request', 'pull-request-dequeued', { pull_request: pull }, [BRANCH], [12]],
    ['pull_request_review', 'pull-request-review-submitted', { pull_request: pull }, [BRANCH], [12]],
    ['pull_request_review_comment', 'pull-request-review-comment-created', { pull_request: pull }, [BRANCH], [12]],
    ['issue_comment', 'issue-comment-created', { issue: { number: 12, pull_request: {} } }, [], [12]],
    ['push', 'push', { ref: `refs/heads/${BRANCH}` }, [BRANCH], []],
    [
      'merge_group',
      'merge-group-destroyed',
      { merge_group: { head_ref: `refs/heads/gh-readonly-queue/main/pr-12-${'a'.repeat(40)}` } },
      [],
      [12],
    ],
  ])('%s (%s) leads to its branch or pull request', async (event, name, given, branches, pullRequests) => {
    const { changes, github } = await receiver();
    const { status } = await sendGithub(github, event, describedWebhook(name, { repository, ...given }));
    expect([status, changes]).toMatchObject([202, [{ branches, pullRequests, keys: [] }]]);
  });

  it('says nothing of a check that has only begun, of an issue, of another repository, or of what stories do not wait for', async () => {
    const { changes, github } = await receiver();
    const closed = { pull_request: pull };
    for (const [event, payload] of [
      ['ping', describedWebhook('ping', {})],
      ['check_run', describedWebhook('check-run-created', { repository, check_run: { check_suite: suite } })],
      ['pull_request', describedWebhook('pull-request-closed', { repository: { full_name: 'acme/other' }, ...closed })],
      ['star', { action: 'created', repository }],
      ['constructor', { repository }],
      ['pull_request', { hello: 'world' }],
      ['issue_comment', describedWebhook('issue-comment-created', { repository, issue: { number: 3 } })],
    ] as const)
      expect(await sendGithub(github, event, payload)).toEqual({
        status: 202,
        message: 'nothing that a story waits for',
      });
    expect(changes).toEqual([]);
  });

  it('that comes twice is taken twice: it only makes a story look', async () => {
    const { changes, github } = await receiver();
    const payload = describedWebhook('pull-request-closed', { repository, pull_request: pull });
    for (const _ of [1, 2]) expect((await sendGithub(github, 'pull_request', payload)).status).toBe(202);
    expect(changes[0]).toEqual(changes[1]);
  });
});

describe('a message', () => {
  const payload = describedWebhook('pull-request-closed', { repository, pull_request: pull });
  const body = JSON.stringify(payload);
  it.each([
    ['without a signature', ''],
    ['under another secret', signed(body, 'guess')],
    ['under an empty secret', signed(body, '')],
    ['whose body was changed', signed(`${body} `)],
    ['signed by the old method', 'sha1=7d38cdd689735b008b3c702edd92eea23791c5f6'],
    ['with half a signature', signed(body).slice(0, 40)],
  ])('%s is refused', async (_title, signature) => {
    const { changes, github } = await receiver();
    const sent = await sendGithub(github, 'pull_request', payload, { 'x-hub-signature-256': signature });
    expect([sent.status, changes]).toEqual([401, []]);
  });

  it('that is no JSON, no POST, or goes elsewhere is refused in its own words', async () => {
    const { changes, github } = await receiver();
    const form = 'payload=%7B%7D';
    expect(await sendGithub(github, 'push', form)).toMatchObject({
      status: 400,
      message: expect.stringContaining('json'),
    });
    expect((await fetch(github)).status).toBe(405);
    expect((await send(github.replace('github', 'gitlab'), body, {})).status).toBe(404);
    expect(changes).toEqual([]);
  });

  it('longer than any webhook is not read to its end', async () => {
    const { changes, github } = await receiver();
    const status = await new Promise((resolve, reject) => {
      const sending = request(github, { method: 'POST' }, (response) => resolve(response.statusCode));
      sending.on('error', reject);
      for (let sent = 0; sent < 26; sent += 1) sending.write(Buffer.alloc(1024 * 1024));
      sending.end();
    });
    expect([status, changes]).toEqual([413, []]);
  });
});

it('a webhook of Jira leads to the story of its issue', async () => {
  const { changes, jira } = await receiver();
  const post = (event: string) => {
    const body = JSON.stringify({ timestamp: 1, webhookEvent: event, issue: { id: '1', key: 'DEMO-1', fields: {} } });
    return send(jira, body, { 'x-hub-signature': signed(body) });
  };
  for (const event of ['jira:issue_updated', 'comment_created', 'jira:worklog_updated'])
    expect((await post(event)).status).toBe(202);
  expect(changes).toMatchObject([{ what: 'jira:issue_updated', keys: ['DEMO-1'] }, { what: 'comment_created' }]);
  expect((await send(jira, '{}', { 'x-hub-signature': signed('{} ') })).status).toBe(401);
});

it('two receivers do not share a port, and the second says so', async () => {
  const { github } = await receiver();
  const second = WebhookReceiver.start({ port: Number(new URL(github).port), sources: [], onChange: () => undefined });
  await expect(second).rejects.toMatchObject({ code: 'WEBHOOK_PORT_TAKEN' });
});
