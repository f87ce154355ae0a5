/**
 * Calls of GitHub's REST and GraphQL APIs for one repository: who we are, how long we wait, what an answer must look like. Each call
 * is made once; what may be tried again is the activity's to decide, by the error.
 */
import { request as octokitRequest } from '@octokit/request';
import { z } from 'zod';
import { packageVersion } from '../../package-version.js';
import { basicCredentials, GithubCredentials } from './github-credentials.js';
import type { InstallationToken } from './github-credentials.js';
import type { GithubConfig } from './github-config.js';
import { gitUrlOf } from './github-config.js';
import { GithubError, githubError, graphqlError, refusalError } from './github-errors.js';
import type { Headers } from './github-errors.js';
import type { GitSetting } from '../../git/git-command.js';

export interface GithubClientOptions {
  readonly config: Pick<GithubConfig, 'owner' | 'repo' | 'baseUrl' | 'requestTimeoutMs'>;
  readonly credentials: GithubCredentials;
  readonly now: () => Date;
}

/** Which repository, where, and who we are there. */
export type GithubAccess = GithubClientOptions['config'] & Pick<GithubConfig, 'tokenEnv' | 'app'>;

type Parameters = Readonly<Record<string, unknown>>;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly data: unknown;
}

const viewerSchema = z.object({ viewer: z.object({ login: z.string() }) });

/** By hundreds of items. A list that is cut off could hide what a gate looks for, so there is none. */
const MAX_PAGES = 50;
const API_VERSION = '2022-11-28';

const octokitErrorSchema = z.object({
  status: z.number(),
  message: z.string(),
  response: z
    .object({ headers: z.record(z.string(), z.union([z.string(), z.number()]).optional()), data: z.unknown() })
    .optional(),
});
const graphqlAnswerSchema = z.object({
  /** Not there at all where the document itself is refused. */
  data: z.unknown().optional(),
  errors: z.array(z.object({ type: z.string().optional(), message: z.string() })).optional(),
});
const ANY_JSON = z.union([z.looseObject({}), z.array(z.unknown())]);
const installationTokenSchema = z.object({ token: z.string().min(1), expires_at: z.coerce.date() });

export class GithubClient {
  readonly #options: GithubClientOptions;
  readonly #request: typeof octokitRequest;

