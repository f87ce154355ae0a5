/**
 * The issue tracker port on the issues of a GitHub repository. Every write looks first for what carries its marker, and the writes of
 * this process go one after another. GitHub keeps no worklog: time at work is a comment.
 */
import { z } from 'zod';
import type { Story, StoryStatus } from '../../domain/story.js';
import { VishkarError } from '../../errors.js';
import type { GithubClient } from '../../source-host/github/github-client.js';
import { GithubError } from '../../source-host/github/github-errors.js';
import { carriesMarker, findMarker, withMarker } from '../../source-host/github/marker-comment.js';
import type { EffectReceipt, IssueTracker, NewStory, StoryReply } from '../issue-tracker.js';
import { renderStoryText } from '../story-text.js';
import { requireMove } from '../transition-rules.js';
import type { GithubIssuesConfig } from './github-issues-config.js';
import { blockerKey, inState, issueSchema, priorityLabels, statusOf, toStory } from './issue-story.js';
import type { Issue } from './issue-story.js';

const commentsSchema = z.object({
  repository: z.object({
    issue: z.object({
      id: z.string(),
      comments: z.object({
        nodes: z.array(
          z.object({
            url: z.string(),
            body: z.string(),
            viewerDidAuthor: z.boolean(),
            createdAt: z.string(),
            authorAssociation: z.string(),
            author: z.object({ __typename: z.string(), login: z.string() }).nullable(),
          }),
        ),
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      }),
    }),
  }),
});
type IssueComment = z.infer<typeof commentsSchema>['repository']['issue']['comments']['nodes'][number];
const addedSchema = z.object({
  addComment: z.object({ commentEdge: z.object({ node: z.object({ url: z.string() }) }) }),
});

