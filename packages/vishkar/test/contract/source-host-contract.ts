/**
 * What every source host has to hold, whatever stands behind it. Each adapter's test calls `describeSourceHost` with a
 * factory; the factory also plays the people who push, merge, close and comment past the adapter.
 */
import { describe, expect, it } from 'vitest';
import { checksReportSchema, pullRequestSchema, reviewThreadSchema } from '../../src/domain/pull-request.js';
import type { SourceHost } from '../../src/source-host/source-host.js';

export interface HostUnderTest {
  /** An adapter on the host; every call makes a new one on the same host, as after a restart. */
  readonly connect: () => SourceHost;
  /** Commits files on a branch (from `main` when it is new) and pushes it; returns the SHA. */
  readonly push: (branch: string, files: Readonly<Record<string, string>>) => Promise<string>;
  /** Merges a branch into `main` as a person does, and returns the SHA of the merge commit. */
  readonly mergeByHand: (branch: string) => Promise<string>;
  readonly closeByHand: (number: number) => Promise<void>;
  readonly reopenByHand: (number: number) => Promise<void>;
  readonly commentByHand: (number: number, file: string, line: number, body: string) => Promise<void>;
  /** Commits on `main` by first parents, newest first: `<sha> <parents>`. */
  readonly history: () => Promise<readonly string[]>;
  /** How often the project's tests were run by the host's checks. */
  readonly testRuns: () => number;
}

const BRANCH = 'vishkar/DEMO-1-thing';
const PROJECT = { 'build.mjs': 'console.log("built")\n', 'test.mjs': 'console.log("tested")\n' };
const QUIET = { signal: new AbortController().signal, onProgress: () => undefined };

