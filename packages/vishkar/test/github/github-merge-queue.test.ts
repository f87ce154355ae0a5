/** A base branch that GitHub merges into by its own queue: one head goes into it once, is followed, and comes out with a reason. */
import { describe, expect, it } from 'vitest';
import { BRANCH, githubPullRequest } from './github-fixture.js';
import { OTHER_TOKEN } from './github-server.js';

async function withQueue(settings: object = {}) {
  const host = await githubPullRequest(settings);
  const { site, connect, number, headSha } = host;
  site.rules.hasQueue = true;
  const pull = site.require(number);
  const follow = (additionsSeen = 0, head = headSha) =>
    connect(settings).followQueue({ number, headSha: head, additionsSeen });
  const merge = () => connect(settings).merge({ number, headSha, message: 'm' }, 'merge');
  return { ...host, pull, follow, merge };
}

describe('the merge queue', () => {
  it('takes the head once, tells its place and the commit that it checks, and its merge is adopted', async () => {
    const { site, follow, merge, pull } = await withQueue({ draft: true, deleteBranch: true });
    const first = await follow();
    expect(first).toMatchObject({ additions: 1, position: 1, state: 'awaiting checks' });
    expect(await follow()).toEqual(first);
    expect(pull).toMatchObject({ queueEvents: ['added'], isDraft: false });
    expect(site.git('rev-parse', `${first?.groupSha ?? ''}^2`)).toBe(pull.headSha);
    const mergeSha = site.mergeFromQueue(pull);
    expect(await follow()).toBeUndefined();
    expect(await merge()).toEqual({ mergeSha, adopted: true });
    expect(site.sha(BRANCH)).toBeUndefined();
  });

  it('is not gone around: a merge past it is refused', async () => {
    const { merge, pull } = await withQueue();
    const message = expect.stringContaining('through the merge queue') as string;
    await expect(merge()).rejects.toMatchObject({ code: 'MERGE_BLOCKED', message });
    expect(pull.isOpen).toBe(true);
  });

  it('adopts what a person put into it', async () => {
    const { site, follow, pull } = await withQueue();
    site.enqueue(pull);
    expect(await follow()).toMatchObject({ additions: 1, position: 1 });
    expect(pull.queueEvents).toEqual(['added']);
  });

  it.each([
    ['failed_checks', true, 'failed checks'],
    ['merge_conflict', false, 'merge conflict'],
    ['manual', false, 'manual'],
  ])('says that it took the head out again (%s), and takes it once more only when that is answered', async (...row) => {
    const [reason, isByChecks, words] = row;
    const { site, follow, pull } = await withQueue();
    await follow();
    site.dequeue(pull, reason);
    const expected = {
      code: 'MERGE_DEQUEUED',
      retryable: false,
      details: { additionsSeen: 1, isByChecks },
      message: expect.stringContaining(words) as string,
    };
    await expect(follow()).rejects.toMatchObject(expected);
    await expect(follow()).rejects.toMatchObject(expected);
    expect(pull.queueEvents).toEqual(['added', reason]);
    expect(await follow(1)).toMatchObject({ additions: 2 });
    expect(pull.queueEvents).toEqual(['added', reason, 'added']);
  });

  it('is asked again while the merge is on its way', async () => {
    const { site, follow, pull } = await withQueue();
    await follow();
    site.dequeue(pull, 'merged');
    await expect(follow()).rejects.toMatchObject({ code: 'SOURCE_HOST_NOT_READY', retryable: true });
    site.merge(pull, 'squash', 'by the queue');
    expect(await follow()).toBeUndefined();
  });

  it('never takes another head than the one that was approved', async () => {
    const { site, follow, pull, push } = await withQueue();
    await follow();
    const pushed = push(BRANCH, { 'more.txt': 'x\n' });
    await expect(follow()).rejects.toMatchObject({ code: 'HEAD_MOVED' });
    expect(site.require(pull.number).queueEvents).toEqual(['added', 'head_changed']);
    expect(await follow(1, pushed)).toMatchObject({ additions: 2 });
  });

  it('says which rule keeps it from taking the head, and takes it once the rule is met', async () => {
    const { site, follow, connect, number, headSha } = await withQueue();
    site.rules.approvals = 1;
    const message = expect.stringContaining('approving review is required') as string;
    await expect(follow()).rejects.toMatchObject({ code: 'MERGE_BLOCKED', retryable: false, message });
    const review = { number, headSha, verdict: 'approve' as const, body: 'Good.', comments: [] };
    await connect({}, { GITHUB_TOKEN: OTHER_TOKEN }).submitReview(review, 'review');
    expect(await follow()).toMatchObject({ additions: 1 });
  });

  it('is not there for a branch without one, nor on a server that is too old to know of any', async () => {
    const { site, server, follow, pull } = await withQueue();
    const words = "Field 'isMergeQueueEnabled' doesn't exist on type 'PullRequest'";
    server.failGraphql(words);
    expect(await follow()).toBeUndefined();
    site.rules.hasQueue = false;
    expect(await follow()).toBeUndefined();
    expect(pull.queueEvents).toEqual([]);
  });
});
