/** The calls of GitHub's REST API on the site of a stand-in, in GitHub's words and statuses. */
import type { FoundCall } from './github-description.js';
import { describedAnswer } from './github-description.js';
import { appIdOf, OWNER, REPO } from './github-site.js';
import type { GithubSite, SiteCheckRun, SiteIssue, SitePull } from './github-site.js';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RestRequest {
  readonly call: FoundCall;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, any>>;
  /** Login of whoever's token it is. */
  readonly viewer: string;
  /** Address of the web pages. */
  readonly web: string;
}

type Handler = (site: GithubSite, request: RestRequest) => Answer;

const R = '/repos/{owner}/{repo}';
const PULL = `${R}/pulls/{pull_number}`;
const DOCUMENTATION = 'https://docs.github.com/rest';

const refusal = (status: number, message: string, errors?: readonly unknown[]): Answer => ({
  status,
  body: {
    message,
    ...(errors === undefined ? {} : { errors }),
    documentation_url: DOCUMENTATION,
    status: String(status),
  },
});
const notFound = () => refusal(404, 'Not Found');
const invalid = (errors: readonly unknown[]) => refusal(422, 'Validation Failed', errors);

/** A handler for a call on one pull request. */
const onPull =
  (handle: (site: GithubSite, pull: SitePull, request: RestRequest) => Answer): Handler =>
  (site, request) => {
    const pull = site.find(Number(request.call.path['pull_number'] ?? request.call.path['issue_number']));
    return pull === undefined ? notFound() : handle(site, pull, request);
  };

/** A handler for a call on one issue. */
function onIssue(handle: (issue: SiteIssue, request: RestRequest, site: GithubSite) => Answer): Handler {
  return (site, request) => {
    const issue = site.issues.find((each) => String(each.number) === request.call.path['issue_number']);
    return issue === undefined ? notFound() : handle(issue, request, site);
  };
}

/** What the issue's own numbers of this kind name. */
const linked = (kind: 'blockedBy' | 'subIssues') =>
  onIssue((issue, request, site) =>
    page(
      request,
      site.issues
        .filter(({ number }) => (issue[kind] ?? []).includes(number))
        .map((each) => issueJson(each, request.web, undefined, site)),
    ),
  );