const ROUTE = '/repos/{owner}/{repo}/issues';
const COMMENTS = `query issueComments($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    issue(number: $number) {
      id
      comments(first: 100, after: $after) {
        nodes { url body viewerDidAuthor createdAt authorAssociation author { __typename login } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;
const COMMENT = `mutation commentOnIssue($id: ID!, $body: String!) {
  addComment(input: { subjectId: $id, body: $body }) { commentEdge { node { url } } }
}`;

export class GithubIssues implements IssueTracker {
  readonly name = 'github-issues';
  readonly #client: GithubClient;
  readonly #config: GithubIssuesConfig;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(client: GithubClient, config: GithubIssuesConfig) {
    this.#client = client;
    this.#config = config;
  }

  async list(): Promise<readonly Story[]> {
    const stories: Story[] = [];
    for (const issue of await this.#labelled('open')) stories.push(await this.#story(issue));
    return stories;
  }

  /** None: every issue with the label can be read as a story. */
  async problems(): Promise<readonly VishkarError[]> {
    return await Promise.resolve([]);
  }

  async get(key: string): Promise<Story> {
    return await this.#story(await this.#issue(key));
  }

  async create(story: NewStory, marker: string): Promise<Story> {
    return await this.#oneByOne(async () => {
      const existing = (await this.#labelled('all')).find(({ body }) => carriesMarker(body ?? '', marker));
      if (existing !== undefined) return toStory(existing, this.#config);
      const text = renderStoryText({ description: story.description, criteria: story.acceptanceCriteria });
      const issue = await this.#client.call(`POST ${ROUTE}`, issueSchema, {
        title: story.title.replace(/\s+/g, ' ').trim().slice(0, 256),
        body: withMarker(text, marker),
        labels: [this.#config.label, ...priorityLabels(story.priority, this.#config)],
      });
      return toStory(issue, this.#config);
    });
  }

  async transition(key: string, to: StoryStatus, _marker: string): Promise<EffectReceipt> {
    return await this.#oneByOne(async () => {
      const issue = await this.#issue(key);
      const id = `${key}:${to}`;
      if (!requireMove(key, statusOf(issue, this.#config), to)) return { id, adopted: true };
      // State and labels in one call: there is no moment between them.
      const change = inState(issue, to, this.#config);
      await this.#client.send(`PATCH ${ROUTE}/{issue_number}`, { issue_number: issue.number, ...change });
      return { id, adopted: false };
    });
  }

  async comment(key: string, body: string, marker: string): Promise<EffectReceipt> {
    return await this.#write(key, body, `comment ${marker}`);
  }

  /** Anybody may write below an issue of a public repository: only what its people write is an answer. */
  async repliesTo(key: string, marker: string): Promise<readonly StoryReply[]> {
    const comments = await this.#allComments(key);
    const at = comments.findIndex((each) => each.viewerDidAuthor && carriesMarker(each.body, `comment ${marker}`));
    return comments
      .slice(at === -1 ? comments.length : at + 1)
      .filter(isOfPerson)
      .map(({ url, author, createdAt, body }) => ({
        id: url,
        author: author?.login ?? '',
        at: new Date(createdAt).toISOString(),
        body,
      }));
  }

  async #allComments(key: string): Promise<readonly IssueComment[]> {
    const all: IssueComment[] = [];
    for (let after: string | null = null; ;) {
      const { comments } = await this.#comments(key, after);
      all.push(...comments.nodes);
      if (!comments.pageInfo.hasNextPage) return all;
      after = comments.pageInfo.endCursor;
    }
  }

  async worklog(
    key: string,
    entry: { readonly seconds: number; readonly comment: string; readonly startedAt: string },
    marker: string,
  ): Promise<EffectReceipt> {
    const minutes = Math.round(entry.seconds / 60);
    const text = `${entry.comment}: ${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min, from ${entry.startedAt} on.`;
    return await this.#write(key, text, `worklog ${marker}`);
  }

  async #write(key: string, body: string, marker: string): Promise<EffectReceipt> {
    return await this.#oneByOne(async () => {
      for (let after: string | null = null; ;) {
        const { id, comments } = await this.#comments(key, after);
        const found = comments.nodes.find((each) => each.viewerDidAuthor && carriesMarker(each.body, marker));
        if (found !== undefined) return { id: found.url, adopted: true };
        after = comments.pageInfo.endCursor;
        if (comments.pageInfo.hasNextPage) continue;
        const variables = { id, body: withMarker(body, marker) };
        const { addComment } = await this.#client.graphql(COMMENT, addedSchema, variables);
        return { id: addComment.commentEdge.node.url, adopted: false };
      }
    });
  }

  /** What blocks it is asked for only where the issue says that something does. */
  async #story(issue: Issue): Promise<Story> {
    const { issue_dependencies_summary: dependencies, sub_issues_summary: parts, number } = issue;
    const open: Issue[] = [];
    const read = async (route: 'dependencies/blocked_by' | 'sub_issues') => {
      const parameters = { issue_number: number };
      const path = `GET ${ROUTE}/{issue_number}/${route}`;
      const found = await this.#client.all(path, z.array(issueSchema), (page) => page, parameters);
      open.push(...found.filter(({ state }) => state === 'open'));
    };
    if ((dependencies?.blocked_by ?? 0) > 0) await read('dependencies/blocked_by');
    if ((parts?.total ?? 0) > (parts?.completed ?? 0)) await read('sub_issues');
    const keys = new Set(open.map((blocker) => blockerKey(blocker, issue, this.#config)));
    return toStory(issue, this.#config, [...keys]);
  }

  async #comments(key: string, after: string | null) {
    try {
      const variables = { number: this.#numberOf(key), after };
      return (await this.#client.graphql(COMMENTS, commentsSchema, variables)).repository.issue;
    } catch (error) {
      throw error instanceof GithubError && error.status === 404 ? this.#notFound(key) : error;
    }
  }

  async #labelled(state: 'open' | 'all'): Promise<readonly Issue[]> {
    const parameters = { labels: this.#config.label, state, sort: 'created', direction: 'asc' };
    const issues = await this.#client.all(`GET ${ROUTE}`, z.array(issueSchema), (page) => page, parameters);
    return issues.filter((issue) => issue.pull_request === undefined);
  }

  async #issue(key: string): Promise<Issue> {
    try {
      const parameters = { issue_number: this.#numberOf(key) };
      const issue = await this.#client.call(`GET ${ROUTE}/{issue_number}`, issueSchema, parameters);
      if (issue.pull_request === undefined) return issue;
    } catch (error) {
      // 410: it was deleted.
      if (!(error instanceof GithubError) || (error.status !== 404 && error.status !== 410)) throw error;
    }
    throw this.#notFound(key);
  }

  #numberOf(key: string): number {
    const { keyPrefix } = this.#config;
    const number = key.startsWith(`${keyPrefix}-`) ? /^\d+$/.exec(key.slice(keyPrefix.length + 1))?.[0] : undefined;
    if (number === undefined) throw this.#notFound(key);
    return Number(number);
  }

  #notFound(key: string): VishkarError {
    return new VishkarError('STORY_NOT_FOUND', `The repository has no issue for ${key}.`, {
      hint: `The story of issue 12 is ${this.#config.keyPrefix}-12; look whether it was deleted or moved, and whether the token may see it.`,
    });
  }

  async #oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return await turn;
  }
}

/** By whom GitHub says that they belong to the repository. */
const ITS_PEOPLE: readonly string[] = ['OWNER', 'MEMBER', 'COLLABORATOR'];

/** A person who uses the account of our token as well writes without our marker. */
function isOfPerson({ viewerDidAuthor, body, author, authorAssociation }: IssueComment): boolean {
  if (author?.__typename !== 'User') return false;
  return viewerDidAuthor ? findMarker(body) === undefined : ITS_PEOPLE.includes(authorAssociation);
}
