/** What the GitHub host does beyond the contract: how it gets on with people, with GitHub's rules and with what they change. */
import { describe, expect, it } from 'vitest';
import { runGit } from '../support/git-repository.js';
import { BRANCH, githubPullRequest } from './github-fixture.js';
import { OTHER_TOKEN, TOKEN } from './github-server.js';
import type { GithubSite, SitePull } from './github-site.js';

const AS_ADA = { GITHUB_TOKEN: OTHER_TOKEN };

function comment(site: GithubSite, body: string, author = 'ada', isPending = false) {
  return { id: site.nextId(), author, body, isPending };
}

function thread(site: GithubSite, pull: SitePull, comments: SitePull['threads'][number]['comments']): string {
  const id = `PRRT_${String(site.nextId())}`;
  pull.threads.push({ id, path: 'a.txt', line: 1, originalLine: 1, isResolved: false, comments });
  return id;
}

describe('the text of a pull request', () => {
  it('keeps what people wrote below ours, from the template on', async () => {
    const { site, connect, request, number, push } = await githubPullRequest();
    const pull = site.require(number);
    expect(pull.body).toBe('Body\n\n<!-- vishkar-marker: open -->');
    pull.body = `${pull.body}\n\n- [x] looked at`;
    await connect().openPullRequest({ ...request, title: 'Better', body: 'New body' }, 'open');
    expect(pull).toMatchObject({
      title: 'Better',
      body: 'New body\n\n<!-- vishkar-marker: open -->\n\n- [x] looked at',
    });
    await connect().updatePullRequestBody(number, 'With the receipt');
    expect(pull.body).toBe('With the receipt\n\n<!-- vishkar-marker: open -->\n\n- [x] looked at');
    site.templates = [
      { filename: '.github/PULL_REQUEST_TEMPLATE/other.md', body: 'not this one' },
      { filename: '.github/pull_request_template.md', body: '- [ ] tested' },
    ];
    const headSha = push('vishkar/DEMO-2', { 'b.txt': 'b\n' });
    const second = await connect().openPullRequest({ ...request, branch: 'vishkar/DEMO-2', headSha }, 'open-2');
    expect(site.require(second.number).body).toBe('Body\n\n<!-- vishkar-marker: open-2 -->\n\n- [ ] tested');
  });

  it('is not changed where it says the same', async () => {
    const { server, connect, request, number } = await githubPullRequest();
    await connect().openPullRequest(request, 'open');
    await connect().updatePullRequestBody(number, 'Body');
    expect(server.requests.filter((each) => each.startsWith('PATCH'))).toEqual([]);
  });

  it('of one that a person opened stays below ours', async () => {
    const { site, connect, request, number } = await githubPullRequest();
    const pull = site.require(number);
    pull.body = 'I began this.';
    expect(await connect().openPullRequest(request, 'open')).toMatchObject({ number, adopted: true });
    expect(pull.body).toBe('Body\n\n<!-- vishkar-marker: open -->\n\nI began this.');
  });

  it('can not pass for a marker, and is cut where GitHub would refuse it', async () => {
    const { site, connect, request, number } = await githubPullRequest();
    const body = `<!-- vishkar-marker: forged -->${'x'.repeat(70_000)}`;
    await connect().openPullRequest({ ...request, body }, 'open');
    const text = site.require(number).body;
    expect(text).toContain('<!-- not-a-vishkar-marker: forged -->');
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text).toMatch(/too long for GitHub\)\n\n<!-- vishkar-marker: open -->$/);
  });
});

it('says that a reviewer of the configuration may not be asked', async () => {
  const { connect, request } = await githubPullRequest();
  const open = connect({ reviewers: ['stranger'] }).openPullRequest(request, 'open');
  const message = expect.stringContaining('collaborators') as string;
  await expect(open).rejects.toMatchObject({ code: 'SOURCE_HOST_REFUSED', retryable: false, message });
});

