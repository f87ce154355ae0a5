/** Jira over a stand-in for Atlassian's Rovo MCP server (streamable HTTP), under the contract, and what HTTP adds. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jiraConfigSchema } from '../../src/issue-tracker/jira/jira-config.js';
import { ConfluencePages } from '../../src/issue-tracker/jira/confluence-pages.js';
import { JiraTracker } from '../../src/issue-tracker/jira/jira-tracker.js';
import { openJira } from '../../src/issue-tracker/jira/open-jira.js';
import { JiraSite } from '../jira/jira-site.js';
import { OAuthEndpoints } from '../jira/oauth-endpoints.js';
import { CLOUD_ID, RovoServer } from '../jira/rovo-server.js';
import { byHand } from '../jira/site-by-hand.js';
import { describeIssueTracker } from './issue-tracker-contract.js';
import { describePages } from './page-contract.js';

const TOKEN = 'rovo-token-77aa31';
const ENCODED = Buffer.from(`bot@example.com:${TOKEN}`).toString('base64');

let site = new JiraSite();
let rovo: RovoServer;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  rovo = await RovoServer.start(() => site, `Basic ${ENCODED}`);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (tracker) => await tracker.close()));
});
afterAll(async () => {
  await rovo.close();
});

function rovoConfig() {
  return jiraConfigSchema.parse({
    project: 'DEMO',
    server: {
      transport: 'http',
      url: rovo.url,
      cloudId: CLOUD_ID,
      auth: { kind: 'basic', user: 'bot@example.com', tokenEnv: 'ROVO_TOKEN' },
    },
  });
}

function connect(token = TOKEN): JiraTracker {
  const config = rovoConfig();
  const tracker = new JiraTracker(openJira(config, { ROVO_TOKEN: token }), config);
  opened.push(tracker);
  return tracker;
}

describeIssueTracker('JiraTracker (Rovo)', async () => {
  site = new JiraSite();
  const link = (key: string, blocker: string) => connect().link(key, blocker);
  return await Promise.resolve({ connect: () => connect(), link, ...byHand(site, 'markdown') });
});

describePages(
  'Rovo',
  () => site,
  () => {
    const pages = new ConfluencePages(openJira(rovoConfig(), { ROVO_TOKEN: TOKEN }));
    opened.push(pages);
    return pages;
  },
);

describe('JiraTracker over Rovo', () => {
  it('finds its comment and worklog also where the server gives the first ones only', async () => {
    site = new JiraSite();
    const { key } = await connect().create(
      { title: 'long talk', description: '', acceptanceCriteria: [], priority: 'low' },
      'create',
    );
    const talk = Array.from({ length: 30 }, (_, index) => ({ id: `by-hand-${String(index)}`, body: 'words' }));
    site.require(key).comments.push(...talk);
    site.require(key).worklogs.push(...talk);
    const entry = { seconds: 60, comment: 'work', startedAt: '2026-01-01T10:00:00.000Z' };
    for (const adopted of [false, true]) {
      expect((await connect().comment(key, 'late', 'm')).adopted).toBe(adopted);
      expect((await connect().worklog(key, entry, 'm')).adopted).toBe(adopted);
    }
    expect([site.require(key).comments.length, site.require(key).worklogs.length]).toEqual([31, 31]);
  });

  it('says that answers can not be read where the server gives the first comments only', async () => {
    site = new JiraSite();
    const { key } = site.create({ summary: 'long talk' });
    await connect().comment(key, 'Which unit?', 'ask');
    for (let number = 0; number < 25; number += 1)
      site.require(key).comments.push({ id: site.newId(), body: 'words', author: { name: 'Ann' } });
    await expect(connect().repliesTo(key, 'ask')).rejects.toMatchObject({
      code: 'TRACKER_REPLIES_HIDDEN',
      hint: expect.stringContaining(`vishkar answer ${key}`),
    });
  });

  it('reads which open stories a story waits for, and makes such a link once', async () => {
    site = new JiraSite();
    const [first, second, third] = ['one', 'two', 'three'].map((summary) => site.create({ summary }).key);
    if (first === undefined || second === undefined || third === undefined) throw new Error('not created');
    for (const blocker of [first, second, first]) await connect().link(third, blocker);
    expect(site.links).toHaveLength(2);
    expect((await connect().get(third)).blockedBy).toEqual([first, second]);
    site.require(first).status = 'Done';
    expect((await connect().get(third)).blockedBy).toEqual([second]);
  });

  it.each([
    [401, 'TRACKER_UNAUTHORIZED', false],
    [403, 'TRACKER_UNAUTHORIZED', false],
    [404, 'TRACKER_REFUSED', false],
    [429, 'TRACKER_RATE_LIMITED', true],
    [503, 'TRACKER_UNREACHABLE', true],
  ])('tells what HTTP status %i means', async (status, code, retryable) => {
    rovo.nextStatus = status;
    await expect(connect().list()).rejects.toMatchObject({ code, retryable });
  });

  it('never shows the token, also where the server repeats it', async () => {
    const error = await connect('wrong-token-5150')
      .list()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'TRACKER_UNAUTHORIZED' });
    const shown = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).stack);
    expect(shown).not.toContain('wrong-token-5150');
    expect(shown).not.toContain(Buffer.from('bot@example.com:wrong-token-5150').toString('base64'));
  });

  it('says which variable should hold the token, and when nobody listens', async () => {
    await expect(connect('').list()).rejects.toMatchObject({
      code: 'TRACKER_TOKEN_MISSING',
      message: expect.stringContaining('ROVO_TOKEN'),
    });
    const config = jiraConfigSchema.parse({
      project: 'DEMO',
      server: { transport: 'http', url: 'http://127.0.0.1:1/mcp', cloudId: CLOUD_ID },
    });
    await expect(new JiraTracker(openJira(config, {}), config).list()).rejects.toMatchObject({
      code: 'TRACKER_UNREACHABLE',
      retryable: true,
    });
  });

  it('signs in with client credentials, without a browser, and only at the issuer that it was told', async () => {
    site = new JiraSite();
    site.create({ summary: 'a story' });
    const origin = new URL(rovo.url).origin;
    const oauth = new OAuthEndpoints(origin, 'vishkar-client', 'client-secret-31');
    rovo.oauth = oauth;
    const tracker = (issuer: string) => {
      const auth = { kind: 'oauth', clientId: 'vishkar-client', clientSecretEnv: 'OAUTH_SECRET', issuer };
      const server = { transport: 'http', url: rovo.url, cloudId: CLOUD_ID, auth };
      const config = jiraConfigSchema.parse({ project: 'DEMO', server });
      const made = new JiraTracker(openJira(config, { OAUTH_SECRET: 'client-secret-31' }), config);
      opened.push(made);
      return made;
    };
    expect(await tracker(origin).list()).toHaveLength(1);
    expect(oauth.issued).toBe(1);
    await expect(tracker('https://auth.example.com').list()).rejects.toMatchObject({
      code: 'TRACKER_UNAUTHORIZED',
      retryable: false,
    });
    expect(oauth.issued).toBe(1);
    rovo.oauth = undefined;
  });

  it('does not let a token travel in the clear', () => {
    const url = 'http://mcp.example.com/v1/mcp';
    expect(() => jiraConfigSchema.parse({ project: 'DEMO', server: { transport: 'http', url, cloudId: 'x' } })).toThrow(
      /https/,
    );
  });
});
