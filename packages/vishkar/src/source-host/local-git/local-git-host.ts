/**
 * The source host that is a bare git repository on this machine: branches and merges are real, the pull request is a
 * record beside them (see pull-request-store.ts), CI is the project's own commands.
 *
 * State is read from the repository at each call: a branch that a person pushed, merged or deleted by hand is noticed.
 *
 *   open   --merge, or branch found in base--> merged
 *   open   --closePullRequest, or branch gone--> closed --reopenPullRequest--> open
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ChecksReport, PullRequest, ReviewThread } from '../../domain/pull-request.js';
import { VishkarError } from '../../errors.js';
import { DEFAULT_IDENTITY } from '../../git/checkpoint.js';
import type { CommitIdentity } from '../../git/checkpoint.js';
import { findCommit, isAncestor, mergeBase } from '../../git/revisions.js';
import type { EffectReceipt } from '../../issue-tracker/issue-tracker.js';
import type { RerunRequest, ReviewComment, SourceHost } from '../source-host.js';
import { runChecks } from './local-checks.js';
import type { LocalChecksOptions } from './local-checks.js';
import { findMerge, headMoved, mergeBranch, requireBranch } from './local-merge.js';
import { addReply, addReview, addThread, findReview, toReviewThread } from './pull-request-record.js';
import type { Authorship, NewReview, PullRequestRecord } from './pull-request-record.js';
import { PullRequestStore } from './pull-request-store.js';

export interface LocalGitHostOptions {
  /** Path of the bare repository. */
  readonly remote: string;
  readonly checks: LocalChecksOptions;
  /** Author of merges, reviews and replies. Default `Vishkar <vishkar@localhost>`. */
  readonly identity?: CommitIdentity;
  readonly now?: () => Date;
  /** @internal Called at named points between an effect and its record, so that a crash test can end the process there. */
  readonly debugPoint?: (name: 'merge-made') => void;
}

type OpenRequest = Parameters<SourceHost['openPullRequest']>[0];

/** Pull requests on a bare repository. */
export class LocalGitHost implements SourceHost {
  readonly name = 'local-git';
  readonly remoteUrl: string;
  readonly #options: LocalGitHostOptions;
  readonly #store: PullRequestStore;

  constructor(options: LocalGitHostOptions) {
    this.#options = options;
    this.remoteUrl = resolve(options.remote);
    this.#store = new PullRequestStore(this.remoteUrl);
  }

  /** A path asks nobody who comes. */
  async gitSettings(): Promise<readonly []> {
    return await Promise.resolve([]);
  }

  async problems(): Promise<readonly []> {
    return await Promise.resolve([]);
  }

