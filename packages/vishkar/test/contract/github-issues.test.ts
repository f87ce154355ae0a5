/** Issues of GitHub under the issue tracker contract, and what only issues have to hold. */
import { describe, expect, it } from 'vitest';
import { projectConfigSchema } from '../../src/config/project-config.js';
import { githubIssuesSchema } from '../../src/issue-tracker/github-issues/github-issues-config.js';
import { GithubIssues } from '../../src/issue-tracker/github-issues/github-issues.js';
import { GithubClient } from '../../src/source-host/github/github-client.js';
import { ENVIRONMENT, githubApi } from '../github/github-fixture.js';
import { OWNER, REPO } from '../github/github-site.js';
import type { SiteIssue } from '../github/github-site.js';
import { describeIssueTracker } from './issue-tracker-contract.js';

const LABELS = {
  todo: [],
  in_progress: ['in progress'],
  in_review: ['in review'],
  blocked: ['blocked'],
  done: [],
  cancelled: [],
};

async function issues() {
  const { server, site, root } = await githubApi();
  const sourceHost = { kind: 'github', owner: OWNER, repo: REPO, baseUrl: server.apiAddress };
  const config = projectConfigSchema.parse({ sourceHost, tracker: { kind: 'github' } });
  const settings = githubIssuesSchema.parse({});
  const access = { ...config.sourceHost, owner: OWNER, repo: REPO };
  const connect = () => new GithubIssues(GithubClient.open(access, ENVIRONMENT, root), settings);
  const find = (key: string): SiteIssue => {
    const issue = site.issues.find(({ number }) => `GH-${String(number)}` === key);
    if (issue === undefined) throw new Error(`there is no issue for ${key}`);
    return issue;
  };
  return { server, site, connect, find };
}

describeIssueTracker('GithubIssues', async () => {
  const { connect, find, site } = await issues();
  const write = async (key: string, author: string, body: string) => {
    find(key).comments.push({ id: site.nextId(), author, body, isPending: false });
    await Promise.resolve();
  };
  site.collaborators.push('ann');
  const written = (key: string, kind: string) =>
    find(key).comments.filter(({ body }) => body.includes(`<!-- vishkar-marker: ${kind} `));
  return {
    connect,
    moveByHand: async (key, to) => {
      const reason = to === 'cancelled' ? 'not_planned' : 'completed';
      const state = to === 'done' || to === 'cancelled' ? 'closed' : 'open';
      await Promise.resolve(Object.assign(find(key), { state, reason, labels: ['vishkar', ...LABELS[to]] }));
    },
    editByHand: async (key, description) => void (await Promise.resolve((find(key).body = description))),
    assignByHand: async (key, name) => void (await Promise.resolve((find(key).assignees = [name]))),
    blockByHand: async (key, blocker) => void (await Promise.resolve((find(key).blockedBy = [find(blocker).number]))),
    fileByHand: async (title) => {
      const issue = { title, body: '', state: 'open', reason: null, comments: [], labels: ['vishkar'] };
      await Promise.resolve(site.issues.push({ ...issue, number: site.nextNumber() }));
    },
    link: undefined,
    deleteByHand: async (key) => void (await Promise.resolve(site.issues.splice(site.issues.indexOf(find(key)), 1))),
    commentByHand: async (key, author, body) => await write(key, author.toLowerCase(), body),
    commentByProgram: async (key, body) => await write(key, 'ci[bot]', body),
    comments: async (key) => await Promise.resolve(written(key, 'comment').map(({ body }) => body)),
    worklogs: async (key) => await Promise.resolve(written(key, 'worklog').length),
  };
});

const STORY = { title: 'A story', description: 'Text.', acceptanceCriteria: ['It works'], priority: 'high' } as const;

