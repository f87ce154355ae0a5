/** Each write to GitHub is there once, whatever fails in its middle: a second call, as after a crash, adopts what the first one did. */
import { describe, expect, it } from 'vitest';
import { pushBranch } from '../../src/git/checkpoint.js';
import type { GithubHost } from '../../src/source-host/github/github-host.js';
import { commitFiles, runGit } from '../support/git-repository.js';
import { githubHost } from './github-fixture.js';
import type { GithubFault } from './github-server.js';
import type { SitePull } from './github-site.js';

interface Case {
  readonly host: GithubHost;
  readonly number: number;
  readonly headSha: string;
  readonly pull: SitePull;
}

const writeReview = ({ host, number, headSha }: Case) => {
  const comments = [{ file: 'a.txt', line: 1, body: 'Why?', marker: 'finding' }];
  return host.submitReview({ number, headSha, verdict: 'comment', body: 'See.', comments }, 'review');
};

/** Each write, the request that does it, and how many effects there are. */
const WRITES: readonly {
  readonly name: string;
  readonly call: RegExp;
  readonly write: (it: Case) => Promise<unknown>;
  readonly effects: (it: Case) => readonly number[];
}[] = [
  {
    name: 'a draft of a review with its conversations',
    call: /^POST .*\/reviews$/,
    write: writeReview,
    effects: ({ pull }) => [pull.reviews.length, pull.threads.length],
  },
  {
    name: 'a submitted review',
    call: /submitReview/,
    write: writeReview,
    effects: ({ pull }) => [pull.reviews.filter(({ state }) => state === 'COMMENTED').length, pull.reviews.length],
  },
  {
    name: 'a reply',
    call: /replyToThread/,
    write: ({ host, number }) =>
      host.replyToThread({ number, threadId: `PRRT_by_hand_${String(number)}`, body: 'Done.', resolve: true }, 'reply'),
    effects: ({ pull }) => [pull.threads[0]?.isResolved === true ? 1 : 0, (pull.threads[0]?.comments.length ?? 0) - 1],
  },
  {
    name: 'a resolved conversation',
    call: /resolveThread/,
    write: ({ host, number }) =>
      host.replyToThread({ number, threadId: `PRRT_by_hand_${String(number)}`, body: 'Done.', resolve: true }, 'reply'),
    effects: ({ pull }) => [pull.threads[0]?.isResolved === true ? 1 : 0, (pull.threads[0]?.comments.length ?? 0) - 1],
  },
  {
    name: 'an answer to requested changes',
    call: /answerReview/,
    write: ({ host, number }) =>
      host.replyToThread({ number, threadId: `review:PRR_${String(number)}`, body: 'Done.', resolve: true }, 'reply'),
    effects: ({ pull }) => [pull.comments.length],
  },
  {
    name: 'a new body',
    call: /^PATCH /,
    write: ({ host, number }) => host.updatePullRequestBody(number, 'With the receipt'),
    effects: ({ pull }) => [/^With the receipt\n\n<!-- vishkar-marker: open -->$/.test(pull.body) ? 1 : 0, 1],
  },
  {
    name: 'a place in the merge queue',
    call: /enqueue/,
    write: ({ host, number, headSha }) => host.followQueue({ number, headSha, additionsSeen: 0 }),
    effects: ({ pull }) => [pull.queueEvents.length],
  },
];

/** What happens to the request, and the error that it becomes. */
const FAULTS: readonly (readonly [string, Pick<GithubFault, 'work' | 'answer' | 'headers'>, string])[] = [
  ['an error after the work', { work: 'done', answer: 500 }, 'SOURCE_HOST_FAILED'],
  ['a bad gateway after the work', { work: 'done', answer: 502 }, 'SOURCE_HOST_FAILED'],
  ['a connection cut after the work', { work: 'done', answer: 'cut' }, 'SOURCE_HOST_UNREACHABLE'],
  ['a connection cut before the work', { work: 'not done', answer: 'cut' }, 'SOURCE_HOST_UNREACHABLE'],
  ['a page of a proxy', { work: 'not done', answer: 'garbage' }, 'SOURCE_HOST_ANSWER_UNREADABLE'],
  ['a limit', { work: 'not done', answer: 429, headers: { 'retry-after': '3' } }, 'SOURCE_HOST_RATE_LIMITED'],
];

