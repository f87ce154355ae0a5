/**
 * Formal reviews: one per head and marker, with one conversation per comment. GitHub lets nobody approve or refuse what they
 * opened themselves; such a review is a comment that says its verdict.
 */
import { z } from 'zod';
import type { EffectReceipt } from '../../issue-tracker/issue-tracker.js';
import type { ReviewComment, SourceHost } from '../source-host.js';
import type { GithubClient } from './github-client.js';
import { GithubError } from './github-errors.js';
import { carriesMarker, withMarker } from './marker-comment.js';
import { headMoved, notReady } from './head-errors.js';
import { shownLines } from './shown-lines.js';
import type { PullRequests } from './pull-requests.js';
import type { ReviewThreads } from './review-threads.js';

export type Review = Parameters<SourceHost['submitReview']>[0];

const reviewsSchema = z.object({
  repository: z.object({
    pullRequest: z.object({
      viewerDidAuthor: z.boolean(),
      reviews: z.object({
        nodes: z.array(
          z.object({
            url: z.string(),
            body: z.string(),
            state: z.string(),
            viewerDidAuthor: z.boolean(),
            commit: z.object({ oid: z.string() }).nullable(),
          }),
        ),
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      }),
    }),
  }),
});
const submittedSchema = z.object({ html_url: z.string() });
const fileSchema = z.object({ filename: z.string(), patch: z.string().optional() });

const REVIEWS = `query reviews($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      viewerDidAuthor
      reviews(first: 100, after: $after) {
        nodes { url body state viewerDidAuthor commit { oid } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

const EVENTS = { approve: 'APPROVE', request_changes: 'REQUEST_CHANGES', comment: 'COMMENT' } as const;
const ROUTE = '/repos/{owner}/{repo}/pulls/{pull_number}';

export class Reviews {
  readonly #client: GithubClient;
  readonly #pulls: PullRequests;
  readonly #threads: ReviewThreads;

  constructor(client: GithubClient, pulls: PullRequests, threads: ReviewThreads) {
    this.#client = client;
    this.#pulls = pulls;
    this.#threads = threads;
  }

  async submit(review: Review, marker: string): Promise<EffectReceipt> {
    const { isOwn, url } = await this.#find(review, marker);
    if (url !== undefined) return { id: url, adopted: true };
    const { placed, unplaced } = await this.#place(review);
    try {
      return await this.#post(review, marker, isOwn, placed, unplaced);
    } catch (error) {
      if (!(error instanceof GithubError) || error.status !== 422) throw error;
      // The account of the token may have opened it under another name than GraphQL tells (an app of the same owner).
      if (/own pull request/i.test(error.words) && !isOwn)
        return await this.#post(review, marker, true, placed, unplaced);
      if (/\bline\b|\bpath\b|position|diff/i.test(error.words) && placed.length > 0)
        return await this.#post(review, marker, isOwn, [], review.comments);
      if (/commit/i.test(error.words)) throw await this.#strangeCommit(review);
      throw error;
    }
  }

  async #post(
    { number, headSha, verdict, body }: Review,
    marker: string,
    isOwn: boolean,
    placed: readonly ReviewComment[],
    unplaced: readonly ReviewComment[],
  ): Promise<EffectReceipt> {
    const isSaid = isOwn && verdict !== 'comment';
    const text = [
      ...(isSaid
        ? [
            `**Verdict: ${verdict.replace('_', ' ')}** (a comment, because GitHub lets nobody judge their own pull request)`,
          ]
        : []),
      body,
      ...unplaced.map(
        (comment) => `On ${comment.file}:${String(comment.line)}, which the diff does not show:\n\n${comment.body}`,
      ),
    ].join('\n\n');
    const { html_url: id } = await this.#client.call(`POST ${ROUTE}/reviews`, submittedSchema, {
      pull_number: number,
      commit_id: headSha,
      event: isOwn ? 'COMMENT' : EVENTS[verdict],
      body: withMarker(text, marker),
      comments: placed.map((comment) => ({
        path: comment.file,
        line: comment.line,
        side: 'RIGHT',
        body: withMarker(comment.body, comment.marker),
      })),
    });
    return { id, adopted: false };
  }

  /** A review that a person dismissed has been given all the same. */
  async #find({ number, headSha }: Review, marker: string) {
    let isOwn = false;
    for (let after: string | null = null; ;) {
      const { pullRequest } = await this.#page(number, after);
      isOwn = pullRequest.viewerDidAuthor;
      const found = pullRequest.reviews.nodes.find(
        (each) =>
          each.viewerDidAuthor &&
          each.state !== 'PENDING' &&
          each.commit?.oid === headSha &&
          carriesMarker(each.body, marker),
      );
      const { hasNextPage, endCursor } = pullRequest.reviews.pageInfo;
      if (found !== undefined || !hasNextPage) return { isOwn, url: found?.url };
      after = endCursor;
    }
  }

  async #page(number: number, after: string | null) {
    try {
      return (await this.#client.graphql(REVIEWS, reviewsSchema, { number, after })).repository;
    } catch (error) {
      throw error instanceof GithubError && error.status === 404 ? this.#pulls.notFound(number) : error;
    }
  }

  /** GitHub refuses a whole review for one comment on a line that the diff does not show. */
  async #place({ number, comments }: Review) {
    if (comments.length === 0) return { placed: [], unplaced: [] };
    const known = await this.#threads.markersOf(number);
    const fresh = comments.filter((comment) => !known.some((body) => carriesMarker(body, comment.marker)));
    const files = await this.#client.all(`GET ${ROUTE}/files`, z.array(fileSchema), (page) => page, {
      pull_number: number,
    });
    const isShown = ({ file, line }: ReviewComment) =>
      shownLines(files.find((each) => each.filename === file)?.patch ?? '').some(
        ({ start, end }) => start <= line && line <= end,
      );
    return { placed: fresh.filter(isShown), unplaced: fresh.filter((comment) => !isShown(comment)) };
  }

  async #strangeCommit({ number, headSha }: Review) {
    const { branch, headSha: found } = await this.#pulls.current(number);
    return found === headSha
      ? notReady(`pull request #${String(number)} does not show ${headSha} yet.`)
      : headMoved(branch, headSha, found);
  }
}
