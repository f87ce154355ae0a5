/**
 * The source host that is a repository on GitHub or a GitHub Enterprise Server. Every call looks on GitHub for what carries its
 * marker, or is the branch's, before it does something; nothing is remembered here.
 *
 *   open    --merge, here or by hand-->             merged
 *   open    --closed by hand, or branch deleted-->  closed  --reopened by hand--> open
 */
import type { ArtifactStore } from '../../artifacts/artifact-store.js';
import type { ChecksReport, PullRequest, ReviewThread } from '../../domain/pull-request.js';
import type { VishkarError } from '../../errors.js';
import type { GitSetting } from '../../git/git-command.js';
import type { EffectReceipt } from '../../issue-tracker/issue-tracker.js';
import type { QueuedMerge, QueueRequest, RerunRequest, SourceHost } from '../source-host.js';
import { Checks } from './checks.js';
import { GithubClient } from './github-client.js';
import { gitUrlOf } from './github-config.js';
import type { GithubConfig } from './github-config.js';
import { MergeQueue } from './merge-queue.js';
import { PullRequestMerge } from './merge.js';
import type { MergeRequest } from './merge.js';
import { PullRequests } from './pull-requests.js';
import type { OpenRequest } from './pull-requests.js';
import { repositoryProblems, reviewerProblems } from './repository-problems.js';
import { RequestedChanges } from './requested-changes.js';
import { ReviewThreads, threadNotFound } from './review-threads.js';
import type { Reply } from './review-threads.js';
import { Reviews } from './reviews.js';
import type { Review } from './reviews.js';

export interface GithubHostOptions {
  readonly config: GithubConfig;
  /** Holds the variables that the configuration names. Default: our own environment. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Folder that relative paths of the configuration start at. */
  readonly folder: string;
  /** Keeps what is known of failed checks. */
  readonly artifacts: ArtifactStore;
  readonly now?: () => Date;
}

/** Pull requests on GitHub. */
export class GithubHost implements SourceHost {
  readonly name = 'github';
  readonly remoteUrl: string;
  readonly #config: GithubConfig;
  readonly #client: GithubClient;
  /** Who reviews, where that is another account. */
  readonly #reviewer: GithubClient | undefined;
  readonly #pulls: PullRequests;
  readonly #threads: ReviewThreads;
  readonly #requested: RequestedChanges;
  readonly #reviews: Reviews;
  readonly #checks: Checks;
  readonly #merge: PullRequestMerge;
  readonly #queue: MergeQueue;

  /** Nothing is asked before the first call. */
  constructor({ config, environment = process.env, folder, artifacts, now = () => new Date() }: GithubHostOptions) {
    this.#config = config;
    this.remoteUrl = gitUrlOf(config);
    this.#client = GithubClient.open(config, environment, folder, now);
    const { reviewTokenEnv, app: _app, ...access } = config;
    this.#reviewer =
      reviewTokenEnv === undefined
        ? undefined
        : GithubClient.open({ ...access, tokenEnv: reviewTokenEnv, app: undefined }, environment, folder, now);
    this.#pulls = new PullRequests(this.#client, config);
    this.#threads = new ReviewThreads(this.#client, this.#pulls);
    this.#requested = new RequestedChanges(this.#client, this.#pulls, this.#reviewer);
    const reviewer = this.#reviewer ?? this.#client;
    this.#reviews = new Reviews(reviewer, this.#pulls, new ReviewThreads(reviewer, this.#pulls));
    this.#checks = new Checks(this.#client, artifacts, config.checks);
    this.#queue = new MergeQueue(this.#client, this.#pulls);
    this.#merge = new PullRequestMerge(this.#client, this.#pulls, config);
  }

  async gitSettings(): Promise<readonly GitSetting[]> {
    return await this.#client.gitSettings();
  }

  async problems(): Promise<readonly VishkarError[]> {
    const problems = await repositoryProblems(this.#client, this.#config);
    return this.#reviewer === undefined
      ? problems
      : [...problems, ...(await reviewerProblems(this.#client, this.#reviewer))];
  }

  async openPullRequest(request: OpenRequest, marker: string): Promise<PullRequest & { readonly adopted: boolean }> {
    return await this.#pulls.open(request, marker);
  }

  async getPullRequest(number: number): Promise<PullRequest> {
    return await this.#pulls.current(number);
  }

  async submitReview(review: Review, marker: string): Promise<EffectReceipt> {
    return await this.#reviews.submit(review, marker);
  }

  async listThreads(number: number): Promise<readonly ReviewThread[]> {
    return [...(await this.#threads.list(number)), ...(await this.#requested.list(number))];
  }

  async replyToThread(reply: Reply, marker: string): Promise<EffectReceipt> {
    if (!RequestedChanges.isOne(reply.threadId)) return await this.#threads.reply(reply, marker);
    const answered = await this.#requested.reply(reply, marker);
    if (answered === undefined) throw threadNotFound(reply.number, reply.threadId);
    return answered;
  }

  async checks(
    { number, headSha }: { readonly number: number; readonly headSha: string },
    options: { readonly signal: AbortSignal; readonly onProgress: (line: string) => void },
  ): Promise<ChecksReport> {
    const { base } = await this.#pulls.get(number);
    return await this.#checks.report({ headSha, baseBranch: base.ref, ...options });
  }

  async rerunChecks({ headSha, names }: RerunRequest): Promise<readonly string[]> {
    return await this.#checks.rerun(headSha, names, new AbortController().signal);
  }

  async followQueue(request: QueueRequest): Promise<QueuedMerge | undefined> {
    return await this.#queue.follow(request);
  }

  async merge(
    request: MergeRequest,
    marker: string,
  ): Promise<{ readonly mergeSha: string; readonly adopted: boolean }> {
    return await this.#merge.merge(request, marker);
  }

  async updatePullRequestBody(number: number, body: string): Promise<void> {
    await this.#pulls.updateBody(number, body);
  }
}