/** Pull requests of branches at one commit, so that each fault has its own. */
async function manyPullRequests() {
  const { site, server, connect, push, repository } = await githubHost();
  const headSha = push('vishkar/DEMO-0', { 'a.txt': 'one\n' });
  const start = site.sha('main') ?? '';
  async function open(name: string, settings: object = {}): Promise<Case> {
    site.git('update-ref', 'refs/heads/main', start);
    const branch = `vishkar/${name.replaceAll(' ', '-')}`;
    site.git('update-ref', `refs/heads/${branch}`, headSha);
    const host = connect(settings);
    const request = { branch, baseBranch: 'main', title: name, body: 'Body', headSha };
    const { number } = await host.openPullRequest(request, 'open');
    const pull = site.require(number);
    const comments = [{ id: site.nextId(), author: 'ada', body: 'Hm?', isPending: false }];
    pull.threads.push({
      ...{ id: `PRRT_by_hand_${String(number)}`, path: 'a.txt', line: 1, originalLine: 1, isResolved: false, comments },
    });
    pull.reviews.push({ id: number, author: 'bob', body: 'Better?', commit: headSha, state: 'CHANGES_REQUESTED' });
    return { host, number, headSha, pull };
  }
  return { site, server, connect, open, headSha, start, repository };
}

