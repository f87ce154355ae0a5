/**
 * The checks of one head: check runs (GitHub Actions and other apps) and commit statuses, held against what the base branch requires.
 * Read once per call: a story waits for pending ones on a durable timer, not in here.
 */
import { z } from 'zod';
import type { ArtifactStore } from '../../artifacts/artifact-store.js';
import type { ChecksReport } from '../../domain/pull-request.js';
import type { CommandResult } from '../../domain/test-report.js';
import { maskSecrets } from '../../git/mask-secrets.js';
import type { GithubClient } from './github-client.js';
import type { GithubConfig } from './github-config.js';
import { GithubError } from './github-errors.js';

export interface ChecksRequest {
  readonly headSha: string;
  readonly baseBranch: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

type State = 'pending' | 'passed' | 'failed';

interface Check {
  readonly name: string;
  readonly state: State;
  readonly url: string;
  readonly durationMs: number;
  readonly timedOut: boolean;
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
  app: z.object({ slug: z.string().optional() }).nullish(),
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
const branchSchema = z.object({
  protection: z
    .object({ required_status_checks: z.object({ contexts: z.array(z.string()).optional() }).optional() })
    .optional(),
});
const rulesSchema = z.array(
  z.object({
    type: z.string(),
    parameters: z.object({ required_status_checks: z.array(z.object({ context: z.string() })).optional() }).optional(),
  }),
);
const annotationSchema = z.object({
  path: z.string(),
  start_line: z.number(),
  annotation_level: z.string().nullable(),
  message: z.string().nullable(),
});

const ROUTE = '/repos/{owner}/{repo}';
/** `action_required` is a person's turn, not a failure. */
const CONCLUSIONS: Readonly<Record<string, State>> = {
  success: 'passed',
  neutral: 'passed',
  skipped: 'passed',
  action_required: 'pending',
};
/** The end of a log is where it says why it failed. */
const LOG_CHARACTERS = 1_000_000;

export class Checks {
  readonly #client: GithubClient;
  readonly #artifacts: ArtifactStore;
  readonly #mode: GithubConfig['checks'];

  constructor(client: GithubClient, artifacts: ArtifactStore, mode: GithubConfig['checks']) {
    this.#client = client;
    this.#artifacts = artifacts;
    this.#mode = mode;
  }

  async report(request: ChecksRequest): Promise<ChecksReport> {
    const { headSha, onProgress } = request;
    if (this.#mode === 'none') return { headSha, state: 'passed', runs: [NOTHING_CHECKED] };
    const found = await this.#found(request);
    const required = await this.#required(request);
    const counted = this.#mode === 'all' ? found : found.filter((check) => required.includes(check.name));
    const missing = required.filter((name) => !found.some((check) => check.name === name));
    const pending = [...counted.filter((check) => check.state === 'pending').map((check) => check.name), ...missing];
    const state =
      pending.length > 0 || counted.length === 0 ? 'pending' : counted.every(hasPassed) ? 'passed' : 'failed';
    onProgress(progressLine(state, pending));
    const runs: CommandResult[] = [];
    for (const check of counted) if (check.state !== 'pending') runs.push(await this.#toResult(check, state));
    return { headSha, state, runs };
  }

  async #found(request: ChecksRequest): Promise<readonly Check[]> {
    const { headSha: ref, signal } = request;
    const runs = await this.#client.all(
      `GET ${ROUTE}/commits/{ref}/check-runs`,
      runsSchema,
      (page) => page.check_runs,
      { ref, filter: 'latest' },
      signal,
    );
    const statuses = await this.#client.all(
      `GET ${ROUTE}/commits/{ref}/status`,
      statusesSchema,
      (page) => page.statuses,
      { ref },
      signal,
    );
    const checks = [...runs.map((run) => this.#ofRun(run, signal)), ...statuses.map(ofStatus)];
    return checks.sort((a, b) => a.name.localeCompare(b.name));
  }

  /** By the rules of the base branch, old and new kind; who may not read them is told of none. */
  async #required({ baseBranch: branch, signal }: ChecksRequest): Promise<readonly string[]> {
    const protection = await this.#ifReadable(`GET ${ROUTE}/branches/{branch}`, branchSchema, { branch }, signal);
    const rules = await this.#ifReadable(`GET ${ROUTE}/rules/branches/{branch}`, rulesSchema, { branch }, signal);
    const contexts = [
      ...(protection?.protection?.required_status_checks?.contexts ?? []),
      ...(rules ?? []).flatMap((rule) => (rule.parameters?.required_status_checks ?? []).map((check) => check.context)),
    ];
    return [...new Set(contexts)].sort();
  }

  async #ifReadable<T>(
    route: string,
    schema: z.ZodType<T>,
    parameters: object,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    try {
      return await this.#client.call(route, schema, { ...parameters }, signal);
    } catch (error) {
      if (error instanceof GithubError && (error.code === 'SOURCE_HOST_FORBIDDEN' || error.status === 404))
        return undefined;
      throw error;
    }
  }

  async #toResult(check: Check, state: State): Promise<CommandResult> {
    const { name, url, durationMs, timedOut } = check;
    const isFailure = check.state === 'failed';
    const result = { name, command: url || name, exitCode: isFailure ? (timedOut ? -1 : 1) : 0, durationMs, timedOut };
    // Only what will be looked at: while others are pending nobody acts on it.
    if (!isFailure || state !== 'failed') return result;
    const text = maskSecrets(await check.readLog()).slice(-LOG_CHARACTERS);
    return { ...result, log: await this.#artifacts.put(`check-${name}`, text, 'text/plain') };
  }

  #ofRun(run: z.infer<typeof runSchema>, signal: AbortSignal): Check {
    const { name, status, conclusion, started_at: from, completed_at: to } = run;
    return {
      name,
      state: status !== 'completed' ? 'pending' : (CONCLUSIONS[conclusion ?? ''] ?? 'failed'),
      url: run.details_url ?? '',
      durationMs: duration(from, to),
      timedOut: conclusion === 'timed_out',
      readLog: () => this.#logOf(run, signal),
    };
  }

  /** What the check says of itself, its remarks on lines, and the log where GitHub Actions has one. */
  async #logOf({ id, output, app, conclusion }: z.infer<typeof runSchema>, signal: AbortSignal): Promise<string> {
    const remarks = await this.#client.all(
      `GET ${ROUTE}/check-runs/{check_run_id}/annotations`,
      z.array(annotationSchema),
      (page) => page,
      { check_run_id: id },
      signal,
    );
    const log = app?.slug === 'github-actions' ? await this.#jobLog(id, signal) : '';
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

const NOTHING_CHECKED: CommandResult = {
  name: 'no checks on GitHub',
  command: '"sourceHost.checks" is "none"',
  exitCode: 0,
  durationMs: 0,
  timedOut: false,
};

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
    state: state === 'pending' ? 'pending' : state === 'success' ? 'passed' : 'failed',
    url: url ?? '',
    durationMs: duration(from, to),
    timedOut: false,
    readLog: () => Promise.resolve(description ?? ''),
  };
}

function hasPassed(check: Check): boolean {
  return check.state === 'passed';
}

function duration(from: string | null | undefined, to: string | null | undefined): number {
  const ms = Date.parse(to ?? '') - Date.parse(from ?? '');
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function progressLine(state: State, pending: readonly string[]): string {
  if (state !== 'pending') return `checks: ${state}`;
  return pending.length === 0 ? 'checks: none has begun yet' : `checks: waiting for ${pending.slice(0, 5).join(', ')}`;
}