  async openPullRequest(request: OpenRequest, marker: string): Promise<PullRequest & { readonly adopted: boolean }> {
    for (;;) {
      const known = await this.#store.all();
      const found = await this.#findForBranch(known, request, marker);
      if (found !== undefined)
        return { ...this.#toPullRequest(await this.#refreshText(found, request)), adopted: true };
      const record = await this.#newRecord(Math.max(0, ...known.map((each) => each.number)) + 1, request, marker);
      // False: another process took the number, perhaps for this very branch.
      if (await this.#store.create(record)) return { ...this.#toPullRequest(record), adopted: false };
    }
  }

  /** All pull requests by number, as they are now. */
  async listPullRequests(): Promise<readonly PullRequest[]> {
    const records = await this.#store.all();
    return await Promise.all(records.map((record) => this.getPullRequest(record.number)));
  }

  async getPullRequest(number: number): Promise<PullRequest> {
    return this.#toPullRequest(await this.#current(number));
  }

  async submitReview(review: NewReview & { readonly number: number }, marker: string): Promise<EffectReceipt> {
    let adopted = false;
    const record = await this.#store.update(review.number, (before) => {
      const after = addReview(before, review, marker, this.#authorship());
      adopted = after === before;
      return after;
    });
    return { id: findReview(record, review.headSha, marker)?.id ?? '', adopted };
  }

  async listThreads(number: number): Promise<readonly ReviewThread[]> {
    return (await this.#store.get(number)).threads.map(toReviewThread);
  }

  async replyToThread(
    reply: { readonly number: number; readonly threadId: string; readonly body: string; readonly resolve: boolean },
    marker: string,
  ): Promise<EffectReceipt> {
    let adopted = false;
    const record = await this.#store.update(reply.number, (before) => {
      const after = addReply(before, reply, marker, this.#authorship());
      adopted = after === before;
      return after;
    });
    const thread = record.threads.find((each) => each.id === reply.threadId);
    if (thread === undefined) {
      throw new VishkarError('THREAD_NOT_FOUND', `Pull request #${reply.number} has no thread ${reply.threadId}.`, {
        hint: 'It was deleted; the step reads the threads again.',
      });
    }
    return { id: thread.replies.find((each) => each.marker === marker)?.id ?? '', adopted };
  }

  async checks(
    request: { readonly number: number; readonly headSha: string },
    options: { readonly signal: AbortSignal; readonly onProgress: (line: string) => void },
  ): Promise<ChecksReport> {
    const { number, headSha } = request;
    const record = await this.#store.get(number);
    const recorded = record.checks.find((report) => report.headSha === headSha);
    if (recorded !== undefined) return recorded;
    if ((await findCommit(this.remoteUrl, headSha)) === undefined) throw headMoved(record.branch, headSha, undefined);
    const base = (await mergeBase(this.remoteUrl, record.openedOnBaseSha, headSha)) ?? record.openedOnBaseSha;
    const report = await runChecks(this.#options.checks, {
      remote: this.remoteUrl,
      headSha,
      baseSha: base,
      ...options,
    });
    // The first run to be recorded counts, so that everybody who asks gets the same answer.
    const updated = await this.#store.update(number, (before) =>
      before.checks.some((each) => each.headSha === headSha)
        ? before
        : { ...before, checks: [...before.checks, report] },
    );
    return updated.checks.find((each) => each.headSha === headSha) ?? report;
  }

  /** All of them: the commands of a project run one after another, in one clean clone. */
  async rerunChecks({ number, headSha, names }: RerunRequest): Promise<readonly string[]> {
    await this.#store.update(number, (before) => ({
      ...before,
      checks: before.checks.filter((report) => report.headSha !== headSha),
    }));
    return names;
  }

  /** Nothing here merges by itself. */
  async followQueue(): Promise<undefined> {
    return await Promise.resolve(undefined);
  }

  async merge(
    request: { readonly number: number; readonly headSha: string; readonly message: string },
    marker: string,
  ): Promise<{ readonly mergeSha: string; readonly adopted: boolean }> {
    const { number, headSha, message } = request;
    const record = await this.#current(number);
    if (record.state === 'merged' && record.mergeSha !== undefined) {
      // More than this head may have been merged by hand, but never something else.
      if (!(await isAncestor(this.remoteUrl, headSha, record.mergeSha)))
        throw headMoved(record.branch, headSha, record.headSha);
      return { mergeSha: record.mergeSha, adopted: true };
    }
    if (record.state !== 'open') {
      throw new VishkarError('PULL_REQUEST_CLOSED', `Pull request #${number} was closed without a merge.`, {
        hint: 'Reopen it if the story is to be merged, or cancel the story.',
      });
    }
    if (record.headSha !== headSha) throw headMoved(record.branch, headSha, record.headSha);
    const mergeSha = await mergeBranch({
      remote: this.remoteUrl,
      branch: record.branch,
      baseBranch: record.baseBranch,
      headSha,
      message,
      trailers: { 'Vishkar-Marker': marker },
      identity: this.#options.identity ?? DEFAULT_IDENTITY,
    });
    this.#options.debugPoint?.('merge-made');
    await this.#store.update(number, (before) => ({ ...before, state: 'merged', headSha, mergeSha }));
    return { mergeSha, adopted: false };
  }

  async updatePullRequestBody(number: number, body: string): Promise<void> {
    await this.#store.update(number, (before) => (before.body === body ? before : { ...before, body }));
  }

  /** Opens a thread as a person does; step 14 answers it. */
  async addThread(
    thread: Omit<ReviewComment, 'marker'> & { readonly number: number; readonly author: string },
  ): Promise<ReviewThread> {
    const { number, author, file, line, body } = thread;
    const { headSha } = await this.#current(number);
    const record = await this.#store.update(number, (before) =>
      addThread(before, { file, line, body, headSha }, { ...this.#authorship(), author }),
    );
    // The change was applied to the revision that was stored, so the last thread is this one.
    const [added] = record.threads.slice(-1);
    if (added === undefined) throw new Error(`pull request #${number} lost the thread that was just stored`);
    return toReviewThread(added);
  }

  /** Closes without a merge. Throws VishkarError `PULL_REQUEST_MERGED`. */
  async closePullRequest(number: number): Promise<PullRequest> {
    return await this.#setState(number, 'closed');
  }

  /** Opens a closed one again. Throws VishkarError `PULL_REQUEST_MERGED`, or `BRANCH_NOT_FOUND` when its branch is gone. */
  async reopenPullRequest(number: number): Promise<PullRequest> {
    await requireBranch(this.remoteUrl, (await this.#store.get(number)).branch);
    return await this.#setState(number, 'open');
  }

  async #setState(number: number, state: 'open' | 'closed'): Promise<PullRequest> {
    await this.#current(number);
    const record = await this.#store.update(number, (before) => {
      if (before.state !== 'merged') return before.state === state ? before : { ...before, state };
      throw new VishkarError('PULL_REQUEST_MERGED', `Pull request #${number} is merged already.`, {
        hint: 'Make a new change to take it back, for example with `git revert -m 1`.',
      });
    });
    return this.#toPullRequest(record);
  }

  /** The open one of the branch; else the one that was merged with this head, or closed under this marker by a person. */
  async #findForBranch(
    known: readonly PullRequestRecord[],
    request: OpenRequest,
    marker: string,
  ): Promise<PullRequestRecord | undefined> {
    const ofBranch = known.filter((each) => each.branch === request.branch && each.baseBranch === request.baseBranch);
    const current = await Promise.all(ofBranch.map((each) => this.#current(each.number)));
    const open = current.find((each) => each.state === 'open');
    if (open !== undefined) return open;
    for (const record of current.reverse()) {
      if (record.state === 'closed' && record.marker === marker) return record;
      if (record.mergeSha !== undefined && (await isAncestor(this.remoteUrl, request.headSha, record.mergeSha)))
        return record;
    }
    return undefined;
  }

  async #refreshText(record: PullRequestRecord, { title, body }: OpenRequest): Promise<PullRequestRecord> {
    if (record.state !== 'open') return record;
    return await this.#store.update(record.number, (before) =>
      before.title === title && before.body === body ? before : { ...before, title, body },
    );
  }

  async #newRecord(number: number, request: OpenRequest, marker: string): Promise<PullRequestRecord> {
    const { branch, baseBranch, title, body } = request;
    const headSha = await requireBranch(this.remoteUrl, branch);
    const openedOnBaseSha = await requireBranch(this.remoteUrl, baseBranch);
    if (await isAncestor(this.remoteUrl, headSha, openedOnBaseSha)) {
      throw new VishkarError('PULL_REQUEST_EMPTY', `${branch} has no commits that ${baseBranch} lacks.`, {
        hint: 'There is nothing to merge: check whether the change was made and pushed.',
      });
    }
    const text = { title, body, openedAt: this.#now(), reviews: [], threads: [], checks: [] };
    return { schemaVersion: 1, number, marker, state: 'open', branch, baseBranch, openedOnBaseSha, headSha, ...text };
  }

  /** The record brought up to date with what the repository says now. */
  async #current(number: number): Promise<PullRequestRecord> {
    const record = await this.#store.get(number);
    if (record.state === 'merged') return record;
    const branchSha = await findCommit(this.remoteUrl, `refs/heads/${record.branch}`);
    const headSha = branchSha ?? record.headSha;
    const mergeSha = await this.#mergedByHand(record, headSha);
    const state = mergeSha !== undefined ? 'merged' : branchSha === undefined ? 'closed' : record.state;
    if (state === record.state && headSha === record.headSha) return record;
    return await this.#store.update(number, (before) =>
      before.state === 'merged'
        ? before
        : { ...before, state, headSha, ...(mergeSha === undefined ? {} : { mergeSha }) },
    );
  }

  async #mergedByHand(record: PullRequestRecord, headSha: string): Promise<string | undefined> {
    const { openedOnBaseSha, baseBranch } = record;
    const baseSha = await requireBranch(this.remoteUrl, baseBranch);
    if (!(await isAncestor(this.remoteUrl, headSha, baseSha))) return undefined;
    // A branch that was put back to where it began is in the base as well, without having been merged.
    if (await isAncestor(this.remoteUrl, headSha, openedOnBaseSha)) return undefined;
    return await findMerge(this.remoteUrl, headSha, baseBranch);
  }

  #toPullRequest(record: PullRequestRecord): PullRequest {
    const { number, state, branch, baseBranch, headSha, mergeSha } = record;
    const url = pathToFileURL(this.#store.pagePath(number)).href;
    return { number, url, state, branch, baseBranch, headSha, ...(mergeSha === undefined ? {} : { mergeSha }) };
  }

  #authorship(): Authorship {
    return { author: (this.#options.identity ?? DEFAULT_IDENTITY).name, at: this.#now() };
  }

  #now(): string {
    return (this.#options.now ?? (() => new Date()))().toISOString();
  }
}
