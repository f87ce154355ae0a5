/** GitHub's GraphQL API on the site of a stand-in, by GitHub's own public schema: documents and answers are held against it. */
import { readFileSync } from 'node:fs';
import { buildSchema, graphql, GraphQLError } from 'graphql';
import { pullUrl, REVIEW_STATES } from './github-rest-api.js';
import type { GithubSite, SitePull, SiteThread } from './github-site.js';

// Its text alone: the package's entry also reads the same as JSON, which takes longer than all else.
const published = new URL('schema.graphql', import.meta.resolve('@octokit/graphql-schema'));
const schema = buildSchema(readFileSync(published, 'utf8'), {
  assumeValid: true,
  assumeValidSDL: true,
  noLocation: true,
});

export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly viewer: string;
  readonly web: string;
}

export interface GraphqlAnswer {
  readonly body: object;
  /** What is wrong with the document or with our own answer, by the schema. */
  readonly violations: readonly string[];
}

export async function graphqlAnswer(site: GithubSite, request: GraphqlRequest): Promise<GraphqlAnswer> {
  const { query: source, variables: variableValues } = request;
  const result = await graphql({ schema, source, variableValues, rootValue: new Root(site, request) });
  const errors = (result.errors ?? []).map((error) => ({
    ...(error.extensions['type'] === undefined ? {} : { type: error.extensions['type'] as string }),
    ...{ path: error.path, message: error.message },
  }));
  const violations = errors.filter((error) => !('type' in error)).map((error) => `GraphQL: ${error.message}`);
  return { body: { data: result.data ?? null, ...(errors.length === 0 ? {} : { errors }) }, violations };
}