const HANDLERS: Readonly<Record<string, Handler>> = {
  [`GET ${R}`]: (site) => ({
    status: 200,
    body: {
      full_name: `${OWNER}/${REPO}`,
      archived: site.rules.isArchived,
      permissions: { admin: false, pull: true, push: site.rules.mayPush },
      allow_merge_commit: site.rules.methods.includes('merge'),
      allow_squash_merge: site.rules.methods.includes('squash'),
      allow_rebase_merge: site.rules.methods.includes('rebase'),
    },
  }),
  [`GET ${R}/pulls`]: (site, request) => {
    const { query } = request;
    const [state, head, base] = ['state', 'head', 'base'].map((name) => query.get(name));
    const found = site
      .current()
      .filter(
        (pull) =>
          (state === 'all' || pull.isOpen === (state !== 'closed')) &&
          (head === null || head === `${OWNER}:${pull.branch}`) &&
          (base === null || base === pull.baseBranch),
      );
    return page(
      request,
      found.toReversed().map((pull) => pullJson(site, pull, request)),
    );
  },
  [`POST ${R}/pulls`]: (site, request) => {
    const { title, body = '', head, base, draft = false } = request.body as Record<string, any>;
    const field = (name: string) => invalid([{ resource: 'PullRequest', field: name, code: 'invalid' }]);
    const headSha = site.sha(head);
    const baseSha = site.sha(base);
    if (headSha === undefined) return field('head');
    if (baseSha === undefined) return field('base');
    const custom = (message: string) => invalid([{ resource: 'PullRequest', code: 'custom', message }]);
    if (site.contains(baseSha, headSha)) return custom(`No commits between ${base} and ${head}`);
    if (site.current().some((pull) => pull.isOpen && pull.branch === head && pull.baseBranch === base))
      return custom(`A pull request already exists for ${OWNER}:${head}.`);
    const pull: SitePull = {
      number: site.nextNumber(),
      author: request.viewer,
      ...{
        branch: head,
        baseBranch: base,
        openedOnBaseSha: baseSha,
        title,
        body,
        isDraft: draft,
        isOpen: true,
        headSha,
      },
      mergeSha: undefined,
      ...{ labels: [], reviewers: [], teams: [], reviews: [], threads: [], comments: [] },
      ...{ queueEntry: undefined, queueEvents: [] },
    };
    site.pulls.push(pull);
    return { status: 201, body: pullJson(site, pull, request) };
  },
  [`GET ${PULL}`]: onPull((site, pull, request) => ({ status: 200, body: pullJson(site, pull, request) })),
  [`PATCH ${PULL}`]: onPull((site, pull, request) => {
    const { title = pull.title, body = pull.body } = request.body as { title?: string; body?: string };
    Object.assign(pull, { title, body });
    return { status: 200, body: pullJson(site, pull, request) };
  }),
  [`GET ${PULL}/files`]: onPull((site, pull, request) => page(request, filesOf(site, pull))),
  [`POST ${R}/issues/{issue_number}/labels`]: onPull((_, pull, request) => {
    for (const name of request.body['labels'] as string[]) if (!pull.labels.includes(name)) pull.labels.push(name);
    return { status: 200, body: pull.labels.map((name) => ({ name })) };
  }),
  [`POST ${PULL}/requested_reviewers`]: onPull((site, pull, request) => {
    const { reviewers = [], team_reviewers: teams = [] } = request.body as Record<string, string[]>;
    if (reviewers.includes(pull.author)) return refusal(422, 'Review cannot be requested from pull request author.');
    if (!reviewers.every((login) => site.collaborators.includes(login)))
      return refusal(
        422,
        `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${OWNER}/${REPO} repository.`,
      );
    for (const login of reviewers) if (!pull.reviewers.includes(login)) pull.reviewers.push(login);
    for (const slug of teams) if (!pull.teams.includes(slug)) pull.teams.push(slug);
    return { status: 201, body: pullJson(site, pull, request) };
  }),
  [`POST ${PULL}/reviews`]: onPull(review),
  [`PUT ${PULL}/merge`]: onPull(merge),
  [`GET ${R}/issues`]: (site, request) => {
    const { query, web } = request;
    const label = query.get('labels') ?? '';
    const found = site.issues.filter(
      (issue) => issue.labels.includes(label) && (query.get('state') === 'all' || issue.state === 'open'),
    );
    const pulls = site.pulls.filter((pull) => pull.labels.includes(label) && pull.isOpen);
    const asIssue = ({ number, title, body, labels }: SitePull) =>
      issueJson({ number, title, body, labels, state: 'open', reason: null, comments: [] }, web, {
        url: `${web}/pulls/${String(number)}`,
      });
    return page(request, [...found.map((issue) => issueJson(issue, web, undefined, site)), ...pulls.map(asIssue)]);
  },
  [`POST ${R}/issues`]: (site, { body, web }) => {
    const { title, body: text = '', labels = [] } = body as Record<string, any>;
    const issue: SiteIssue = {
      number: site.nextNumber(),
      title,
      body: text,
      labels,
      state: 'open',
      reason: null,
      comments: [],
    };
    site.issues.push(issue);
    return { status: 201, body: issueJson(issue, web) };
  },
  [`GET ${R}/issues/{issue_number}`]: onIssue((issue, { web }, site) => ({
    status: 200,
    body: issueJson(issue, web, undefined, site),
  })),
  [`GET ${R}/issues/{issue_number}/dependencies/blocked_by`]: linked('blockedBy'),
  [`GET ${R}/issues/{issue_number}/sub_issues`]: linked('subIssues'),
  [`PATCH ${R}/issues/{issue_number}`]: onIssue((issue, { body, web }) => {
    const {
      state = issue.state,
      state_reason: reason = issue.reason,
      labels = issue.labels,
    } = body as Partial<Record<string, any>>;
    Object.assign(issue, { state, reason, labels });
    return { status: 200, body: issueJson(issue, web) };
  }),
  [`GET ${R}/compare/{basehead}`]: (site, { call }) => {
    const [from = '', to = ''] = (call.path['basehead'] ?? '').split('...').map((name) => site.sha(name) ?? '');
    if (from === '' || to === '') return notFound();
    const ahead = Number(site.git('rev-list', '--count', `${from}..${to}`));
    const behind = Number(site.git('rev-list', '--count', `${to}..${from}`));
    const status = ahead === 0 ? (behind === 0 ? 'identical' : 'behind') : behind === 0 ? 'ahead' : 'diverged';
    const files = site.git('diff', '--name-only', `${from}...${to}`).split('\n').filter(Boolean);
    return {
      status: 200,
      body: { status, ahead_by: ahead, behind_by: behind, files: files.map((filename) => ({ filename })) },
    };
  },
  [`GET ${R}/git/ref/{ref}`]: (site, { call }) => {
    const ref = call.path['ref'] ?? '';
    const sha = /^heads\//.test(ref) ? branchSha(site, ref) : undefined;
    return sha === undefined
      ? notFound()
      : { status: 200, body: { ref: `refs/${ref}`, object: { sha, type: 'commit' } } };
  },
  [`DELETE ${R}/git/refs/{ref}`]: (site, { call }) => {
    const ref = call.path['ref'] ?? '';
    if (branchSha(site, ref) === undefined) return refusal(422, 'Reference does not exist');
    site.git('update-ref', '-d', `refs/${ref}`);
    return { status: 204 };
  },
  [`GET ${R}/commits/{ref}/check-runs`]: (site, request) => {
    if (!site.rules.mayReadChecks) return refusal(403, 'Resource not accessible by personal access token');
    const sha = request.call.path['ref'] ?? '';
    const runs = site.checksOf(sha).map((run, at) => runJson(sha, run, at));
    const { body, ...answer } = page(request, runs);
    return { ...answer, body: { total_count: runs.length, check_runs: body } };
  },
  [`GET ${R}/commits/{ref}/status`]: (site, { call }) => {
    const sha = call.path['ref'] ?? '';
    const statuses = (site.statuses.get(sha) ?? []).map((status) => ({ ...status, target_url: null }));
    return { status: 200, body: { sha, total_count: statuses.length, state: 'pending', statuses } };
  },
  [`GET ${R}/check-runs/{check_run_id}/annotations`]: (site, { call }) => {
    if (!site.rules.mayReadChecks) return refusal(403, 'Resource not accessible by personal access token');
    const run = runById(site, Number(call.path['check_run_id']));
    const remarks = (run?.annotations ?? []).map(({ path, line, message }) => ({
      ...{ path, start_line: line, end_line: line, annotation_level: 'failure', message },
    }));
    return { status: 200, body: remarks };
  },
  [`POST ${R}/actions/jobs/{job_id}/rerun`]: (site, { call }) => rerun(site, Number(call.path['job_id']), true),
  [`POST ${R}/check-runs/{check_run_id}/rerequest`]: (site, { call }) =>
    rerun(site, Number(call.path['check_run_id']), false),
  [`GET ${R}/actions/jobs/{job_id}/logs`]: (site, { call, web }) =>
    runById(site, Number(call.path['job_id']))?.log === undefined
      ? notFound()
      : { status: 302, headers: { location: `${web}/logs/${call.path['job_id'] ?? ''}` } },
  // One run of a workflow per head; its jobs are the check runs of GitHub Actions.
  [`GET ${R}/actions/runs`]: (site, { query }) => {
    const sha = query.get('head_sha') ?? '';
    const runs = site.checksOf(sha).length === 0 ? [] : [{ id: Number.parseInt(sha.slice(0, 8), 16), head_sha: sha }];
    return { status: 200, body: { total_count: runs.length, workflow_runs: runs } };
  },
  [`GET ${R}/actions/runs/{run_id}/jobs`]: (site, { call }) => {
    const sha = [...site.checkRuns.keys()].find(
      (each) => String(Number.parseInt(each.slice(0, 8), 16)) === call.path['run_id'],
    );
    if (sha === undefined) return notFound();
    const jobs = site.checksOf(sha).flatMap((run, at) => (run.app === undefined ? [jobJson(sha, run, at)] : []));
    return { status: 200, body: { total_count: jobs.length, jobs } };
  },
  [`GET ${R}/branches/{branch}`]: (site, { call }) => {
    const name = call.path['branch'] ?? '';
    const sha = branchSha(site, `heads/${name}`);
    if (sha === undefined) return notFound();
    const checks = site.rules.requiredChecks.map((each) =>
      typeof each === 'string' ? { context: each, app_id: null } : { context: each.context, app_id: each.appId },
    );
    const contexts = checks.map(({ context }) => context);
    const required = { contexts, checks };
    const protection = contexts.length === 0 ? { enabled: false } : { enabled: true, required_status_checks: required };
    return { status: 200, body: { name, protected: contexts.length > 0, protection } };
  },
  [`GET ${R}/rules/branches/{branch}`]: (site) => {
    const checks = site.rules.requiredByRuleset.map((each) =>
      typeof each === 'string' ? { context: each } : { context: each.context, integration_id: each.appId },
    );
    const parameters = { required_status_checks: checks, strict_required_status_checks_policy: false };
    const rule = {
      type: 'required_status_checks',
      parameters,
      ruleset_source_type: 'Repository',
      ruleset_source: 'x',
      ruleset_id: 1,
    };
    return { status: 200, body: checks.length === 0 ? [] : [rule] };
  },
};