describe('GitHub that fails', () => {
  it.each(WRITES)('has $name once', async ({ call, write, effects }) => {
    const { server, site, open } = await manyPullRequests();
    site.rules.hasQueue = true;
    for (const [name, fault, code] of FAULTS) {
      const pullRequest = await open(name);
      const expected = effects(pullRequest);
      server.faults = [{ call, ...fault }];
      await expect(write(pullRequest), name).rejects.toMatchObject({ code, retryable: true });
      expect(server.faults).toEqual([]);
      await write(pullRequest);
      await write(pullRequest);
      const counts = effects(pullRequest);
      const added = counts.map((count, at) => count - (expected[at] ?? 0));
      expect([name, added.every((count) => count <= 1), counts[0]]).toEqual([name, true, (expected[0] ?? 0) + 1]);
    }
  });

  it('has one pull request, with its labels and reviewers', async () => {
    const { server, site, connect, headSha } = await manyPullRequests();
    const settings = { labels: ['vishkar'], reviewers: ['ada', 'team:core'] };
    for (const call of [/^POST .*\/pulls$/, /^POST .*\/labels$/, /^POST .*\/requested_reviewers$/])
      for (const [name, fault, code] of FAULTS) {
        const branch = `vishkar/${name.replaceAll(' ', '-')}-${String(site.pulls.length)}`;
        site.git('update-ref', `refs/heads/${branch}`, headSha);
        const request = { branch, baseBranch: 'main', title: 'T', body: 'B', headSha };
        server.faults = [{ call, ...fault }];
        const before = site.pulls.length;
        await expect(connect(settings).openPullRequest(request, 'open'), name).rejects.toMatchObject({ code });
        expect(await connect(settings).openPullRequest(request, 'open')).toMatchObject({ state: 'open', headSha });
        expect(site.pulls.length - before).toBe(1);
        expect(site.pulls.at(-1)).toMatchObject({ labels: ['vishkar'], reviewers: ['ada'], teams: ['core'] });
      }
  });

  it('has one merge, of the head that was asked for, and takes the branch away after it', async () => {
    const { server, site, connect, open, headSha, start } = await manyPullRequests();
    const calls = [/^PUT .*\/merge$/, /markReady/, /^DELETE /];
    for (const call of calls)
      for (const [name, fault, code] of FAULTS) {
        const { number, pull } = await open(`${name} ${String(calls.indexOf(call))}`, { draft: true });
        const host = connect({ deleteBranch: true });
        const request = { number, headSha, message: 'DEMO-1: thing' };
        server.faults = [{ call, ...fault }];
        await expect(host.merge(request, 'merge'), name).rejects.toMatchObject({ code, retryable: true });
        expect(server.faults).toEqual([]);
        const { mergeSha } = await host.merge(request, 'merge');
        expect(await host.merge(request, 'merge')).toEqual({ mergeSha, adopted: true });
        expect(site.git('log', '--first-parent', '--format=%H %P', 'main').split('\n')).toEqual([
          `${mergeSha} ${start} ${headSha}`,
          start,
        ]);
        expect([pull.isDraft, site.sha(pull.branch)]).toEqual([false, undefined]);
      }
  });

  it('has each write once when a proxy passes the request on twice', async () => {
    const { server, site, connect, open, headSha, start } = await manyPullRequests();
    site.rules.hasQueue = true;
    for (const { name, call, write, effects } of WRITES) {
      const pullRequest = await open(`twice ${name}`);
      const [before = 0] = effects(pullRequest);
      server.faults = [{ call, work: 'done twice', answer: 'real' }];
      await write(pullRequest);
      expect([name, server.faults, effects(pullRequest)[0]]).toEqual([name, [], before + 1]);
      await write(pullRequest);
      expect([name, effects(pullRequest)[0]]).toEqual([name, before + 1]);
    }
    site.rules.hasQueue = false;
    const settings = { labels: ['vishkar'], reviewers: ['ada', 'team:core'], draft: true, deleteBranch: true };
    const request = { branch: 'vishkar/DEMO-0', baseBranch: 'main', title: 'T', body: 'B', headSha };
    const twice = (call: RegExp) => ({ call, work: 'done twice', answer: 'real' }) as const;
    server.faults = [/^POST .*\/pulls$/, /\/labels$/, /\/requested_reviewers$/].map(twice);
    const before = site.pulls.length;
    const { number } = await connect(settings).openPullRequest(request, 'open');
    expect(site.pulls).toHaveLength(before + 1);
    expect(site.require(number)).toMatchObject({ labels: ['vishkar'], reviewers: ['ada'], teams: ['core'] });
    server.faults.push(...[/markReady/, /^PUT .*\/merge$/, /^DELETE /].map(twice));
    const { mergeSha } = await connect(settings).merge({ number, headSha, message: 'm' }, 'merge');
    expect(site.git('log', '--first-parent', '--format=%H', 'main').split('\n')).toEqual([mergeSha, start]);
    expect([server.faults, site.sha('vishkar/DEMO-0')]).toEqual([[], undefined]);
  });

  it('has each write once when its answer comes too late', async () => {
    const { server, site, connect, open } = await manyPullRequests();
    site.rules.hasQueue = true;
    const cases: (readonly [(typeof WRITES)[number], Case, number])[] = [];
    // What is asked for once more changes nothing where it is there already; these would be there twice.
    for (const each of WRITES.filter(({ call }) => /reviews|replyTo|answer|enqueue/.test(call.source))) {
      const pullRequest = await open(`late ${each.name}`);
      const [before = 0] = each.effects(pullRequest);
      cases.push([each, { ...pullRequest, host: connect({ requestTimeoutMs: 1_000 }) }, before]);
    }
    for (const [{ name, call, write }, pullRequest] of cases) {
      server.faults = [{ call, work: 'done', answer: 'silence' }];
      await expect(write(pullRequest), name).rejects.toMatchObject({ code: 'SOURCE_HOST_TIMEOUT', retryable: true });
    }
    for (const [{ name, write, effects }, pullRequest, before] of cases) {
      await write({ ...pullRequest, host: connect() });
      expect([name, effects(pullRequest)[0]]).toEqual([name, before + 1]);
    }
  });

  it('has one push, whose answer was lost', async () => {
    const { server, site, connect, repository } = await manyPullRequests();
    const { checkout } = repository;
    const host = connect();
    const remote = { remote: host.remoteUrl, access: () => host.gitSettings() };
    runGit(checkout, 'switch', '--quiet', '--create', 'vishkar/DEMO-9', 'origin/main');
    const sha = commitFiles(checkout, { 'nine.txt': '9\n' }, 'work');
    for (const answer of ['cut', 502] as const) {
      site.git('update-ref', '-d', 'refs/heads/vishkar/DEMO-9');
      server.faults = [{ call: /^GIT \/git-receive-pack/, work: 'done', answer }];
      const push = () => pushBranch({ worktree: checkout, branch: 'vishkar/DEMO-9', ...remote });
      const first = await push().catch((error: unknown) => error);
      expect([server.faults, site.sha('vishkar/DEMO-9')]).toEqual([[], sha]);
      if (first instanceof Error) expect(first).toMatchObject({ retryable: true });
      expect(await push()).toEqual({ sha, adopted: true });
    }
  });

  it('ends a call whose activity was stopped', async () => {
    const { server, connect, open, headSha } = await manyPullRequests();
    const { number } = await open('stopped');
    const stop = new AbortController();
    server.faults = [{ call: /\/check-runs$/, work: 'not done', answer: 'silence' }];
    const checks = connect().checks({ number, headSha }, { signal: stop.signal, onProgress: () => undefined });
    stop.abort(new Error('stopped'));
    await expect(checks).rejects.toThrow('stopped');
  });
});
