/**
 * Conversations on lines of a pull request, through GraphQL: REST tells neither which belong together nor which are resolved.
 * Drafts of a review that is not submitted yet are left out.
 */
import { z } from 'zod';
import type { ReviewThread } from '../../domain/pull-request.js';
import { VishkarError } from '../../errors.js';
import type { EffectReceipt } from '../../issue-tracker/issue-tracker.js';
import type { SourceHost } from '../source-host.js';
import type { GithubClient } from './github-client.js';
import { GithubError } from './github-errors.js';
import { carriesMarker, withMarker, withoutMarkers } from './marker-comment.js';
import type { PullRequests } from './pull-requests.js';

export type Reply = Parameters<SourceHost['replyToThread']>[0];

const pageInfoSchema = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const commentsSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.string(),
      url: z.string(),
      body: z.string(),
      state: z.enum(['PENDING', 'SUBMITTED']),
      viewerDidAuthor: z.boolean(),
      author: z.object({ login: z.string() }).nullable(),
    }),
  ),
  pageInfo: pageInfoSchema,
});
const threadSchema = z.object({
  id: z.string(),
  isResolved: z.boolean(),
  path: z.string(),
  line: z.number().nullable(),
  originalLine: z.number().nullable(),
  comments: commentsSchema,
});
type Thread = z.infer<typeof threadSchema>;

const threadsSchema = z.object({
  repository: z.object({
    pullRequest: z.object({ reviewThreads: z.object({ nodes: z.array(threadSchema), pageInfo: pageInfoSchema }) }),
  }),
});
const foundSchema = z.object({
  node: z
    .union([
      threadSchema.extend({ pullRequest: z.object({ number: z.number() }) }),
      // A node of another kind answers with no field at all.
      z.strictObject({}).transform(() => null),
    ])
    .nullable(),
});
const repliedSchema = z.object({
  addPullRequestReviewThreadReply: z.object({ comment: z.object({ url: z.string() }) }),
});
const resolvedSchema = z.object({ resolveReviewThread: z.object({ thread: z.object({ isResolved: z.boolean() }) }) });

const COMMENTS = `
      nodes { id url body state viewerDidAuthor author { login } }
      pageInfo { hasNextPage endCursor }`;