/** What GitHub answers; a call that the stand-in does not know is a fault of the test. */
export function restAnswer(site: GithubSite, request: RestRequest): Answer {
  const handler = HANDLERS[request.call.name];
  if (handler === undefined) throw new Error(`the stand-in does not know ${request.call.name}`);
  const { path } = request.call;
  if (path['owner'] !== OWNER || path['repo'] !== REPO) return notFound();
  const answer = handler(site, request);
  if (answer.body === undefined || answer.status >= 400) return answer;
  return { ...answer, body: describedAnswer(request.call.name, answer.status, answer.body) };
}

/** The job log that a redirect leads to. */
export function jobLog(site: GithubSite, id: number): string {
  return runById(site, id)?.log ?? '';
}

export const REVIEW_STATES = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
} as const;

function review(site: GithubSite, pull: SitePull, { body, viewer, web }: RestRequest): Answer {
  const { event, commit_id: commit, comments = [] } = body as { event?: string; commit_id: string; comments?: any[] };
  if (viewer === pull.author && event === 'APPROVE')
    return refusal(422, 'Unprocessable Entity', ['Review Can not approve your own pull request']);
  if (viewer === pull.author && event === 'REQUEST_CHANGES')
    return refusal(422, 'Unprocessable Entity', ['Review Can not request changes on your own pull request']);
  if (!site.contains(pull.headSha, commit))
    return refusal(422, 'Unprocessable Entity', ['commit_id is not part of the pull request']);
  if (pull.reviews.some((each) => each.state === 'PENDING' && each.author === viewer))
    return refusal(422, 'Unprocessable Entity', ['User can only have one pending review per pull request']);
  const files = filesOf(site, pull);
  for (const { path, line } of comments)
    if (!isShown(files.find((file) => file.filename === path)?.patch ?? '', line as number))
      return refusal(422, 'Unprocessable Entity', ['Line could not be resolved']);
  const id = site.nextId();
  // Without an event it is a draft.
  const state = event === undefined ? 'PENDING' : REVIEW_STATES[event as keyof typeof REVIEW_STATES];
  pull.reviews.push({ id, author: viewer, body: body['body'] as string, commit, state });
  for (const { path, line, body: text } of comments)
    pull.threads.push({
      id: `PRRT_${String(site.nextId())}`,
      ...{ path, line, originalLine: line, isResolved: false },
      comments: [{ id: site.nextId(), author: viewer, body: text as string, isPending: state === 'PENDING' }],
    });
  return {
    status: 200,
    body: {
      id,
      node_id: `PRR_${String(id)}`,
      state,
      body: body['body'],
      commit_id: commit,
      html_url: `${pullUrl(web, pull)}#pullrequestreview-${String(id)}`,
    },
  };
}