describe('a review', () => {
  const REVIEW = { verdict: 'approve' as const, body: 'The gate is met.', comments: [] };

  it('is formal where the account did not open the pull request, else a comment that says its verdict', async () => {
    const { site, connect, number, headSha } = await githubPullRequest();
    await connect().submitReview({ number, headSha, ...REVIEW }, 'own');
    await connect({}, AS_ADA).submitReview({ number, headSha, ...REVIEW }, 'other');
    await connect({}, AS_ADA).submitReview({ number, headSha, ...REVIEW, verdict: 'request_changes' }, 'another');
    const { reviews } = site.require(number);
    expect(reviews.map((review) => review.state)).toEqual(['COMMENTED', 'APPROVED', 'CHANGES_REQUESTED']);
    expect(reviews[0]?.body).toContain('**Verdict: approve**');
    expect(reviews[1]?.body).toBe('The gate is met.\n\n<!-- vishkar-marker: other -->');
  });

  it("comes from an account of its own where one is named, formally, and its wishes are no person's", async () => {
    const settings = { reviewTokenEnv: 'REVIEW_TOKEN' };
    const environment = { GITHUB_TOKEN: TOKEN, REVIEW_TOKEN: OTHER_TOKEN };
    const { site, connect, number, headSha } = await githubPullRequest();
    const host = () => connect(settings, environment);
    const comments = [{ file: 'a.txt', line: 1, body: 'Why?', marker: 'one' }];
    const refusal = { number, headSha, ...REVIEW, verdict: 'request_changes' as const, comments };
    expect((await host().submitReview(refusal, 'review')).adopted).toBe(false);
    expect((await host().submitReview(refusal, 'review')).adopted).toBe(true);
    expect(site.require(number).reviews).toMatchObject([{ author: 'ada', state: 'CHANGES_REQUESTED' }]);
    const [thread, ...others] = await host().listThreads(number);
    expect([thread?.body, others]).toEqual(['Why?', []]);
    await host().replyToThread({ number, threadId: thread?.id ?? '', body: 'So.', resolve: true }, 'reply');
    expect(site.require(number).threads[0]?.comments.map(({ author }) => author)).toEqual(['ada', 'vishkar-bot']);
    expect(await host().problems()).toEqual([]);
    const same = { ...environment, REVIEW_TOKEN: TOKEN };
    expect(await connect(settings, same).problems()).toMatchObject([{ code: 'SOURCE_HOST_REFUSED' }]);
    await expect(connect(settings).problems()).rejects.toMatchObject({ code: 'SOURCE_HOST_TOKEN_MISSING' });
  });

  it('is not given again when a person dismissed it, and not left out because somebody copied its marker', async () => {
    const { site, connect, number, headSha } = await githubPullRequest();
    const { reviews } = site.require(number);
    const body = 'haha <!-- vishkar-marker: review -->';
    reviews.push({ id: 1, author: 'ada', body, commit: headSha, state: 'APPROVED' });
    expect((await connect().submitReview({ number, headSha, ...REVIEW }, 'review')).adopted).toBe(false);
    for (const review of reviews) review.state = 'DISMISSED';
    expect((await connect().submitReview({ number, headSha, ...REVIEW }, 'review')).adopted).toBe(true);
    expect(reviews).toHaveLength(2);
  });

  it('names in its text what stands on no line of the diff', async () => {
    const { site, connect, number, headSha } = await githubPullRequest();
    const comments = [
      { file: 'a.txt', line: 2, body: 'Here.', marker: 'one' },
      { file: 'a.txt', line: 99, body: 'Beyond.', marker: 'two' },
      { file: 'README.md', line: 1, body: 'Untouched.', marker: 'three' },
    ];
    await connect().submitReview({ number, headSha, ...REVIEW, comments }, 'review');
    const pull = site.require(number);
    expect(pull.threads.map(({ path, line }) => [path, line])).toEqual([['a.txt', 2]]);
    for (const text of ['a.txt:99', 'Beyond.', 'README.md:1', 'Untouched.'])
      expect(pull.reviews[0]?.body).toContain(text);
  });

  it('of a head that was replaced says so, and waits where GitHub has not noticed a push yet', async () => {
    const { site, connect, number, headSha, push } = await githubPullRequest();
    site.isLagging = true;
    const pushed = push(BRANCH, { 'more.txt': 'x\n' });
    const review = connect().submitReview({ number, headSha: pushed, ...REVIEW }, 'review');
    await expect(review).rejects.toMatchObject({ code: 'SOURCE_HOST_NOT_READY', retryable: true });
    site.isLagging = false;
    runGit(site.remote, 'update-ref', `refs/heads/${BRANCH}`, headSha);
    const gone = connect().submitReview({ number, headSha: pushed, ...REVIEW }, 'review');
    await expect(gone).rejects.toMatchObject({ code: 'HEAD_MOVED' });
  });

  it('says that a draft of the same account stands in its way', async () => {
    const { site, connect, number, headSha } = await githubPullRequest();
    site.require(number).reviews.push({ id: 1, author: 'vishkar-bot', body: '', commit: headSha, state: 'PENDING' });
    const review = connect().submitReview({ number, headSha, ...REVIEW }, 'review');
    const message = expect.stringContaining('one pending review') as string;
    await expect(review).rejects.toMatchObject({ code: 'SOURCE_HOST_REFUSED', message });
  });
});

