/**
 * Pull requests of one repository: found by their branch, opened once, their text kept up to date. The head of an open one is
 * read from its branch: GitHub brings the pull request itself up to date only some seconds after a push.
 */
import { z } from 'zod';
import type { PullRequest } from '../../domain/pull-request.js';
import { VishkarError } from '../../errors.js';
import type { SourceHost } from '../source-host.js';
import type { GithubClient } from './github-client.js';
import type { GithubConfig } from './github-config.js';
import { GithubError } from './github-errors.js';
import { headMoved, notReady } from './head-errors.js';
import { belowMarker, carriesMarker, findMarker, withMarker } from './marker-comment.js';

export type OpenRequest = Parameters<SourceHost['openPullRequest']>[0];

const pullSchema = z.object({
  number: z.number(),
  node_id: z.string(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  title: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().optional(),
  merged_at: z.string().nullable(),
  merge_commit_sha: z.string().nullable(),
  head: z.object({ ref: z.string(), sha: z.string() }),
  base: z.object({ ref: z.string(), sha: z.string() }),
  requested_reviewers: z.array(z.object({ login: z.string() })).nullish(),
  requested_teams: z.array(z.object({ slug: z.string() })).nullish(),
  labels: z.array(z.object({ name: z.string() })),
  /** Only where one is asked for alone; null while GitHub works it out. */
  mergeable: z.boolean().nullish(),
  mergeable_state: z.string().optional(),
});
export type Pull = z.infer<typeof pullSchema>;

const refSchema = z.object({ object: z.object({ sha: z.string() }) });
const comparisonSchema = z.object({
  status: z.enum(['diverged', 'ahead', 'behind', 'identical']),
  files: z.array(z.object({ filename: z.string() })).optional(),
});
const templatesSchema = z.object({
  repository: z.object({
    pullRequestTemplates: z
      .array(z.object({ filename: z.string().nullable(), body: z.string().nullable() }))
      .nullable(),
  }),
});

const ROUTE = '/repos/{owner}/{repo}';
const TEMPLATES = `query pullRequestTemplates($owner: String!, $repo: String!) {
  repository(owner: $owner, name: $repo) { pullRequestTemplates { filename body } }
}`;

const readySchema = z.object({
  markPullRequestReadyForReview: z.object({ pullRequest: z.object({ isDraft: z.boolean() }) }),
});
const READY = `mutation markReady($id: ID!) {
  markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } }
}`;

type Settings = Pick<GithubConfig, 'owner' | 'repo' | 'draft' | 'labels' | 'reviewers'>;

export class PullRequests {
  readonly #client: GithubClient;
  readonly #settings: Settings;

  constructor(client: GithubClient, settings: Settings) {
    this.#client = client;
    this.#settings = settings;
  }

  /** Opens the one of the branch, or adopts it: an open one; else one that was merged with this head, or closed under this marker. */
  async open(request: OpenRequest, marker: string): Promise<PullRequest & { readonly adopted: boolean }> {
    const known = await this.#findForBranch(request, marker);
    if (known !== undefined) return { ...(await this.#adopt(known, request, marker)), adopted: true };
    const body = withMarker(request.body, marker, await this.#template());
    const { owner, repo, draft } = this.#settings;
    const { branch: head, baseBranch: base, title } = request;
    try {
      const parameters = { title, head, base, body, draft };
      const opened = await this.#client.call(`POST ${ROUTE}/pulls`, pullSchema, parameters);
      await this.#equip(opened);
      return { ...toPullRequest(opened), adopted: false };
    } catch (error) {
      if (!(error instanceof GithubError) || error.status !== 422) throw error;
      // Another process was quicker, perhaps an earlier attempt of ours whose answer got lost.
      const found = /already exists/i.test(error.words) ? await this.#findForBranch(request, marker) : undefined;
      if (found !== undefined) return { ...(await this.#adopt(found, request, marker)), adopted: true };
      throw await this.#notOpened(error, request, `${owner}/${repo}`);
    }
  }

  /** As it is now. */
  async current(number: number): Promise<PullRequest> {
    return await this.#withBranchHead(await this.get(number));
  }

  /** Throws VishkarError `PULL_REQUEST_NOT_FOUND`. */
  async get(number: number): Promise<Pull> {
    try {
      return await this.#client.call(`GET ${ROUTE}/pulls/{pull_number}`, pullSchema, { pull_number: number });
    } catch (error) {
      throw error instanceof GithubError && error.status === 404 ? this.notFound(number) : error;
    }
  }

  notFound(number: number): VishkarError {
    const { owner, repo } = this.#settings;
    return new VishkarError('PULL_REQUEST_NOT_FOUND', `${owner}/${repo} has no pull request #${String(number)}.`, {
      hint: 'Check "owner" and "repo", and whether the token may still see the repository: what it may not see looks like this.',
    });
  }

  /** What people wrote below our text stays. */
  async updateBody(number: number, body: string): Promise<void> {
    const pull = await this.get(number);
    const before = pull.body ?? '';
    const marker = findMarker(before) ?? `vishkar:${pull.head.ref}/pull-request`;
    await this.#update(pull, { body: withMarker(body, marker, belowMarker(before)) });
  }

  /** SHA of a branch, read now; undefined when it is not there. */
  async branchSha(branch: string): Promise<string | undefined> {
    try {
      const { object } = await this.#client.call(`GET ${ROUTE}/git/ref/{ref}`, refSchema, { ref: `heads/${branch}` });
      return object.sha;
    } catch (error) {
      if (error instanceof GithubError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** The branch is where it was approved, and the pull request knows it. Throws VishkarError `HEAD_MOVED`, `SOURCE_HOST_NOT_READY`. */
  async requireHead(pull: Pull, headSha: string): Promise<void> {
    const branchSha = await this.branchSha(pull.head.ref);
    if (branchSha !== headSha) throw headMoved(pull.head.ref, headSha, branchSha);
    if (pull.head.sha !== headSha)
      throw notReady(`GitHub shows pull request #${String(pull.number)} at ${pull.head.sha} still.`);
  }

  /** A draft can't be merged. */
  async makeReady(pull: Pull): Promise<void> {
    if (pull.draft === true) await this.#client.graphql(READY, readySchema, { id: pull.node_id });
  }

  /** Whether `descendant` is `ancestor` or holds it. */
  async holds(descendant: string, ancestor: string): Promise<boolean> {
    if (descendant === ancestor) return true;
    try {
      const { status } = await this.#compare(ancestor, descendant);
      return status === 'ahead' || status === 'identical';
    } catch (error) {
      // A commit that GitHub does not have is in nothing.
      if (error instanceof GithubError && error.status === 404) return false;
      throw error;
    }
  }

  /** Files that both sides change since they parted. */
  async changedByBoth(base: string, head: string): Promise<readonly string[]> {
    const filesOf = async (from: string, to: string) =>
      ((await this.#compare(from, to)).files ?? []).map((file) => file.filename);
    const [ours, theirs] = await Promise.all([filesOf(base, head), filesOf(head, base)]);
    return ours.filter((file) => theirs.includes(file));
  }

  async #compare(from: string, to: string) {
    return await this.#client.call(`GET ${ROUTE}/compare/{basehead}`, comparisonSchema, {
      basehead: `${from}...${to}`,
    });
  }

  async #findForBranch(request: OpenRequest, marker: string): Promise<Pull | undefined> {
    const { branch, baseBranch: base, headSha } = request;
    const parameters = {
      state: 'all',
      head: `${this.#settings.owner}:${branch}`,
      base,
      sort: 'created',
      direction: 'desc',
    };
    const pulls = await this.#client.all(`GET ${ROUTE}/pulls`, z.array(pullSchema), (page) => page, parameters);
    const open = pulls.find((pull) => pull.state === 'open');
    if (open !== undefined) return open;
    for (const pull of pulls) {
      if (pull.merged_at === null && carriesMarker(pull.body ?? '', marker)) return pull;
      if (pull.merged_at !== null && (await this.holds(pull.head.sha, headSha))) return pull;
    }
    return undefined;
  }

  async #adopt(pull: Pull, { title, body }: OpenRequest, marker: string): Promise<PullRequest> {
    if (pull.state !== 'open') return toPullRequest(pull);
    await this.#update(pull, { title, body: withMarker(body, marker, belowMarker(pull.body ?? '')) });
    await this.#equip(pull);
    return await this.#withBranchHead(pull);
  }

  async #update(pull: Pull, change: { readonly title?: string; readonly body: string }): Promise<void> {
    const isSame = (change.title ?? pull.title) === pull.title && lineEnds(pull.body ?? '') === change.body;
    if (!isSame) await this.#client.send(`PATCH ${ROUTE}/pulls/{pull_number}`, { pull_number: pull.number, ...change });
  }

  /** Labels and reviewers that it lacks; both say the same when they are asked for again. */
  async #equip(pull: Pull): Promise<void> {
    const labels = this.#settings.labels.filter((name) => !pull.labels.some((label) => label.name === name));
    if (labels.length > 0)
      await this.#client.send(`POST ${ROUTE}/issues/{issue_number}/labels`, { issue_number: pull.number, labels });
    const requested = [
      ...(pull.requested_reviewers ?? []).map(({ login }) => login.toLowerCase()),
      ...(pull.requested_teams ?? []).map(({ slug }) => `team:${slug}`.toLowerCase()),
    ];
    const missing = this.#settings.reviewers.filter((name) => !requested.includes(name.toLowerCase()));
    if (missing.length === 0) return;
    const reviewers = missing.filter((name) => !name.startsWith('team:'));
    const teams = missing.filter((name) => name.startsWith('team:')).map((name) => name.slice('team:'.length));
    await this.#client.send(`POST ${ROUTE}/pulls/{pull_number}/requested_reviewers`, {
      pull_number: pull.number,
      reviewers,
      team_reviewers: teams,
    });
  }

  /** What the repository wants people to fill in; GitHub itself puts it only into what is opened in a browser. */
  async #template(): Promise<string> {
    const { repository } = await this.#client.graphql(TEMPLATES, templatesSchema, {});
    const own = repository.pullRequestTemplates?.find(({ filename }) =>
      /(?:^|\/)pull_request_template(?:\.\w+)?$/i.test(filename ?? ''),
    );
    return own?.body ?? '';
  }

  async #withBranchHead(pull: Pull): Promise<PullRequest> {
    const known = toPullRequest(pull);
    if (known.state !== 'open') return known;
    return { ...known, headSha: (await this.branchSha(pull.head.ref)) ?? known.headSha };
  }

  async #notOpened(error: GithubError, { branch, baseBranch }: OpenRequest, repository: string): Promise<VishkarError> {
    for (const name of [baseBranch, branch])
      if ((await this.branchSha(name)) === undefined)
        return new VishkarError('BRANCH_NOT_FOUND', `${repository} has no branch ${name}.`, {
          hint: 'Push it, then let the story go on.',
        });
    if (/no commits between/i.test(error.words))
      return new VishkarError('PULL_REQUEST_EMPTY', `${branch} has no commits that ${baseBranch} lacks.`, {
        hint: 'There is nothing to merge: check whether the change was made and pushed.',
      });
    return error;
  }
}

export function toPullRequest(pull: Pull): PullRequest {
  const isMerged = pull.merged_at !== null;
  return {
    number: pull.number,
    url: pull.html_url,
    state: isMerged ? 'merged' : pull.state,
    branch: pull.head.ref,
    baseBranch: pull.base.ref,
    headSha: pull.head.sha,
    ...(isMerged && pull.merge_commit_sha !== null ? { mergeSha: pull.merge_commit_sha } : {}),
  };
}

function lineEnds(text: string): string {
  return text.replaceAll('\r\n', '\n').trim();
}
