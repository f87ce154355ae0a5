/**
 * The port to where pull requests live. One pull request per story branch, one review per head SHA, one merge:
 * each call looks for what already carries its marker and adopts it.
 */
import type { VishkarError } from '../errors.js';
import type { GitSetting } from '../git/git-command.js';
import type { EffectReceipt } from '../issue-tracker/issue-tracker.js';
import type { ChecksReport, PullRequest, ReviewThread } from '../domain/pull-request.js';

export interface ReviewComment {
  readonly file: string;
  readonly line: number;
  readonly body: string;
  readonly marker: string;
}

export interface RerunRequest {
  /** Of the pull request. */
  readonly number: number;
  readonly headSha: string;
  /** Of the checks. */
  readonly names: readonly string[];
}

export interface QueueRequest {
  readonly number: number;
  readonly headSha: string;
  /** Additions of the pull request to the queue that have come to their end; only when there are no more it is added again. */
  readonly additionsSeen: number;
}

/** A pull request in the queue of a host that merges by itself, in turn. */
export interface QueuedMerge {
  /** How often it was added to the queue by now, by anybody. */
  readonly additions: number;
  /** From 1; 0 where the host does not tell. */
  readonly position: number;
  /** In the host's words. */
  readonly state: string;
  /** Commit that the host checks in the head's place: the head on top of all that is before it. */
  readonly groupSha?: string;
}

export interface SourceHost {
  readonly name: string;
  /** Git URL or path to push to and fetch from. */
  readonly remoteUrl: string;
  /** What lets git in at `remoteUrl`, as it holds now; none where git's own configuration does. They hold secrets. */
  gitSettings(): Promise<readonly GitSetting[]>;
  /** What would stop a story here (token, rights, settings of the repository); for `vishkar doctor`. */
  problems(): Promise<readonly VishkarError[]>;
  /** Opens the pull request of `branch`, or adopts the one that exists (its title and body are brought up to date). */
  openPullRequest(
    request: {
      readonly branch: string;
      readonly baseBranch: string;
      readonly title: string;
      readonly body: string;
      readonly headSha: string;
    },
    marker: string,
  ): Promise<PullRequest & { readonly adopted: boolean }>;
  /** Throws VishkarError `PULL_REQUEST_NOT_FOUND`. Head SHA and state are read from the host now, not from memory. */
  getPullRequest(number: number): Promise<PullRequest>;
  /** A formal review of one head; at most one per head SHA and marker. */
  submitReview(
    review: {
      readonly number: number;
      readonly headSha: string;
      readonly verdict: 'approve' | 'request_changes' | 'comment';
      readonly body: string;
      readonly comments: readonly ReviewComment[];
    },
    marker: string,
  ): Promise<EffectReceipt>;
  /** Submitted threads only; drafts are not ours to see. */
  listThreads(number: number): Promise<readonly ReviewThread[]>;
  replyToThread(
    reply: { readonly number: number; readonly threadId: string; readonly body: string; readonly resolve: boolean },
    marker: string,
  ): Promise<EffectReceipt>;
  /** Runs or reads the checks of a head. A host that runs them itself does so once per head SHA. */
  checks(
    request: { readonly number: number; readonly headSha: string },
    options: { readonly signal: AbortSignal; readonly onProgress: (line: string) => void },
  ): Promise<ChecksReport>;
  /** Has checks of a head run once more; returns the names of those that do, since not every check can. */
  rerunChecks(request: RerunRequest): Promise<readonly string[]>;
  /**
   * Where the host merges into the base branch by a queue of its own: sees to it that `headSha` is in it, once, and tells how far it is.
   * Undefined: there is no such queue, or nothing to queue any more; `merge` knows. Throws `MERGE_DEQUEUED` when the host took it out
   * again, with `queueExitSchema` as its details, and `HEAD_MOVED`.
   */
  followQueue(request: QueueRequest): Promise<QueuedMerge | undefined>;
  /** Merges exactly `headSha`; merged before: adopted. Throws `HEAD_MOVED` when the head is another, `MERGE_CONFLICT` when it can't be merged. */
  merge(
    request: { readonly number: number; readonly headSha: string; readonly message: string },
    marker: string,
  ): Promise<{ readonly mergeSha: string; readonly adopted: boolean }>;
  /** Puts the pull request's body as it should read now; used to attach the receipt. */
  updatePullRequestBody(number: number, body: string): Promise<void>;
}