describe('conversations', () => {
  it('are read to the last page, without drafts and with accounts that are gone', async () => {
    const { site, connect, number } = await githubPullRequest();
    const pull = site.require(number);
    for (let at = 0; at < 60; at += 1) thread(site, pull, [comment(site, `thread ${String(at)}`)]);
    const long = Array.from({ length: 120 }, (_, at) => comment(site, `comment ${String(at)}`, 'ghost'));
    thread(site, pull, long);
    thread(site, pull, [comment(site, 'a draft', 'vishkar-bot', true)]);
    const threads = await connect().listThreads(number);
    expect(threads).toHaveLength(61);
    expect(threads.at(-1)).toMatchObject({ author: 'ghost', body: 'comment 0' });
    expect(threads.at(-1)?.replies.at(-1)).toEqual({ author: 'ghost', body: 'comment 119' });
  });

  it('that a person opened again after our answer stay open', async () => {
    const { site, connect, number } = await githubPullRequest();
    const pull = site.require(number);
    const threadId = thread(site, pull, [comment(site, 'Hm?')]);
    const reply = { number, threadId, body: 'Addressed in abc.', resolve: true };
    await connect().replyToThread(reply, 'r1');
    expect(pull.threads[0]?.isResolved).toBe(true);
    Object.assign(pull.threads[0] ?? {}, { isResolved: false });
    expect((await connect().replyToThread(reply, 'r1')).adopted).toBe(true);
    expect(pull.threads[0]?.isResolved).toBe(false);
  });

  it('of another pull request, or on a line that is gone', async () => {
    const { site, connect, number, push, request } = await githubPullRequest();
    const threadId = thread(site, site.require(number), [comment(site, 'Hm?')]);
    Object.assign(site.require(number).threads[0] ?? {}, { line: null });
    expect(await connect().listThreads(number)).toMatchObject([{ line: 1 }]);
    const headSha = push('vishkar/DEMO-2', { 'b.txt': 'b\n' });
    const second = await connect().openPullRequest({ ...request, branch: 'vishkar/DEMO-2', headSha }, 'open-2');
    const reply = connect().replyToThread({ number: second.number, threadId, body: 'x', resolve: false }, 'r');
    await expect(reply).rejects.toMatchObject({ code: 'THREAD_NOT_FOUND' });
    await expect(connect().listThreads(99)).rejects.toMatchObject({ code: 'PULL_REQUEST_NOT_FOUND' });
  });
});

