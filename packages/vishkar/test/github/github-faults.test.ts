/** Each write to GitHub is there once, whatever fails in its middle: a second call, as after a crash, adopts what the first one did. */
import { describe, expect, it } from 'vitest';
import type { GithubHost } from '../../src/source-host/github/github-host.js';
import { githubHost } from './github-fixture.js';
import type { GithubFault } from './github-server.js';
import type { SitePull } from './github-site.js';

interface Case {
  readonly host: GithubHost;
  readonly number: number;
  readonly headSha: string;
  readonly pull: SitePull;
}

/** Each write, the request that does it, and how many effects there are. */
const WRITES: readonly {
  readonly name: string;
  readonly call: RegExp;
  readonly write: (it: Case) => Promise<unknown>;
  readonly effects: (it: Case) => unknown;
}[] = [
  {
    name: 'a review with its conversations',
    call: /^POST .*\/reviews$/,
    write: ({ host, number, headSha }) => {
      const comments = [{ file: 'a.txt', line: 1, body: 'Why?', marker: 'finding' }];
      return host.submitReview({ number, headSha, verdict: 'comment', body: 'See.', comments }, 'review');
    },
    effects: ({ pull }) => [pull.reviews.length, pull.threads.length],
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
  const { site, server, connect, push } = await githubHost();
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
  return { site, server, connect, open, headSha, start };
}

describe('GitHub that fails', () => {
  it.each(WRITES)('has $name once', async ({ call, write, effects }) => {
    const { server, open } = await manyPullRequests();
    for (const [name, fault, code] of FAULTS) {
      const pullRequest = await open(name);
      const expected = effects(pullRequest) as number[];
      server.faults = [{ call, ...fault }];
      await expect(write(pullRequest), name).rejects.toMatchObject({ code, retryable: true });
      expect(server.faults).toEqual([]);
      await write(pullRequest);
      await write(pullRequest);
      const counts = effects(pullRequest) as number[];
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

  it('takes a request that a proxy passed on twice for one', async () => {
    const { server, site, connect, headSha, start } = await manyPullRequests();
    const request = { branch: 'vishkar/DEMO-0', baseBranch: 'main', title: 'T', body: 'B', headSha };
    server.faults = [{ call: /^POST .*\/pulls$/, work: 'done twice', answer: 'real' }];
    expect(await connect().openPullRequest(request, 'open')).toMatchObject({ number: 1, adopted: true });
    server.faults = [{ call: /^PUT .*\/merge$/, work: 'done twice', answer: 'real' }];
    const { mergeSha } = await connect().merge({ number: 1, headSha, message: 'm' }, 'merge');
    expect(site.git('log', '--first-parent', '--format=%H', 'main').split('\n')).toEqual([mergeSha, start]);
    expect(site.pulls).toHaveLength(1);
  });

  it('gives up on an answer that does not come, and says so', async () => {
    const { server, connect, open, headSha } = await manyPullRequests();
    const { number, pull } = await open('silence');
    server.faults = [{ call: /\/reviews$/, work: 'done', answer: 'silence' }];
    pull.reviews.length = 0;
    const review = { number, headSha, verdict: 'comment' as const, body: 'See.', comments: [] };
    const impatient = connect({ requestTimeoutMs: 1_000 });
    await expect(impatient.submitReview(review, 'review')).rejects.toMatchObject({ code: 'SOURCE_HOST_TIMEOUT' });
    expect((await connect().submitReview(review, 'review')).adopted).toBe(true);
    expect(pull.reviews).toHaveLength(1);
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
