/**
 * What has been checked at one head: check runs (GitHub Actions and other apps) and commit statuses. A fine-grained token can't be
 * given the right to read check runs of a private repository; then the jobs of GitHub Actions stand in for them, which are check
 * runs under the same id and name, and checks of other apps stay unseen.
 */
import { z } from 'zod';
import type { GithubClient } from './github-client.js';
import { GithubError } from './github-errors.js';

export type CheckState = 'pending' | 'passed' | 'failed';

export interface Check {
  readonly name: string;
  readonly state: CheckState;
  /** App that ran it; undefined where GitHub does not tell (statuses, jobs that stand in for check runs). */
  readonly appId: number | undefined;
  readonly url: string;
  readonly durationMs: number;
  readonly timedOut: boolean;
  /** It ended without having looked at the change. */
  readonly infrastructure: boolean;
  /** Has it run once more; undefined where that can't be asked for. */
  readonly rerun: (() => Promise<void>) | undefined;
  /** What is known of a failure. */
  readonly readLog: () => Promise<string>;
}

const time = z.string().nullish();
const runSchema = z.object({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  started_at: time,
  completed_at: time,
  details_url: z.string().nullish(),
  app: z.object({ id: z.number().optional(), slug: z.string().optional() }).nullish(),
  output: z.object({ title: z.string().nullable(), summary: z.string().nullable(), text: z.string().nullable() }),
});
const runsSchema = z.object({ check_runs: z.array(runSchema) });
const statusSchema = z.object({
  context: z.string(),
  state: z.string(),
  description: z.string().nullable(),
  target_url: z.string().nullable(),
  created_at: time,
  updated_at: time,
});
const statusesSchema = z.object({ statuses: z.array(statusSchema) });
const jobSchema = runSchema
  .omit({ details_url: true, app: true, output: true })
  .extend({ html_url: z.string().nullish() });
const jobsSchema = z.object({ jobs: z.array(jobSchema) });
const workflowRunsSchema = z.object({ workflow_runs: z.array(z.object({ id: z.number() })) });
const annotationSchema = z.object({
  path: z.string(),
  start_line: z.number(),
  annotation_level: z.string().nullable(),
  message: z.string().nullable(),
});

const ROUTE = '/repos/{owner}/{repo}';
const ACTIONS = 'github-actions';
/** `action_required` is a person's turn, not a failure. */
const CONCLUSIONS: Readonly<Record<string, CheckState>> = {
  success: 'passed',
  neutral: 'passed',
  skipped: 'passed',
  action_required: 'pending',
};

/** Ends that say nothing of the change. */
const UNJUDGED = new Set(['cancelled', 'stale', 'startup_failure', 'timed_out']);

type Run = z.infer<typeof runSchema>;

export class HeadChecks {
  readonly #client: GithubClient;

  constructor(client: GithubClient) {
    this.#client = client;
  }

  /** By name. */
  async of(headSha: string, signal: AbortSignal): Promise<readonly Check[]> {
    const runs = await this.#runs(headSha, signal);
    const statuses = await this.#client.all(
      `GET ${ROUTE}/commits/{ref}/status`,
      statusesSchema,
      (page) => page.statuses,
      { ref: headSha },
      signal,
    );
    const checks = [...runs.map((run) => this.#ofRun(run, signal)), ...statuses.map(ofStatus)];
    return checks.sort((a, b) => a.name.localeCompare(b.name));
  }

  async #runs(ref: string, signal: AbortSignal): Promise<readonly Run[]> {
    const route = `GET ${ROUTE}/commits/{ref}/check-runs`;
    try {
      return await this.#client.all(route, runsSchema, (page) => page.check_runs, { ref, filter: 'latest' }, signal);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      return await this.#jobs(ref, signal);
    }
  }