describe('issues of GitHub', () => {
  it('are stories only where somebody who may has labelled them, and pull requests never are', async () => {
    const { site, connect } = await issues();
    const issue = { title: 'From a stranger', body: 'Do it', state: 'open', reason: null, comments: [] };
    site.issues.push(
      { ...issue, number: 1, labels: [] },
      { ...issue, number: 2, labels: ['vishkar', 'priority: low', 'bug'] },
    );
    const pull = {
      author: 'ada',
      branch: 'b',
      baseBranch: 'main',
      openedOnBaseSha: '',
      title: 'A pull request',
      body: '',
    };
    const rest = {
      isDraft: false,
      isOpen: true,
      headSha: '',
      mergeSha: undefined,
      queueEntry: undefined,
      queueEvents: [],
      labels: ['vishkar'],
      reviewers: [],
      teams: [],
    };
    site.pulls.push({ ...pull, ...rest, number: 3, reviews: [], threads: [], comments: [] });
    expect(await connect().list()).toMatchObject([
      { key: 'GH-2', priority: 'low', status: 'todo', acceptanceCriteria: [] },
    ]);
    await connect().transition('GH-2', 'in_progress', 'm');
    expect(site.issues[1]?.labels).toEqual(['vishkar', 'priority: low', 'bug', 'in progress']);
    await connect().transition('GH-2', 'done', 'm');
    expect(site.issues[1]).toMatchObject({
      state: 'closed',
      reason: 'completed',
      labels: ['vishkar', 'priority: low', 'bug'],
    });
    expect(await connect().list()).toEqual([]);
  });

  it('wait for their open parts, and for issues of other repositories', async () => {
    const { site, connect, find } = await issues();
    const [first, second] = [await connect().create(STORY, 'one'), await connect().create(STORY, 'two')];
    const far = { number: 77, title: 'Far', body: '', labels: [], state: 'open', reason: null, comments: [] };
    site.issues.push({ ...far, elsewhere: 'acme/lib' });
    Object.assign(find(first.key), { subIssues: [find(second.key).number], blockedBy: [77] });
    expect((await connect().get(first.key)).blockedBy).toEqual(['acme/lib#77', second.key]);
    expect((await connect().list()).find(({ key }) => key === first.key)?.blockedBy).toHaveLength(2);
    await expect(connect().get('acme/lib#77')).rejects.toMatchObject({ code: 'STORY_NOT_FOUND' });
    for (const issue of site.issues.slice(1)) issue.state = 'closed';
    expect((await connect().get(first.key)).blockedBy).toEqual([]);
  });

  it('are answered by the people of the repository alone, and by whoever shares the account of the token', async () => {
    const { site, connect, find } = await issues();
    const { key } = await connect().create(STORY, 'filed');
    await connect().comment(key, 'Which unit?', 'ask');
    const viewer = find(key).comments[0]?.author ?? '';
    for (const author of ['mallory', 'ghost', 'ci[bot]', 'bob', viewer])
      find(key).comments.push({ id: site.nextId(), author, body: `from ${author}`, isPending: false });
    const replies = await connect().repliesTo(key, 'ask');
    expect(replies.map(({ body }) => body)).toEqual(['from bob', `from ${viewer}`]);
  });

  it('have each write once, whatever fails in its middle', async () => {
    const { server, site, connect } = await issues();
    const entry = { seconds: 3600, comment: 'time at work', startedAt: '2026-01-01T10:00:00.000Z' };
    const key = 'GH-1';
    const writes = [
      [/^POST .*\/issues$/, () => connect().create(STORY, 'filed')],
      [/commentOnIssue/, () => connect().comment(key, 'Claimed.', 'claim')],
      [/commentOnIssue/, () => connect().worklog(key, entry, 'close')],
      [/^PATCH /, () => connect().transition(key, 'in_progress', 'claim')],
    ] as const;
    for (const [call, write] of writes) {
      server.faults = [{ call, work: 'done', answer: 'cut' }];
      await expect(write()).rejects.toMatchObject({ code: 'SOURCE_HOST_UNREACHABLE', retryable: true });
      await write();
      await write();
    }
    expect(site.issues).toHaveLength(1);
    expect(site.issues[0]?.comments.map(({ body }) => body.split('\n')[0])).toEqual([
      'Claimed.',
      'time at work: 1 h 0 min, from 2026-01-01T10:00:00.000Z on.',
    ]);
    expect(site.issues[0]?.labels).toEqual(['vishkar', 'priority: high', 'in progress']);
  });
});