function merge(site: GithubSite, pull: SitePull, { body }: RestRequest): Answer {
  const {
    sha,
    merge_method: method = 'merge',
    commit_title: title = '',
    commit_message: message = '',
  } = body as Record<string, string>;
  if (!pull.isOpen) return refusal(405, 'Pull Request is not mergeable');
  if (sha !== undefined && sha !== pull.headSha)
    return refusal(409, 'Head branch was modified. Review and try the merge again.');
  if (pull.isDraft) return refusal(405, 'Pull Request is still a draft');
  if (site.rules.hasQueue)
    return refusal(405, 'Repository rule violations found\n\nChanges must be made through the merge queue\n\n');
  const label = { merge: 'Merge commits', squash: 'Squash merges', rebase: 'Rebase merges' }[method] ?? method;
  if (!site.rules.methods.includes(method)) return refusal(405, `${label} are not allowed on this repository.`);
  if (!site.isMergeable(pull)) return refusal(405, 'Pull Request is not mergeable');
  if (site.isBehind(pull)) return refusal(405, 'Head branch is out of date. Review and try the merge again.');
  const approvals = pull.reviews.filter((each) => each.state === 'APPROVED' && each.commit === pull.headSha).length;
  if (approvals < site.rules.approvals)
    return refusal(
      405,
      `At least ${String(site.rules.approvals)} approving review is required by reviewers with write access.`,
    );
  const mergeSha = site.merge(pull, method, `${title}\n\n${message}`);
  return { status: 200, body: { sha: mergeSha, merged: true, message: 'Pull Request successfully merged' } };
}