describe('changes that a person requests in the text of a review', () => {
  it('are a conversation until it is answered, dismissed or followed by an approval', async () => {
    const { site, connect, number, headSha } = await githubPullRequest();
    const pull = site.require(number);
    const request = {
      id: 1,
      author: 'ada',
      body: 'Please name it better.',
      commit: headSha,
      state: 'CHANGES_REQUESTED' as const,
    };
    pull.reviews.push(
      request,
      { ...request, id: 2, author: 'stranger' },
      { ...request, id: 3, author: 'bob', body: '' },
    );
    const [thread, ...others] = await connect().listThreads(number);
    expect(others).toEqual([]);
    expect(thread).toMatchObject({ author: 'ada', body: 'Please name it better.', resolved: false, replies: [] });
    const threadId = thread?.id ?? '';
    const reply = { number, threadId, body: 'Nothing was changed.', resolve: false };
    await connect().replyToThread(reply, 'r1');
    expect(await connect().listThreads(number)).toMatchObject([
      { resolved: false, replies: [{ author: 'vishkar-bot' }] },
    ]);
    const settle = async () => (await connect().replyToThread({ ...reply, resolve: true }, 'r2')).adopted;
    expect([await settle(), await settle()]).toEqual([false, true]);
    expect((await connect().listThreads(number))[0]?.resolved).toBe(true);
    expect(pull.comments[0]?.body).toContain('To the [review of ada](');
    pull.reviews.push({ ...request, id: 4 });
    expect((await connect().listThreads(number))[0]?.resolved).toBe(false);
    Object.assign(pull.reviews.at(-1) ?? {}, { state: 'DISMISSED' });
    expect(await connect().listThreads(number)).toEqual([]);
    Object.assign(pull.reviews.at(-1) ?? {}, { state: 'CHANGES_REQUESTED' });
    pull.reviews.push({ ...request, id: 5, body: 'Good.', state: 'APPROVED' });
    expect(await connect().listThreads(number)).toEqual([]);
    const gone = connect().replyToThread({ ...reply, threadId: 'review:PRR_4' }, 'r3');
    await expect(gone).rejects.toMatchObject({ code: 'THREAD_NOT_FOUND' });
  });
});