/** Runs the contract of the source host port. */
export function describeSourceHost(name: string, makeHost: () => Promise<HostUnderTest>): void {
  describe(`${name} keeps the source host contract`, () => {
    async function withPullRequest() {
      const host = await makeHost();
      const headSha = await host.push(BRANCH, PROJECT);
      const request = { branch: BRANCH, baseBranch: 'main', title: 'DEMO-1: thing', body: 'Body', headSha };
      const { adopted, ...opened } = await host.connect().openPullRequest(request, 'open');
      return { ...host, request, headSha, opened, adopted, number: opened.number };
    }

    it('opens a pull request and reads it back', async () => {
      const { connect, opened, adopted, headSha, number } = await withPullRequest();
      expect(adopted).toBe(false);
      expect(pullRequestSchema.parse(opened)).toMatchObject({
        state: 'open',
        branch: BRANCH,
        baseBranch: 'main',
        headSha,
      });
      expect(await connect().getPullRequest(number)).toEqual(opened);
      await expect(connect().getPullRequest(999)).rejects.toMatchObject({ code: 'PULL_REQUEST_NOT_FOUND' });
    });

    it('has one pull request per branch, also when it is asked several times at once', async () => {
      const { connect, push, request, opened } = await withPullRequest();
      expect(await connect().openPullRequest({ ...request, title: 'better' }, 'open')).toEqual({
        ...opened,
        adopted: true,
      });
      const headSha = await push('vishkar/DEMO-2', { 'two.txt': '2\n' });
      const second = { ...request, branch: 'vishkar/DEMO-2', headSha };
      const all = await Promise.all([1, 2, 3].map(() => connect().openPullRequest(second, 'open-2')));
      expect(new Set(all.map((each) => each.number)).size).toBe(1);
      expect(all.filter((each) => !each.adopted)).toHaveLength(1);
      expect(all[0]?.number).not.toBe(opened.number);
    });

    it('opens none for a branch that is not there or has nothing to merge', async () => {
      const { connect, request } = await withPullRequest();
      await expect(connect().openPullRequest({ ...request, branch: 'nope' }, 'm')).rejects.toMatchObject({
        code: 'BRANCH_NOT_FOUND',
      });
      await expect(connect().openPullRequest({ ...request, branch: 'main' }, 'm')).rejects.toMatchObject({
        code: 'PULL_REQUEST_EMPTY',
      });
    });

    it('reads the head from the host, after a push and a force-push', async () => {
      const { connect, push, number } = await withPullRequest();
      const pushed = await push(BRANCH, { 'more.txt': 'x\n' });
      expect((await connect().getPullRequest(number)).headSha).toBe(pushed);
    });

    it('holds one review per head and marker, and one thread per comment', async () => {
      const { connect, push, headSha, number } = await withPullRequest();
      const comments = [{ file: 'build.mjs', line: 1, body: 'Why?', marker: 'finding-1' }];
      const review = { number, headSha, verdict: 'request_changes' as const, body: 'See below.', comments };
      const first = await connect().submitReview(review, 'review');
      const again = await connect().submitReview({ ...review, body: 'Said differently.' }, 'review');
      expect([first.adopted, again.adopted, again.id]).toEqual([false, true, first.id]);
      const moved = await push(BRANCH, { 'more.txt': 'x\n' });
      const next = await connect().submitReview({ ...review, headSha: moved }, 'review');
      expect([next.adopted, next.id === first.id]).toEqual([false, false]);
      const threads = await connect().listThreads(number);
      expect(threads.map((each) => reviewThreadSchema.parse(each))).toMatchObject([
        { file: 'build.mjs', line: 1, body: 'Why?', resolved: false, replies: [] },
      ]);
    });

    it('answers a thread once per marker and resolves it', async () => {
      const { connect, number, commentByHand } = await withPullRequest();
      await commentByHand(number, 'test.mjs', 1, 'Is this tested?');
      const [thread] = await connect().listThreads(number);
      const reply = { number, threadId: thread?.id ?? '', body: 'Yes, in abc123.', resolve: true };
      const receipts = [await connect().replyToThread(reply, 'r1'), await connect().replyToThread(reply, 'r1')];
      expect(receipts.map((each) => each.adopted)).toEqual([false, true]);
      expect(await connect().listThreads(number)).toMatchObject([
        { body: 'Is this tested?', resolved: true, replies: [{ body: 'Yes, in abc123.' }] },
      ]);
      await expect(connect().replyToThread({ ...reply, threadId: 'gone' }, 'r2')).rejects.toMatchObject({
        code: 'THREAD_NOT_FOUND',
      });
    });

    it('runs the checks once per head', async () => {
      const { connect, push, headSha, number, testRuns } = await withPullRequest();
      const report = await connect().checks({ number, headSha }, QUIET);
      expect(checksReportSchema.parse(report)).toMatchObject({ headSha, state: 'passed' });
      expect(report.runs.map((run) => [run.name, run.exitCode])).toEqual([
        ['build', 0],
        ['test', 0],
      ]);
      expect(await connect().checks({ number, headSha }, QUIET)).toEqual(report);
      expect(testRuns()).toBe(1);
      const broken = await push(BRANCH, { 'test.mjs': 'process.exit(3)\n' });
      expect(await connect().checks({ number, headSha: broken }, QUIET)).toMatchObject({ state: 'failed' });
      expect(await connect().checks({ number, headSha }, QUIET)).toEqual(report);
    });

    it('runs red checks of a head again when it is asked to, and only then', async () => {
      const { connect, push, number } = await withPullRequest();
      const headSha = await push(BRANCH, { 'test.mjs': 'process.exit(3);\n' });
      const first = await connect().checks({ number, headSha }, QUIET);
      expect(first.state).toBe('failed');
      const rerun = await connect().rerunChecks({ number, headSha, names: ['test'] });
      expect(rerun).toEqual(['test']);
      expect(await connect().checks({ number, headSha }, QUIET)).toMatchObject({ headSha, state: 'failed' });
    });

    it('merges exactly the head that was asked for, once', async () => {
      const { connect, headSha, number, history } = await withPullRequest();
      const before = await history();
      const request = { number, headSha, message: 'DEMO-1: thing (#1)' };
      const { mergeSha, adopted } = await connect().merge(request, 'merge');
      expect(adopted).toBe(false);
      expect(await connect().merge(request, 'merge')).toEqual({ mergeSha, adopted: true });
      expect(await connect().getPullRequest(number)).toMatchObject({ state: 'merged', mergeSha, headSha });
      const base = before[0]?.split(' ')[0] ?? '';
      expect(await history()).toEqual([`${mergeSha} ${base} ${headSha}`, ...before]);
    });

    it('has nothing to wait for in a queue where the base branch has none, nor once it is merged or closed', async () => {
      const { connect, headSha, number, closeByHand, reopenByHand, history } = await withPullRequest();
      const before = await history();
      const follow = () => connect().followQueue({ number, headSha, additionsSeen: 0 });
      expect(await follow()).toBeUndefined();
      expect(await history()).toEqual(before);
      await closeByHand(number);
      expect(await follow()).toBeUndefined();
      await reopenByHand(number);
      await connect().merge({ number, headSha, message: 'm' }, 'merge');
      expect(await follow()).toBeUndefined();
    });

    it('does not merge a head that moved', async () => {
      const { connect, push, headSha, number, history } = await withPullRequest();
      const before = await history();
      await push(BRANCH, { 'more.txt': 'x\n' });
      await expect(connect().merge({ number, headSha, message: 'm' }, 'merge')).rejects.toMatchObject({
        code: 'HEAD_MOVED',
      });
      expect(await history()).toEqual(before);
    });

    it('does not merge what conflicts with the base, and merges what only differs', async () => {
      const { connect, push, headSha, number } = await withPullRequest();
      await push('main', { 'build.mjs': 'something else\n' });
      await expect(connect().merge({ number, headSha, message: 'm' }, 'merge')).rejects.toMatchObject({
        code: 'MERGE_CONFLICT',
        message: expect.stringContaining('build.mjs'),
      });
      expect((await connect().getPullRequest(number)).state).toBe('open');
    });

    it('merges stories that finish at the same time', async () => {
      const { connect, push, request, headSha, number, history } = await withPullRequest();
      const before = (await history()).length;
      const other = await push('vishkar/DEMO-2', { 'two.txt': '2\n' });
      const second = await connect().openPullRequest(
        { ...request, branch: 'vishkar/DEMO-2', headSha: other },
        'open-2',
      );
      await Promise.all([
        connect().merge({ number, headSha, message: 'one' }, 'merge-1'),
        connect().merge({ number: second.number, headSha: other, message: 'two' }, 'merge-2'),
      ]);
      expect((await history()).length).toBe(before + 2);
    });

    it('adopts a merge by hand', async () => {
      const { connect, push, request, headSha, number, mergeByHand, history } = await withPullRequest();
      const mergeSha = await mergeByHand(BRANCH);
      await push('main', { 'later.txt': 'x\n' });
      expect(await connect().getPullRequest(number)).toMatchObject({ state: 'merged', mergeSha, headSha });
      expect(await connect().merge({ number, headSha, message: 'm' }, 'merge')).toEqual({ mergeSha, adopted: true });
      expect(await connect().openPullRequest(request, 'open')).toMatchObject({
        number,
        state: 'merged',
        adopted: true,
      });
      expect((await history()).filter((line) => line.split(' ').length === 3)).toHaveLength(1);
    });

    it('opens a new one when the branch goes on after its merge', async () => {
      const { connect, push, request, headSha, number } = await withPullRequest();
      await connect().merge({ number, headSha, message: 'm' }, 'merge');
      const next = await push(BRANCH, { 'again.txt': 'x\n' });
      const opened = await connect().openPullRequest({ ...request, headSha: next }, 'open');
      expect(opened).toMatchObject({ adopted: false, state: 'open', headSha: next });
      expect(opened.number).not.toBe(number);
    });

    it('leaves closed what a person closed, until they open it again', async () => {
      const { connect, request, headSha, number, closeByHand, reopenByHand } = await withPullRequest();
      await closeByHand(number);
      expect(await connect().openPullRequest(request, 'open')).toMatchObject({
        number,
        state: 'closed',
        adopted: true,
      });
      await expect(connect().merge({ number, headSha, message: 'm' }, 'merge')).rejects.toMatchObject({
        code: 'PULL_REQUEST_CLOSED',
      });
      await reopenByHand(number);
      expect((await connect().merge({ number, headSha, message: 'm' }, 'merge')).adopted).toBe(false);
    });
  });
}
