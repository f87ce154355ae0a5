/**
 * What people ask for in the text of a review that requests changes, which hangs on no line: shown as conversations of their own and
 * answered below the pull request. GitHub knows of no answer to a review, so an answer names it in a marker, and says whether that
 * settles it. Dismissed, or followed by an approval of the same person, it is none any more.
 */
import { z } from 'zod';
import type { ReviewThread } from '../../domain/pull-request.js';
import type { EffectReceipt } from '../../issue-tracker/issue-tracker.js';
import type { SourceHost } from '../source-host.js';
import type { GithubClient } from './github-client.js';
import { GithubError } from './github-errors.js';
import { carriesMarker, markerComment, withMarker, withoutMarkers } from './marker-comment.js';
import type { PullRequests } from './pull-requests.js';

type Reply = Parameters<SourceHost['replyToThread']>[0];

const authorSchema = z.object({ login: z.string() }).nullable();
const reviewSchema = z.object({
  id: z.string(),
  url: z.string(),
  body: z.string(),
  state: z.string(),
  viewerDidAuthor: z.boolean(),
  author: authorSchema,
});
const commentSchema = z.object({
  id: z.string(),
  url: z.string(),
  body: z.string(),
  viewerDidAuthor: z.boolean(),
  author: authorSchema,
});
const pageSchema = z.object({
  repository: z.object({
    pullRequest: z.object({
      id: z.string(),
      latestOpinionatedReviews: z.object({ nodes: z.array(reviewSchema) }).nullable(),
      comments: z.object({
        nodes: z.array(commentSchema),
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      }),
    }),
  }),
});
const addedSchema = z.object({
  addComment: z.object({ commentEdge: z.object({ node: z.object({ url: z.string() }) }) }),
});

/** Of people who may push: on a public repository anybody may review. */
const REVIEWS = `query requestedChanges($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      id
      latestOpinionatedReviews(first: 100, writersOnly: true) {
        nodes { id url body state viewerDidAuthor author { login } }
      }
      comments(first: 100, after: $after) {
        nodes { id url body viewerDidAuthor author { login } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;
const ANSWER = `mutation answerReview($id: ID!, $body: String!) {
  addComment(input: { subjectId: $id, body: $body }) { commentEdge { node { url } } }
}`;

const DELETE = `mutation deleteAnswer($id: ID!) {
  deleteIssueComment(input: { id: $id }) { clientMutationId }
}`;
const deletedSchema = z.object({ deleteIssueComment: z.object({}) });

const PREFIX = 'review:';
const answers = (threadId: string, isSettled: boolean) => `answers ${threadId}${isSettled ? ' and settles it' : ''}`;

interface Conversation {
  readonly pullRequestId: string;
  readonly reviews: readonly z.infer<typeof reviewSchema>[];
  /** Ours. */
  readonly comments: readonly z.infer<typeof commentSchema>[];
}

export class RequestedChanges {
  readonly #client: GithubClient;
  readonly #pulls: PullRequests;
  readonly #reviewer: GithubClient | undefined;

  /** `reviewer`: gives our reviews, where that is another account; what it requests is no person's wish. */
  constructor(client: GithubClient, pulls: PullRequests, reviewer: GithubClient | undefined) {
    this.#client = client;
    this.#reviewer = reviewer;
    this.#pulls = pulls;
  }

  /** Whether a thread is one of these. */
  static isOne(threadId: string): boolean {
    return threadId.startsWith(PREFIX);
  }

  async list(number: number): Promise<readonly ReviewThread[]> {
    const { reviews, comments } = await this.#read(number);
    return reviews.map((review) => {
      const id = `${PREFIX}${review.id}`;
      const isSettled = comments.some((comment) => carriesMarker(comment.body, answers(id, true)));
      const replies = comments.filter(
        ({ body }) => carriesMarker(body, answers(id, false)) || carriesMarker(body, answers(id, true)),
      );
      return {
        ...{ id, author: loginOf(review), file: '', line: 0, body: withoutMarkers(review.body), resolved: isSettled },
        replies: replies.map((reply) => ({ author: loginOf(reply), body: withoutMarkers(reply.body) })),
      };
    });
  }

  /** Undefined when the review is gone, or asks for nothing any more. */
  async reply({ number, threadId, body, resolve }: Reply, marker: string): Promise<EffectReceipt | undefined> {
    const { pullRequestId, reviews, comments } = await this.#read(number);
    const known = await this.#onlyOne(comments, marker);
    if (known !== undefined) return { id: known, adopted: true };
    const review = reviews.find(({ id }) => `${PREFIX}${id}` === threadId);
    if (review === undefined) return undefined;
    const text = `To the [review of ${loginOf(review)}](${review.url}):\n\n${body}`;
    const variables = { id: pullRequestId, body: withMarker(text, marker, markerComment(answers(threadId, resolve))) };
    const { addComment } = await this.#client.graphql(ANSWER, addedSchema, variables);
    const kept = await this.#onlyOne((await this.#read(number)).comments, marker);
    return { id: kept ?? addComment.commentEdge.node.url, adopted: false };
  }

  /** Address of our answer. A request that was carried out twice has left two: the later ones go. */
  async #onlyOne(comments: Conversation['comments'], marker: string): Promise<string | undefined> {
    const [first, ...more] = comments.filter(({ body }) => carriesMarker(body, marker));
    for (const { id } of more) await this.#client.graphql(DELETE, deletedSchema, { id });
    return first?.url;
  }

  async #read(number: number): Promise<Conversation> {
    const comments: z.infer<typeof commentSchema>[] = [];
    for (let after: string | null = null; ;) {
      const { id, latestOpinionatedReviews, comments: page } = await this.#page(number, after);
      comments.push(...page.nodes.filter((comment) => comment.viewerDidAuthor));
      after = page.pageInfo.endCursor;
      if (page.pageInfo.hasNextPage) continue;
      const ours = await this.#reviewer?.login();
      const reviews = (latestOpinionatedReviews?.nodes ?? []).filter(
        ({ state, body, viewerDidAuthor, author }) =>
          state === 'CHANGES_REQUESTED' && body.trim() !== '' && !viewerDidAuthor && author?.login !== ours,
      );
      return { pullRequestId: id, reviews, comments };
    }
  }

  async #page(number: number, after: string | null) {
    try {
      return (await this.#client.graphql(REVIEWS, pageSchema, { number, after })).repository.pullRequest;
    } catch (error) {
      throw error instanceof GithubError && error.status === 404 ? this.#pulls.notFound(number) : error;
    }
  }
}

function loginOf({ author }: { readonly author: z.infer<typeof authorSchema> }): string {
  return author?.login ?? 'ghost';
}