const THREADS = `query reviewThreads($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      reviewThreads(first: 50, after: $after) {
        nodes { id isResolved path line originalLine comments(first: 50) {${COMMENTS}} }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;
const THREAD = `query reviewThread($id: ID!, $after: String) {
  node(id: $id) {
    ... on PullRequestReviewThread {
      id isResolved path line originalLine pullRequest { number }
      comments(first: 50, after: $after) {${COMMENTS}}
    }
  }
}`;
const REPLY = `mutation replyToThread($id: ID!, $body: String!) {
  addPullRequestReviewThreadReply(input: { pullRequestReviewThreadId: $id, body: $body }) { comment { url } }
}`;
const RESOLVE = `mutation resolveThread($id: ID!) {
  resolveReviewThread(input: { threadId: $id }) { thread { isResolved } }
}`;

const DELETE = `mutation deleteReply($id: ID!) {
  deletePullRequestReviewComment(input: { id: $id }) { clientMutationId }
}`;
const deletedSchema = z.object({ deletePullRequestReviewComment: z.object({}) });

export class ReviewThreads {
  readonly #client: GithubClient;
  readonly #pulls: PullRequests;

  constructor(client: GithubClient, pulls: PullRequests) {
    this.#client = client;
    this.#pulls = pulls;
  }

  async list(number: number): Promise<readonly ReviewThread[]> {
    return (await this.#all(number)).flatMap((thread) => {
      const [first, ...replies] = thread.comments.nodes.filter((comment) => comment.state === 'SUBMITTED');
      if (first === undefined) return [];
      return [
        {
          id: thread.id,
          author: authorOf(first),
          file: thread.path,
          // Null where the line is gone since, or the whole file is meant.
          line: thread.line ?? thread.originalLine ?? 0,
          body: withoutMarkers(first.body),
          resolved: thread.isResolved,
          replies: replies.map((reply) => ({ author: authorOf(reply), body: withoutMarkers(reply.body) })),
        },
      ];
    });
  }

  /** Bodies of the conversations that we began, with their markers. */
  async markersOf(number: number): Promise<readonly string[]> {
    return (await this.#all(number)).flatMap(({ comments: { nodes } }) =>
      nodes[0]?.viewerDidAuthor === true ? [nodes[0].body] : [],
    );
  }

  /** Resolves first: the reply is what says that all is done, and a person who opens the conversation again after it is left alone. */
  async reply({ number, threadId, body, resolve }: Reply, marker: string): Promise<EffectReceipt> {
    const thread = await this.#find(number, threadId);
    const known = await this.#onlyOne(thread, marker);
    if (known !== undefined) return { id: known, adopted: true };
    if (resolve && !thread.isResolved) await this.#client.graphql(RESOLVE, resolvedSchema, { id: threadId });
    const variables = { id: threadId, body: withMarker(body, marker) };
    const { addPullRequestReviewThreadReply: reply } = await this.#client.graphql(REPLY, repliedSchema, variables);
    const kept = await this.#onlyOne(await this.#find(number, threadId), marker);
    return { id: kept ?? reply.comment.url, adopted: false };
  }

  /** Address of our reply. A request that was carried out twice has left two: the later ones go. */
  async #onlyOne({ comments }: Thread, marker: string): Promise<string | undefined> {
    const [first, ...more] = comments.nodes.filter((each) => each.viewerDidAuthor && carriesMarker(each.body, marker));
    for (const { id } of more) await this.#client.graphql(DELETE, deletedSchema, { id });
    return first?.url;
  }

  async #all(number: number): Promise<readonly Thread[]> {
    const found: Thread[] = [];
    for (let after: string | null = null; ;) {
      const { nodes, pageInfo } = await this.#page(number, after);
      for (const thread of nodes) found.push(await this.#whole(thread));
      if (!pageInfo.hasNextPage) return found;
      after = pageInfo.endCursor;
    }
  }

  async #page(number: number, after: string | null) {
    try {
      const { repository } = await this.#client.graphql(THREADS, threadsSchema, { number, after });
      return repository.pullRequest.reviewThreads;
    } catch (error) {
      throw error instanceof GithubError && error.status === 404 ? this.#pulls.notFound(number) : error;
    }
  }

  /** With the comments beyond its first page. */
  async #whole(thread: Thread): Promise<Thread> {
    const nodes = [...thread.comments.nodes];
    let { pageInfo } = thread.comments;
    while (pageInfo.hasNextPage) {
      const { node } = await this.#client.graphql(THREAD, foundSchema, { id: thread.id, after: pageInfo.endCursor });
      if (node === null) break;
      nodes.push(...node.comments.nodes);
      ({ pageInfo } = node.comments);
    }
    return { ...thread, comments: { nodes, pageInfo } };
  }

  async #find(number: number, threadId: string): Promise<Thread> {
    try {
      const { node } = await this.#client.graphql(THREAD, foundSchema, { id: threadId, after: null });
      if (node !== null && node.pullRequest.number === number) return await this.#whole(node);
    } catch (error) {
      if (!(error instanceof GithubError) || error.status !== 404) throw error;
    }
    throw threadNotFound(number, threadId);
  }
}

export function threadNotFound(number: number, threadId: string): VishkarError {
  return new VishkarError('THREAD_NOT_FOUND', `Pull request #${String(number)} has no thread ${threadId}.`, {
    hint: 'It was deleted; the step reads the threads again.',
  });
}

/** GitHub shows accounts that are gone under this name. */
function authorOf({ author }: { readonly author: { readonly login: string } | null }): string {
  return author?.login ?? 'ghost';
}