describe('the merge', () => {
  const merging = (number: number, headSha: string) => ({ number, headSha, message: 'DEMO-1: thing (#1)' });

  it.each(['squash', 'rebase'] as const)(
    'by %s is of the same content, and adopted the second time',
    async (mergeMethod) => {
      const { site, connect, number, headSha } = await githubPullRequest({ mergeMethod });
      const start = site.sha('main');
      const merged = await connect({ mergeMethod }).merge(merging(number, headSha), 'merge');
      expect(runGit(site.remote, 'log', '--format=%H %P', 'main').split('\n')[0]).toBe(
        `${merged.mergeSha} ${start ?? ''}`,
      );
      expect(runGit(site.remote, 'diff', headSha, 'main')).toBe('');
      expect(await connect().merge(merging(number, headSha), 'merge')).toEqual({ ...merged, adopted: true });
      expect(await connect().getPullRequest(number)).toMatchObject({
        state: 'merged',
        headSha,
        mergeSha: merged.mergeSha,
      });
    },
  );

  it('of a draft makes it ready first', async () => {
    const { site, connect, number, headSha } = await githubPullRequest({ draft: true });
    expect(site.require(number).isDraft).toBe(true);
    expect((await connect().merge(merging(number, headSha), 'merge')).adopted).toBe(false);
  });

  it('says which rule of the base branch is not met, and goes through once it is', async () => {
    const { site, connect, number, headSha } = await githubPullRequest();
    site.rules.approvals = 1;
    const blocked = connect().merge(merging(number, headSha), 'merge');
    const message = expect.stringContaining('At least 1 approving review is required') as string;
    await expect(blocked).rejects.toMatchObject({ code: 'MERGE_BLOCKED', retryable: false, message });
    const review = { number, headSha, verdict: 'approve' as const, body: 'Good.', comments: [] };
    await connect({}, AS_ADA).submitReview(review, 'review');
    expect((await connect().merge(merging(number, headSha), 'merge')).adopted).toBe(false);
  });

  it('waits for a person where the base went on and its rules want the branch on top of it, and then for the new head', async () => {
    const { site, connect, number, headSha, push, repository } = await githubPullRequest();
    site.rules.isStrict = true;
    push('main', { 'later.txt': 'x\n' });
    const behind = connect().merge(merging(number, headSha), 'merge');
    const hint = expect.stringContaining('Update the branch') as string;
    await expect(behind).rejects.toMatchObject({ code: 'MERGE_BLOCKED', retryable: false, hint });
    runGit(repository.checkout, 'switch', '--quiet', BRANCH);
    runGit(repository.checkout, 'merge', '--quiet', '--no-edit', 'main');
    runGit(repository.checkout, 'push', '--quiet', 'origin', BRANCH);
    await expect(connect().merge(merging(number, headSha), 'merge')).rejects.toMatchObject({ code: 'HEAD_MOVED' });
    const updated = site.sha(BRANCH) ?? '';
    expect((await connect().merge(merging(number, updated), 'merge')).adopted).toBe(false);
  });

  it('says that the repository does not allow the method', async () => {
    const { site, connect, number, headSha } = await githubPullRequest();
    site.rules.methods = ['squash'];
    const refused = connect().merge(merging(number, headSha), 'merge');
    const hint = expect.stringContaining('mergeMethod') as string;
    await expect(refused).rejects.toMatchObject({ code: 'MERGE_METHOD_REFUSED', retryable: false, hint });
  });

  it('waits where GitHub has not noticed the push, and tries again where the base moved under it', async () => {
    const { server, site, connect, number, push } = await githubPullRequest();
    site.isLagging = true;
    const headSha = push(BRANCH, { 'more.txt': 'x\n' });
    expect((await connect().getPullRequest(number)).headSha).toBe(headSha);
    const early = connect().merge(merging(number, headSha), 'merge');
    await expect(early).rejects.toMatchObject({ code: 'SOURCE_HOST_NOT_READY', retryable: true });
    site.isLagging = false;
    const message = 'Base branch was modified. Review and try the merge again.';
    const fault = { call: /\/merge$/, work: 'not done', answer: 405, message } as const;
    server.faults = [fault, fault];
    expect((await connect().merge(merging(number, headSha), 'merge')).adopted).toBe(false);
    expect(server.faults).toEqual([]);
  });

  it('does not take the merge of another head for ours, and takes one of more for it', async () => {
    const { site, connect, number, headSha, push } = await githubPullRequest();
    const more = push(BRANCH, { 'more.txt': 'x\n' });
    const mergeSha = site.merge(site.require(number), 'squash', 'by hand');
    expect(await connect().merge(merging(number, headSha), 'merge')).toEqual({ mergeSha, adopted: true });
    expect(await connect().merge(merging(number, more), 'merge')).toEqual({ mergeSha, adopted: true });
    const foreign = push('vishkar/DEMO-2', { 'b.txt': 'b\n' });
    await expect(connect().merge(merging(number, foreign), 'merge')).rejects.toMatchObject({ code: 'HEAD_MOVED' });
  });

  it('leaves a branch that went on since, and does not mind one that is gone', async () => {
    const { site, connect, number, headSha, push } = await githubPullRequest();
    await connect().merge(merging(number, headSha), 'merge');
    push(BRANCH, { 'more.txt': 'x\n' });
    await connect({ deleteBranch: true }).merge(merging(number, headSha), 'merge');
    expect(site.sha(BRANCH)).toBeDefined();
    runGit(site.remote, 'update-ref', '-d', `refs/heads/${BRANCH}`);
    expect((await connect({ deleteBranch: true }).merge(merging(number, headSha), 'merge')).adopted).toBe(true);
  });
});

it('sees a deleted branch as closed, and a force-push as another head', async () => {
  const { site, connect, number, headSha, repository } = await githubPullRequest();
  runGit(
    repository.checkout,
    'commit',
    '--amend',
    '--quiet',
    '--message',
    'rewritten',
    '--date',
    '2020-01-01T00:00:00Z',
  );
  runGit(repository.checkout, 'push', '--quiet', '--force', 'origin', BRANCH);
  const rewritten = site.sha(BRANCH);
  expect(rewritten).not.toBe(headSha);
  expect(await connect().getPullRequest(number)).toMatchObject({ state: 'open', headSha: rewritten });
  const stale = connect().merge({ number, headSha, message: 'm' }, 'merge');
  await expect(stale).rejects.toMatchObject({ code: 'HEAD_MOVED' });
  runGit(site.remote, 'update-ref', '-d', `refs/heads/${BRANCH}`);
  expect((await connect().getPullRequest(number)).state).toBe('closed');
});