export function pullUrl(web: string, pull: SitePull): string {
  return `${web}/${OWNER}/${REPO}/pull/${String(pull.number)}`;
}

function pullJson(site: GithubSite, pull: SitePull, { web, viewer }: RestRequest): object {
  const user = (login: string) => ({ login });
  const isMergeable = pull.isOpen && site.isMergeable(pull);
  const base = site.sha(pull.baseBranch) ?? '';
  return {
    ...{ number: pull.number, node_id: `PR_${String(pull.number)}`, html_url: pullUrl(web, pull) },
    ...{ state: pull.isOpen ? 'open' : 'closed', title: pull.title, body: pull.body, draft: pull.isDraft },
    ...{ user: user(pull.author), merged: pull.mergeSha !== undefined, merge_commit_sha: pull.mergeSha ?? null },
    merged_at: pull.mergeSha === undefined ? null : '2026-01-01T00:00:00Z',
    merged_by: pull.mergeSha === undefined ? null : user(viewer),
    head: { ref: pull.branch, sha: pull.headSha, label: `${OWNER}:${pull.branch}` },
    base: { ref: pull.baseBranch, sha: base, label: `${OWNER}:${pull.baseBranch}` },
    labels: pull.labels.map((name) => ({ id: 1, name })),
    requested_reviewers: pull.reviewers.map(user),
    requested_teams: pull.teams.map((slug) => ({ slug })),
    mergeable: isMergeable,
    mergeable_state: !isMergeable ? 'dirty' : site.isBehind(pull) ? 'behind' : 'clean',
  };
}

function filesOf(site: GithubSite, pull: SitePull): readonly { filename: string; patch: string }[] {
  const base = site.git('merge-base', site.sha(pull.baseBranch) ?? '', pull.headSha);
  const names = site.git('diff', '--name-only', base, pull.headSha).split('\n').filter(Boolean);
  return names.map((filename) => {
    const diff = site.git('diff', base, pull.headSha, '--', filename);
    return { filename, patch: diff.slice(Math.max(0, diff.indexOf('@@'))) };
  });
}

/** GitHub's own way, written apart from the one that is tested. */
function isShown(patch: string, line: number): boolean {
  let at = 0;
  for (const text of patch.split('\n')) {
    const start = /^@@ -\S+ \+(\d+)/.exec(text)?.[1];
    if (start !== undefined) at = Number(start) - 1;
    else if (!text.startsWith('-') && !text.startsWith('\\') && (at += 1) === line) return true;
  }
  return false;
}

