/**
 * The checks of one head, held against what the base branch requires.
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
import { HeadChecks } from './head-checks.js';
import type { Check, CheckState } from './head-checks.js';

export interface ChecksRequest {
  readonly headSha: string;
  readonly baseBranch: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

const branchSchema = z.object({
  protection: z
    .object({
      required_status_checks: z
        .object({
          contexts: z.array(z.string()).optional(),
          checks: z.array(z.object({ context: z.string(), app_id: z.number().nullish() })).optional(),
        })
        .optional(),
    })
    .optional(),
});
const rulesSchema = z.array(
  z.object({
    type: z.string(),
    parameters: z
      .object({
        required_status_checks: z
          .array(z.object({ context: z.string(), integration_id: z.number().nullish() }))
          .optional(),
      })
      .optional(),
  }),
);
const ROUTE = '/repos/{owner}/{repo}';
/** The end of a log is where it says why it failed. */
const LOG_CHARACTERS = 1_000_000;

/** What the rules of a branch ask for: a check of this name, by this app where they name one. */
interface RequiredCheck {
  readonly name: string;
  readonly appId: number | undefined;
}

export class Checks {
  readonly #client: GithubClient;
  readonly #checks: HeadChecks;
  readonly #artifacts: ArtifactStore;
  readonly #mode: GithubConfig['checks'];

  constructor(client: GithubClient, artifacts: ArtifactStore, mode: GithubConfig['checks']) {
    this.#client = client;
    this.#checks = new HeadChecks(client);
    this.#artifacts = artifacts;
    this.#mode = mode;
  }

  async report(request: ChecksRequest): Promise<ChecksReport> {
    const { headSha, onProgress } = request;
    if (this.#mode === 'none') return { headSha, state: 'passed', runs: [NOTHING_CHECKED] };
    const found = await this.#checks.of(request.headSha, request.signal);
    const required = await this.#required(request);
    const isRequired = (check: Check) => required.some((each) => fits(check, each));
    const counted = this.#mode === 'all' ? found : found.filter(isRequired);
    const missing = required.filter((each) => !found.some((check) => fits(check, each))).map(toWords);
    const pending = [...counted.filter((check) => check.state === 'pending').map((check) => check.name), ...missing];
    const state =
      pending.length > 0 || counted.length === 0 ? 'pending' : counted.every(hasPassed) ? 'passed' : 'failed';
    onProgress(progressLine(state, pending));
    const runs: ChecksReport['runs'][number][] = [];
    for (const check of counted) if (check.state !== 'pending') runs.push(await this.#toResult(check, state));
    return { headSha, state, runs, ...(state === 'pending' ? { pending } : {}) };
  }

  /** Those that can't be run again, and those that GitHub does not run again for us, are left as they are. */
  async rerun(headSha: string, names: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const rerun: string[] = [];
    for (const check of await this.#checks.of(headSha, signal)) {
      if (check.rerun === undefined || check.state !== 'failed' || !names.includes(check.name)) continue;
      try {
        await check.rerun();
        rerun.push(check.name);
      } catch (error) {
        // Too old, of another app, or a right that the token lacks: then the first result stands.
        if (!(error instanceof GithubError) || error.retryable || error.status === 401) throw error;
      }
    }
    return rerun;
  }

  /** By the rules of the base branch, old and new kind; who may not read them is told of none. */
  async #required({ baseBranch: branch, signal }: ChecksRequest): Promise<readonly RequiredCheck[]> {
    const protection = await this.#ifReadable(`GET ${ROUTE}/branches/{branch}`, branchSchema, { branch }, signal);
    const rules = await this.#ifReadable(`GET ${ROUTE}/rules/branches/{branch}`, rulesSchema, { branch }, signal);
    const { contexts = [], checks = [] } = protection?.protection?.required_status_checks ?? {};
    const required = [
      ...checks.map(({ context, app_id: appId }) => toRequired(context, appId)),
      // Older servers know of names alone.
      ...contexts.filter((name) => !checks.some(({ context }) => context === name)).map((name) => toRequired(name)),
      ...(rules ?? [])
        .flatMap(({ parameters }) => parameters?.required_status_checks ?? [])
        .map(({ context, integration_id: appId }) => toRequired(context, appId)),
    ];
    return required.sort((a, b) => a.name.localeCompare(b.name));
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

  async #toResult(check: Check, state: CheckState): Promise<ChecksReport['runs'][number]> {
    const { name, url, durationMs, timedOut, infrastructure } = check;
    const isFailure = check.state === 'failed';
    const exitCode = isFailure ? (timedOut ? -1 : 1) : 0;
    const lost = isFailure && infrastructure ? { infrastructure } : {};
    const result = { name, command: url || name, exitCode, durationMs, timedOut, ...lost };
    // Only what will be looked at: while others are pending nobody acts on it.
    if (!isFailure || state !== 'failed') return result;
    const text = maskSecrets(await check.readLog()).slice(-LOG_CHARACTERS);
    return { ...result, log: await this.#artifacts.put(`check-${name}`, text, 'text/plain') };
  }
}

const NOTHING_CHECKED: CommandResult = {
  name: 'no checks on GitHub',
  command: '"sourceHost.checks" is "none"',
  exitCode: 0,
  durationMs: 0,
  timedOut: false,
};

/** Any app may give a check for which none is named; GitHub writes that as nothing, or as -1. */
function toRequired(name: string, appId?: number | null): RequiredCheck {
  return { name, appId: typeof appId === 'number' && appId > 0 ? appId : undefined };
}

/** Where GitHub does not tell whose a check is, its name counts; GitHub itself holds the merge if it is another app's. */
function fits(check: Check, { name, appId }: RequiredCheck): boolean {
  return check.name === name && (appId === undefined || check.appId === undefined || check.appId === appId);
}

function toWords({ name, appId }: RequiredCheck): string {
  return `${name} (required${appId === undefined ? '' : ` of app ${String(appId)}`}, not there)`;
}

function hasPassed(check: Check): boolean {
  return check.state === 'passed';
}

function progressLine(state: CheckState, pending: readonly string[]): string {
  if (state !== 'pending') return `checks: ${state}`;
  return pending.length === 0 ? 'checks: none has begun yet' : `checks: waiting for ${pending.slice(0, 5).join(', ')}`;
}