const failure = (type: string, message: string) => new GraphQLError(message, { extensions: { type } });
const noNode = (id: string) => failure('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);

class Root {
  readonly #site: GithubSite;
  readonly #viewer: string;
  readonly #web: string;

  constructor(site: GithubSite, { viewer, web }: GraphqlRequest) {
    this.#site = site;
    this.#viewer = viewer;
    this.#web = web;
  }

  viewer() {
    return { login: this.#viewer };
  }

  repository() {
    return {
      pullRequestTemplates: this.#site.templates,
      issue: ({ number }: { number: number }) => {
        const issue = this.#site.issues.find((each) => each.number === number);
        if (issue === undefined)
          throw failure('NOT_FOUND', `Could not resolve to an Issue with the number of ${String(number)}.`);
        const comments = (page: Page) =>
          connection(
            issue.comments.map((each) => this.#issueComment(number, each)),
            page,
          );
        return { id: `I_${String(number)}`, comments };
      },
      pullRequest: ({ number }: { number: number }) => {
        const pull = this.#site.find(number);
        if (pull === undefined)
          throw failure('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${String(number)}.`);
        return this.#pull(pull);
      },
    };
  }

  node({ id }: { id: string }) {
    const { pull, thread } = this.#thread(id);
    return { __typename: 'PullRequestReviewThread', ...this.#threadNode(pull, thread), pullRequest: this.#pull(pull) };
  }

  addPullRequestReviewThreadReply({ input }: { input: { pullRequestReviewThreadId: string; body: string } }) {
    const { pull, thread } = this.#thread(input.pullRequestReviewThreadId);
    const isPending = pull.reviews.some((review) => review.state === 'PENDING' && review.author === this.#viewer);
    const comment = { id: this.#site.nextId(), author: this.#viewer, body: input.body, isPending };
    thread.comments.push(comment);
    return { comment: this.#comment(pull, comment) };
  }

  deletePullRequestReviewComment({ input }: { input: { id: string } }) {
    return this.#deleteComment(
      this.#site.current().flatMap((pull) => pull.threads.map(({ comments }) => comments)),
      input.id,
    );
  }

  deleteIssueComment({ input }: { input: { id: string } }) {
    const lists = [...this.#site.current(), ...this.#site.issues].map(({ comments }) => comments);
    return this.#deleteComment(lists, input.id);
  }

  #deleteComment(lists: readonly SiteThread['comments'][], nodeId: string) {
    for (const comments of lists) {
      const at = comments.findIndex(({ id }) => `C_${String(id)}` === nodeId);
      if (at < 0) continue;
      if (comments[at]?.author !== this.#viewer)
        throw failure('FORBIDDEN', 'Resource not accessible by personal token');
      comments.splice(at, 1);
      return { clientMutationId: null };
    }
    throw noNode(nodeId);
  }

  submitPullRequestReview({ input }: { input: { pullRequestReviewId: string; event: string; body?: string } }) {
    const { pull, review } = this.#draft(input.pullRequestReviewId);
    const isVerdict = input.event === 'APPROVE' || input.event === 'REQUEST_CHANGES';
    if (isVerdict && pull.author === this.#viewer)
      throw failure('UNPROCESSABLE', 'Review Can not approve or request changes on your own pull request');
    review.state = REVIEW_STATES[input.event as keyof typeof REVIEW_STATES];
    review.body = input.body ?? review.body;
    for (const { comments } of pull.threads)
      for (const comment of comments) if (comment.author === this.#viewer) comment.isPending = false;
    return { pullRequestReview: this.#review(pull, review) };
  }

  deletePullRequestReview({ input }: { input: { pullRequestReviewId: string } }) {
    const { pull, review } = this.#draft(input.pullRequestReviewId);
    pull.reviews.splice(pull.reviews.indexOf(review), 1);
    const isDraft = ({ author, isPending }: SiteThread['comments'][number]) => isPending && author === this.#viewer;
    const kept = pull.threads.filter(({ comments }) => !comments.every(isDraft));
    pull.threads.splice(0, pull.threads.length, ...kept);
    return { pullRequestReview: this.#review(pull, review) };
  }

  #draft(id: string) {
    for (const pull of this.#site.current()) {
      const review = pull.reviews.find((each) => `PRR_${String(each.id)}` === id && each.author === this.#viewer);
      if (review === undefined) continue;
      if (review.state !== 'PENDING') throw failure('UNPROCESSABLE', 'Can not submit a review that is not pending.');
      return { pull, review };
    }
    throw noNode(id);
  }

  resolveReviewThread({ input }: { input: { threadId: string } }) {
    const { pull, thread } = this.#thread(input.threadId);
    thread.isResolved = true;
    return { thread: this.#threadNode(pull, thread) };
  }

  addComment({ input }: { input: { subjectId: string; body: string } }) {
    const issue = this.#site.issues.find((each) => `I_${String(each.number)}` === input.subjectId);
    if (issue !== undefined) {
      const comment = { id: this.#site.nextId(), author: this.#viewer, body: input.body, isPending: false };
      issue.comments.push(comment);
      return { commentEdge: { node: this.#issueComment(issue.number, comment) } };
    }
    const pull = this.#site.current().find((each) => `PR_${String(each.number)}` === input.subjectId);
    if (pull === undefined) throw noNode(input.subjectId);
    const comment = { id: this.#site.nextId(), author: this.#viewer, body: input.body, isPending: false };
    pull.comments.push(comment);
    return { commentEdge: { node: this.#comment(pull, comment) } };
  }

  markPullRequestReadyForReview({ input }: { input: { pullRequestId: string } }) {
    const pull = this.#site.current().find((each) => `PR_${String(each.number)}` === input.pullRequestId);
    if (pull === undefined) throw noNode(input.pullRequestId);
    pull.isDraft = false;
    return { pullRequest: this.#pull(pull) };
  }

  /** Refuses what GitHub refuses, in its words. */
  enqueuePullRequest({ input }: { input: { pullRequestId: string; expectedHeadOid?: string } }) {
    const pull = this.#site.current().find((each) => `PR_${String(each.number)}` === input.pullRequestId);
    if (pull === undefined) throw noNode(input.pullRequestId);
    const refuse = (message: string) => failure('UNPROCESSABLE', message);
    if (pull.queueEntry !== undefined) throw refuse('Pull request is already in the queue');
    if (input.expectedHeadOid !== undefined && input.expectedHeadOid !== pull.headSha)
      throw refuse('Head branch was modified. Review and try the merge again.');
    if (pull.isDraft) throw refuse('Pull request Pull request is in draft state');
    if (!pull.isOpen || !this.#site.isMergeable(pull)) throw refuse('Pull request Pull request is not mergeable');
    const approvals = pull.reviews.filter(({ state, commit }) => state === 'APPROVED' && commit === pull.headSha);
    if (approvals.length < this.#site.rules.approvals)
      throw refuse('Pull request At least 1 approving review is required by reviewers with write access.');
    this.#site.enqueue(pull);
    return { mergeQueueEntry: this.#queueEntry(pull) };
  }

  #queueEntry({ queueEntry }: SitePull) {
    if (queueEntry === undefined) return null;
    const { position, state, groupSha } = queueEntry;
    return { position, state, headCommit: { oid: groupSha } };
  }

  #thread(id: string): { pull: SitePull; thread: SiteThread } {
    for (const pull of this.#site.current()) {
      const thread = pull.threads.find((each) => each.id === id);
      if (thread !== undefined) return { pull, thread };
    }
    throw noNode(id);
  }

  #pull(pull: SitePull) {
    return {
      id: `PR_${String(pull.number)}`,
      number: pull.number,
      comments: (page: Page) =>
        connection(
          pull.comments.map((comment) => this.#comment(pull, comment)),
          page,
        ),
      latestOpinionatedReviews: (page: Page & { readonly writersOnly?: boolean }) =>
        connection(
          this.#opinions(pull, page.writersOnly === true).map((review) => this.#review(pull, review)),
          page,
        ),
      isDraft: pull.isDraft,
      isMergeQueueEnabled: this.#site.rules.hasQueue,
      mergeQueueEntry: this.#queueEntry(pull),
      timelineItems: ({ itemTypes: [type] }: { itemTypes: readonly string[] }) => {
        const isOfAdditions = type === 'ADDED_TO_MERGE_QUEUE_EVENT';
        const events = pull.queueEvents.filter((event) => (event === 'added') === isOfAdditions);
        const nodes = events.map((event) => ({
          __typename: isOfAdditions ? 'AddedToMergeQueueEvent' : 'RemovedFromMergeQueueEvent',
          reason: event,
          actor: { __typename: 'Bot', login: 'github-merge-queue' },
        }));
        return { filteredCount: nodes.length, nodes: nodes.slice(-1) };
      },
      viewerDidAuthor: pull.author === this.#viewer,
      reviews: (page: Page) =>
        connection(
          pull.reviews.map((review) => this.#review(pull, review)),
          page,
        ),
      reviewThreads: (page: Page) =>
        connection(
          pull.threads.map((thread) => this.#threadNode(pull, thread)),
          page,
        ),
    };
  }

  #review(pull: SitePull, { id, author, body, state, commit }: SitePull['reviews'][number]) {
    return {
      id: `PRR_${String(id)}`,
      ...{ body, state, commit: { oid: commit }, viewerDidAuthor: author === this.#viewer },
      url: `${pullUrl(this.#web, pull)}#pullrequestreview-${String(id)}`,
      author: { __typename: 'User', login: author },
    };
  }

  /** The last of each account that approves or requests changes. */
  #opinions(pull: SitePull, writersOnly: boolean): readonly SitePull['reviews'][number][] {
    const last = new Map<string, SitePull['reviews'][number]>();
    for (const review of pull.reviews)
      if (review.state !== 'COMMENTED' && review.state !== 'PENDING') last.set(review.author, review);
    return [...last.values()].filter(({ author }) => !writersOnly || this.#site.collaborators.includes(author));
  }

  #threadNode(pull: SitePull, thread: SiteThread) {
    const { id, path, line, originalLine, isResolved, comments } = thread;
    // A draft is seen by its author alone.
    const seen = comments.filter((comment) => !comment.isPending || comment.author === this.#viewer);
    return {
      ...{ id, path, line, originalLine, isResolved },
      comments: (page: Page) =>
        connection(
          seen.map((comment) => this.#comment(pull, comment)),
          page,
        ),
    };
  }

  #issueComment(number: number, { id, author, body }: SiteThread['comments'][number]) {
    const url = `${this.#web}/issues/${String(number)}#issuecomment-${String(id)}`;
    return {
      id: `C_${String(id)}`,
      ...{ body, url, viewerDidAuthor: author === this.#viewer, createdAt: '2026-01-01T00:00:00Z' },
      authorAssociation: this.#site.collaborators.includes(author) ? 'COLLABORATOR' : 'NONE',
      author: author === 'ghost' ? null : { __typename: author.endsWith('[bot]') ? 'Bot' : 'User', login: author },
    };
  }

  #comment(pull: SitePull, { id, author, body, isPending }: SiteThread['comments'][number]) {
    return {
      id: `C_${String(id)}`,
      ...{ body, state: isPending ? 'PENDING' : 'SUBMITTED', viewerDidAuthor: author === this.#viewer },
      url: `${pullUrl(this.#web, pull)}#discussion_r${String(id)}`,
      author: author === 'ghost' ? null : { __typename: 'User', login: author },
    };
  }
}

interface Page {
  readonly first?: number;
  readonly after?: string | null;
}

function connection<T>(all: readonly T[], { first = 100, after }: Page) {
  const from = after === null || after === undefined ? 0 : Number(after);
  const end = from + first;
  return { nodes: all.slice(from, end), pageInfo: { hasNextPage: end < all.length, endCursor: String(end) } };
}