const runId = (sha: string, at: number) => Number.parseInt(sha.slice(0, 8), 16) * 100 + at;

function runById(site: GithubSite, id: number): SiteCheckRun | undefined {
  for (const [sha, runs] of site.checkRuns)
    for (const [at, run] of runs.entries()) if (runId(sha, at) === id) return run;
  return undefined;
}

/** Jobs of GitHub Actions by the one call, runs of other apps by the other. */
function rerun(site: GithubSite, id: number, isJob: boolean): Answer {
  for (const [sha, runs] of site.checkRuns) {
    const found = runs.find((_run, at) => runId(sha, at) === id);
    if (found === undefined) continue;
    const { name, app = 'github-actions', again = {} } = found;
    if ((app === 'github-actions') !== isJob) return refusal(403, 'This check can not be run again by this call');
    const { conclusion = found.conclusion, ...rest } = again;
    const next = { name, app, ...rest, ...(conclusion === undefined ? {} : { conclusion }) };
    site.checkRuns.set(
      sha,
      runs.map((run) => (run === found ? next : run)),
    );
    return { status: 201, body: {} };
  }
  return notFound();
}

function runJson(sha: string, run: SiteCheckRun, at: number): object {
  const { name, status = 'completed', conclusion = 'success', app = 'github-actions', summary = null } = run;
  const isEnded = status === 'completed';
  return {
    ...{ id: runId(sha, at), head_sha: sha, name, status, conclusion: isEnded ? conclusion : null },
    ...{ started_at: '2026-01-01T00:00:00Z', completed_at: isEnded ? '2026-01-01T00:00:07Z' : null },
    details_url: `https://ci.example/${name}`,
    app: { id: appIdOf(app), slug: app },
    output: { title: null, summary, text: null, annotations_count: run.annotations?.length ?? 0 },
  };
}

function issueJson(
  { assignees = [], blockedBy = [], subIssues = [], elsewhere, ...issue }: SiteIssue,
  web: string,
  pull?: object,
  site?: GithubSite,
): object {
  const states = (numbers: readonly number[]) =>
    (site?.issues ?? []).filter(({ number }) => numbers.includes(number)).map(({ state }) => state);
  const openBlockers = states(blockedBy).filter((state) => state === 'open').length;
  const completed = states(subIssues).filter((state) => state === 'closed').length;
  const { number, title, body, labels, state, reason } = issue;
  return {
    assignees: assignees.map((login) => ({ login })),
    ...{ number, title, body, state, state_reason: reason, labels: labels.map((name) => ({ name })) },
    html_url: `${web}/${elsewhere ?? `${OWNER}/${REPO}`}/issues/${String(number)}`,
    issue_dependencies_summary: {
      ...{ blocked_by: openBlockers, blocking: 0, total_blocked_by: blockedBy.length, total_blocking: 0 },
    },
    sub_issues_summary: { total: subIssues.length, completed, percent_completed: 0 },
    ...(pull === undefined ? {} : { pull_request: pull }),
  };
}

function jobJson(
  sha: string,
  { name, status = 'completed', conclusion = 'success' }: SiteCheckRun,
  at: number,
): object {
  const ended = status === 'completed' ? { conclusion, completed_at: '2026-01-01T00:00:07Z' } : {};
  return {
    ...{ id: runId(sha, at), run_id: 1, head_sha: sha, name, status, conclusion: null, completed_at: null, ...ended },
    ...{ started_at: '2026-01-01T00:00:00Z', html_url: `https://ci.example/${name}` },
  };
}

function branchSha(site: GithubSite, ref: string): string | undefined {
  return site.sha(ref.replace(/^heads\//, ''));
}

function page({ query, call, web }: RestRequest, items: readonly object[]): Answer {
  const size = Number(query.get('per_page') ?? '30');
  const at = Number(query.get('page') ?? '1');
  const hasMore = items.length > at * size;
  const next = `<${web}/api/v3${call.name}?page=${String(at + 1)}>; rel="next"`;
  return {
    status: 200,
    body: items.slice((at - 1) * size, at * size),
    ...(hasMore ? { headers: { link: next } } : {}),
  };
}
