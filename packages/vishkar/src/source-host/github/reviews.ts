/**
 * Formal reviews: one per head and marker, with one conversation per comment. A review is written as a draft first, of which GitHub keeps
 * one per account and pull request, and then submitted, which it does once: so a request that is carried out twice makes no second
 * one. GitHub lets nobody approve or refuse what they opened themselves; such a review is a comment that says its verdict.
 */
import { z } from 'zod';
import type { EffectReceipt } from '../../issue-tracker/issue-tracker.js';
import type { ReviewComment, SourceHost } from '../source-host.js';
import type { GithubClient } from './github-client.js';
import { GithubError } from './github-errors.js';
import { carriesMarker, findMarker, withMarker } from './marker-comment.js';
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
            id: z.string(),
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
const draftedSchema = z.object({ node_id: z.string() });
const submittedSchema = z.object({
  submitPullRequestReview: z.object({ pullRequestReview: z.object({ url: z.string() }) }),
});
const deletedSchema = z.object({ deletePullRequestReview: z.object({}) });
const fileSchema = z.object({ filename: z.string(), patch: z.string().optional() });

const REVIEWS = `query reviews($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      viewerDidAuthor
      reviews(first: 100, after: $after) {
        nodes { id url body state viewerDidAuthor commit { oid } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

const SUBMIT = `mutation submitReview($id: ID!, $event: PullRequestReviewEvent!, $body: String!) {
  submitPullRequestReview(input: { pullRequestReviewId: $id, event: $event, body: $body }) { pullRequestReview { url } }
}`;
const DROP = `mutation dropReview($id: ID!) {
  deletePullRequestReview(input: { pullRequestReviewId: $id }) { pullRequestReview { id } }
}`;

const EVENTS = { approve: 'APPROVE', request_changes: 'REQUEST_CHANGES', comment: 'COMMENT' } as const;
const ROUTE = '/repos/{owner}/{repo}/pulls/{pull_number}';

interface Draft {
  readonly id: string;
  readonly isOfHead: boolean;
}

/** Comments on lines that the diff shows, and those that stand in the text of the review. */
interface Placement {
  readonly placed: readonly ReviewComment[];
  unplaced: readonly ReviewComment[];
}

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
    const { isOwn, submitted, drafts } = await this.#find(review, marker);
    if (submitted !== undefined) return { id: submitted, adopted: true };
    const placement = await this.#place(review);
    const draft = drafts.find(({ isOfHead }) => isOfHead)?.id ?? (await this.#draft(review, marker, placement, drafts));
    try {
      return await this.#submit(draft, review, marker, isOwn, placement.unplaced);
    } catch (error) {
      if (!(error instanceof GithubError) || error.status !== 422) throw error;
      const now = await this.#find(review, marker);
      if (now.submitted !== undefined) return { id: now.submitted, adopted: false };
      // The account of the token may have opened it under another name than GraphQL tells (an app of the same owner).
      if (/own pull request/i.test(error.words) && !isOwn)
        return await this.#submit(draft, review, marker, true, placement.unplaced);
      throw error;
    }
  }

  /** Nobody else sees it. Returns its id. */
  async #draft(review: Review, marker: string, placement: Placement, old: readonly Draft[]): Promise<string> {
    // Of a head that was replaced before it was submitted; it would be in the way of this one.
    for (const { id } of old) await this.#client.graphql(DROP, deletedSchema, { id });
    const write = async (placed: readonly ReviewComment[]) => {
      const { node_id: id } = await this.#client.call(`POST ${ROUTE}/reviews`, draftedSchema, {
        pull_number: review.number,
        commit_id: review.headSha,
        body: withMarker(review.body, marker),
        comments: placed.map((comment) => ({
          path: comment.file,
          line: comment.line,
          side: 'RIGHT',
          body: withMarker(comment.body, comment.marker),
        })),
      });
      return id;
    };
    try {
      return await write(placement.placed);
    } catch (error) {
      if (!(error instanceof GithubError) || error.status !== 422) throw error;
      // Carried out twice, it is there all the same.
      const ours = (await this.#find(review, marker)).drafts.find(({ isOfHead }) => isOfHead);
      if (ours !== undefined) return ours.id;
      if (/\bline\b|\bpath\b|position|diff/i.test(error.words) && placement.placed.length > 0) {
        placement.unplaced = review.comments;
        return await write([]);
      }
      if (/commit/i.test(error.words)) throw await this.#strangeCommit(review);
      throw error;
    }
  }

  async #submit(
    id: string,
    { verdict, body }: Review,
    marker: string,
    isOwn: boolean,
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
    const event = isOwn ? 'COMMENT' : EVENTS[verdict];
    const variables = { id, event, body: withMarker(text, marker) };
    const { submitPullRequestReview: submitted } = await this.#client.graphql(SUBMIT, submittedSchema, variables);
    return { id: submitted.pullRequestReview.url, adopted: false };
  }

  /** A review that a person dismissed has been given all the same. */
  async #find({ number, headSha }: Review, marker: string) {
    let isOwn = false;
    const drafts: Draft[] = [];
    for (let after: string | null = null; ;) {
      const { pullRequest } = await this.#page(number, after);
      isOwn = pullRequest.viewerDidAuthor;
      const ours = pullRequest.reviews.nodes.filter((each) => each.viewerDidAuthor);
      const isThis = ({ commit, body }: (typeof ours)[number]) =>
        commit?.oid === headSha && carriesMarker(body, marker);
      const submitted = ours.find((each) => each.state !== 'PENDING' && isThis(each))?.url;
      for (const each of ours)
        // A draft without a marker is a person's who shares the account.
        if (each.state === 'PENDING' && findMarker(each.body) !== undefined)
          drafts.push({ id: each.id, isOfHead: isThis(each) });
      const { hasNextPage, endCursor } = pullRequest.reviews.pageInfo;
      if (submitted !== undefined || !hasNextPage) return { isOwn, submitted, drafts };
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
  async #place({ number, comments }: Review): Promise<Placement> {
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