  constructor(options: GithubClientOptions) {
    this.#options = options;
    this.#request = octokitRequest.defaults({
      baseUrl: options.config.baseUrl.replace(/\/+$/, ''),
      headers: { 'user-agent': `vishkar/${packageVersion()}`, 'x-github-api-version': API_VERSION },
    });
  }

  /** A client with credentials of its own. Nothing is asked before the first call. */
  static open(
    config: GithubAccess,
    environment: NodeJS.ProcessEnv,
    folder: string,
    now = () => new Date(),
  ): GithubClient {
    const { tokenEnv, app } = config;
    const credentials = new GithubCredentials({ tokenEnv, app, environment, folder, now });
    return new GithubClient({ config, credentials, now });
  }

  /** The account that we are on GitHub. */
  async login(): Promise<string> {
    return (await this.graphql('query viewer { viewer { login } }', viewerSchema, {})).viewer.login;
  }

  /** `{owner}` and `{repo}` are filled in. Throws GithubError, and VishkarError `SOURCE_HOST_TOKEN_MISSING`. */
  async call<T>(route: string, schema: z.ZodType<T>, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
    const { data } = await this.#authorized(route, parameters, signal);
    return this.#read(route, schema, data);
  }

  /** For effects whose answer says nothing new; a page of a proxy is no answer. */
  async send(route: string, parameters: Parameters = {}): Promise<void> {
    const { status, data } = await this.#authorized(route, parameters, undefined);
    if (status !== 204) this.#read(route, ANY_JSON, data);
  }

  /** A text that is not JSON (a log). */
  async text(route: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<string> {
    const { data } = await this.#authorized(route, parameters, signal);
    if (data instanceof ArrayBuffer) return Buffer.from(data).toString('utf8');
    return this.#read(route, z.string(), data);
  }

  /** The items of all pages, at most fifty; `items` takes those of one page out of its answer. */
  async all<Page, Item>(
    route: string,
    schema: z.ZodType<Page>,
    items: (page: Page) => readonly Item[],
    parameters: Parameters = {},
    signal?: AbortSignal,
  ): Promise<readonly Item[]> {
    const found: Item[] = [];
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const { data, headers } = await this.#authorized(route, { ...parameters, per_page: 100, page }, signal);
      found.push(...items(this.#read(route, schema, data)));
      if (!/rel="next"/.test(String(headers['link'] ?? ''))) return found;
    }
    const words = `more than ${String(MAX_PAGES)} pages, which is more than can be looked at`;
    throw githubError('refused', { call: route, status: undefined, headers: {}, words });
  }

  /** `$owner` and `$repo` are filled in where the document declares them. Throws GithubError. */
  async graphql<T>(document: string, schema: z.ZodType<T>, variables: Parameters): Promise<T> {
    const name = /\b(?:query|mutation) (\w+)/.exec(document)?.[1] ?? 'GraphQL';
    const { owner, repo, baseUrl } = this.#options.config;
    const own = Object.fromEntries(Object.entries({ owner, repo }).filter(([key]) => document.includes(`$${key}:`)));
    const route = `POST ${baseUrl.replace(/\/+$/, '').replace(/\/v3$/, '')}/graphql`;
    const { data, headers } = await this.#authorized(
      route,
      { query: document, variables: { ...own, ...variables } },
      undefined,
      name,
    );
    const answer = this.#read(name, graphqlAnswerSchema, data);
    if (answer.errors !== undefined && answer.errors.length > 0) {
      const words = this.#clean(answer.errors.map((error) => error.message).join('; '));
      throw graphqlError({ call: name, status: 200, headers, words }, answer.errors, this.#options.now().getTime());
    }
    return this.#read(name, schema, answer.data);
  }

  /** For the one git that talks to the repository: no other address gets to see them, and no helper is asked beside them. */
  async gitSettings(): Promise<readonly GitSetting[]> {
    const authorization = `AUTHORIZATION: basic ${basicCredentials(await this.#token())}`;
    return [
      ['credential.helper', ''],
      [`http.${gitUrlOf(this.#options.config)}.extraHeader`, authorization],
    ];
  }

  async #token(): Promise<string> {
    return await this.#options.credentials.token((jwt, installationId) => this.#exchange(jwt, installationId));
  }

  /** The token opens this repository alone, also where the app is installed on more. */
  async #exchange(jwt: string, installationId: number): Promise<InstallationToken> {
    const route = 'POST /app/installations/{installation_id}/access_tokens';
    const parameters = { installation_id: installationId, repositories: [this.#options.config.repo] };
    const { data } = await this.#once(route, parameters, jwt, undefined, route);
    const { token, expires_at: expiresAt } = this.#read(route, installationTokenSchema, data);
    return { token, expiresAt };
  }

  async #authorized(
    route: string,
    parameters: Parameters,
    signal: AbortSignal | undefined,
    name = route,
  ): Promise<Answer> {
    const { owner, repo } = this.#options.config;
    const given = route.includes('{owner}') ? { owner, repo, ...parameters } : parameters;
    try {
      return await this.#once(route, given, await this.#token(), signal, name);
    } catch (error) {
      const isEnded = error instanceof GithubError && error.status === 401;
      if (!isEnded || !this.#options.credentials.forget()) throw error;
      return await this.#once(route, given, await this.#token(), signal, name);
    }
  }

  async #once(
    route: string,
    parameters: Parameters,
    token: string,
    signal: AbortSignal | undefined,
    call: string,
  ): Promise<Answer> {
    const deadline = AbortSignal.timeout(this.#options.config.requestTimeoutMs);
    try {
      return await this.#request(route, {
        ...parameters,
        headers: { authorization: `Bearer ${token}` },
        request: { signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]), log: SILENT },
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#failure(call, error, deadline.aborted);
    }
  }

  #failure(call: string, error: unknown, isLate: boolean): GithubError {
    const parsed = octokitErrorSchema.safeParse(error);
    const words = this.#clean(parsed.data?.message ?? (error instanceof Error ? error.message : String(error)));
    const response = parsed.data?.response;
    if (response === undefined)
      return githubError(isLate ? 'late' : 'unreachable', { call, status: undefined, headers: {}, words });
    const refusal = { call, status: parsed.data?.status, headers: response.headers, words };
    return refusalError(refusal, this.#options.now().getTime());
  }

  #read<T>(call: string, schema: z.ZodType<T>, data: unknown): T {
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const words = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
    throw githubError('unreadable', { call, status: undefined, headers: {}, words });
  }

  #clean(text: string): string {
    return this.#options.credentials.clean(text);
  }
}

/** Octokit tells of deprecated calls on the console, where it would stand between a command's output. */
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