  async #jobs(headSha: string, signal: AbortSignal): Promise<readonly Run[]> {
    const route = `GET ${ROUTE}/actions/runs`;
    const runs = await this.#client.all(
      route,
      workflowRunsSchema,
      (page) => page.workflow_runs,
      { head_sha: headSha },
      signal,
    );
    const jobs = await Promise.all(
      runs.map(({ id }) =>
        this.#client.all(
          `${route}/{run_id}/jobs`,
          jobsSchema,
          (page) => page.jobs,
          { run_id: id, filter: 'latest' },
          signal,
        ),
      ),
    );
    const output = { title: null, summary: null, text: null };
    return jobs.flat().map((job) => ({ ...job, details_url: job.html_url, app: { slug: ACTIONS }, output }));
  }

  #ofRun(run: Run, signal: AbortSignal): Check {
    const { name, status, conclusion, started_at: from, completed_at: to } = run;
    return {
      name,
      appId: run.app?.id,
      state: status !== 'completed' ? 'pending' : (CONCLUSIONS[conclusion ?? ''] ?? 'failed'),
      url: run.details_url ?? '',
      durationMs: duration(from, to),
      timedOut: conclusion === 'timed_out',
      infrastructure: UNJUDGED.has(conclusion ?? ''),
      rerun: () => this.#rerun(run),
      readLog: () => this.#logOf(run, signal),
    };
  }

  /** A job of GitHub Actions has a call of its own; other apps are asked. */
  async #rerun({ id, app }: Run): Promise<void> {
    if (app?.slug === ACTIONS) await this.#client.send(`POST ${ROUTE}/actions/jobs/{job_id}/rerun`, { job_id: id });
    else await this.#client.send(`POST ${ROUTE}/check-runs/{check_run_id}/rerequest`, { check_run_id: id });
  }

  /** What the check says of itself, its remarks on lines, and the log where GitHub Actions has one. */
  async #logOf({ id, output, app, conclusion }: Run, signal: AbortSignal): Promise<string> {
    const remarks = await this.#remarks(id, signal);
    const log = app?.slug === ACTIONS ? await this.#jobLog(id, signal) : '';
    return [
      `conclusion: ${conclusion ?? 'none'}`,
      output.title,
      output.summary,
      output.text,
      ...remarks.map(
        (each) => `${each.path}:${String(each.start_line)}: ${each.annotation_level ?? ''}: ${each.message ?? ''}`,
      ),
      log,
    ]
      .filter((part) => part !== null && part !== '')
      .join('\n\n');
  }

  async #remarks(id: number, signal: AbortSignal) {
    const route = `GET ${ROUTE}/check-runs/{check_run_id}/annotations`;
    try {
      const parameters = { check_run_id: id };
      return await this.#client.all(route, z.array(annotationSchema), (page) => page, parameters, signal);
    } catch (error) {
      // The right to read check runs, again.
      if (isForbidden(error)) return [];
      throw error;
    }
  }

  /** A check run of GitHub Actions has the id of its job. Logs are gone after some time, and need a right of their own. */
  async #jobLog(id: number, signal: AbortSignal): Promise<string> {
    try {
      return await this.#client.text(`GET ${ROUTE}/actions/jobs/{job_id}/logs`, { job_id: id }, signal);
    } catch (error) {
      if (error instanceof GithubError && !error.retryable && error.status !== 401)
        return `(the log can't be read: ${error.words})`;
      throw error;
    }
  }
}

function ofStatus({
  context,
  state,
  description,
  target_url: url,
  created_at: from,
  updated_at: to,
}: z.infer<typeof statusSchema>): Check {
  return {
    name: context,
    appId: undefined,
    state: state === 'pending' ? 'pending' : state === 'success' ? 'passed' : 'failed',
    url: url ?? '',
    durationMs: duration(from, to),
    timedOut: false,
    // `error` is the service's own trouble, `failure` its verdict. It runs again when its service wants to.
    infrastructure: state === 'error',
    rerun: undefined,
    readLog: () => Promise.resolve(description ?? ''),
  };
}

function duration(from: string | null | undefined, to: string | null | undefined): number {
  const ms = Date.parse(to ?? '') - Date.parse(from ?? '');
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function isForbidden(error: unknown): boolean {
  return error instanceof GithubError && error.code === 'SOURCE_HOST_FORBIDDEN';
}
