/**
 * A stand-in for GitHub on loopback, laid out as an Enterprise Server: REST under `/api/v3`, GraphQL under `/api/graphql`, git under
 * `/<owner>/<repo>.git`. Requests and answers are held against GitHub's descriptions; what does not fit is noted in `violations`,
 * which each test asks to be empty. It can be told to fail the way networks and servers do.
 */
import { createVerify } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveGit } from './git-http-backend.js';
import { findCall, requestProblems, responseProblem } from './github-description.js';
import { graphqlAnswer } from './github-graphql-api.js';
import { jobLog, restAnswer } from './github-rest-api.js';
import type { Answer } from './github-rest-api.js';
import { GithubSite, OWNER, REPO } from './github-site.js';

/** What happens to one request that it is meant for. */
export interface GithubFault {
  /** `PUT /repos/acme/thing/pulls/1/merge`, `GRAPHQL replyToThread`, `GIT /git-receive-pack`. */
  readonly call: RegExp;
  /** A proxy between may pass on a request twice. */
  readonly work: 'done' | 'not done' | 'done twice';
  /** A status, what it would have been (`real`), or a connection that is cut, no answer at all, a page of a proxy. */
  readonly answer: number | 'real' | 'cut' | 'silence' | 'garbage';
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: string;
}

export const TOKEN = 'ghp_standInToken4f1c9a77e1b2c3d4e5f6';
export const OTHER_TOKEN = 'ghp_standInToken0000000000000000000a';
export const APP = { appId: 'Iv1.standin', installationId: 77 };

export class GithubServer {
  site: GithubSite;
  /** Logins by token. */
  readonly tokens = new Map<string, string>([
    [TOKEN, 'vishkar-bot'],
    [OTHER_TOKEN, 'ada'],
  ]);
  /** Public key of the app, where there is one. */
  appKey: string | undefined;
  tokenLifeMs = 60 * 60 * 1000;
  faults: GithubFault[] = [];
  /** `METHOD /path` of all requests. */
  readonly requests: string[] = [];
  readonly violations: string[] = [];
  readonly #server: Server;
  #installationTokens = 0;
  #graphqlFailure: Answer | undefined;

  private constructor(remote: string) {
    this.site = new GithubSite(remote);
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(remote: string): Promise<GithubServer> {
    const standIn = new GithubServer(remote);
    await new Promise<void>((resolve) => standIn.#server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  get address(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  get apiAddress(): string {
    return `${this.address}/api/v3`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next call of GraphQL is one too many. */
  limitGraphql(headers: Readonly<Record<string, string>>): void {
    const errors = [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded for user ID 1.' }];
    this.#graphqlFailure = { status: 200, body: { data: null, errors }, headers };
  }

  /** The next call of GraphQL is answered by an error without a type, as one that the schema refuses. */
  failGraphql(message: string): void {
    this.#graphqlFailure = { status: 200, body: { errors: [{ message, extensions: { code: 'undefinedField' } }] } };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? '/', this.address);
      const git = new RegExp(`^/${OWNER}/${REPO}[.]git(/.*)$`).exec(url.pathname)?.[1];
      if (git !== undefined) return await this.#serveGit(request, response, git, url.search.slice(1));
      const log = /^\/logs\/(\d+)$/.exec(url.pathname)?.[1];
      if (log !== undefined) {
        // Logs lie on another host, which must not see the token.
        response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(jobLog(this.site, Number(log)));
        return;
      }
      await this.#serveApi(request, response, url);
    } catch (error) {
      this.violations.push(`the stand-in failed: ${String(error)}`);
      response.destroy();
    }
  }

  async #serveGit(request: IncomingMessage, response: ServerResponse, path: string, query: string): Promise<void> {
    this.requests.push(`GIT ${path}`);
    const [, encoded = ''] = /^basic (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const [, token = ''] = Buffer.from(encoded, 'base64').toString().split(':');
    const user = this.tokens.get(token);
    if (user === undefined) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end();
      return;
    }
    const fault = this.#takeFault(`GIT ${path}`);
    if (fault !== undefined && fault.work === 'not done') return fail(response, fault);
    const answer =
      fault === undefined
        ? undefined
        : () => {
            fail(response, fault);
          };
    await serveGit(request, response, { remote: this.site.remote, path, query, user, answer });
  }

  async #serveApi(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const body = (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown> | undefined;
    const method = request.method ?? 'GET';
    const isGraphql = url.pathname === '/api/graphql';
    const operation = /\b(?:query|mutation) (\w+)/.exec(String(body?.['query']))?.[1] ?? '';
    const name = isGraphql ? `GRAPHQL ${operation}` : `${method} ${url.pathname.replace(/^\/api\/v3/, '')}`;
    this.requests.push(name);
    if (!/^vishkar\//.test(request.headers['user-agent'] ?? '')) this.violations.push(`${name}: no user agent`);
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (/\/access_tokens$/.test(url.pathname)) {
      const fault = this.#takeFault(name);
      return fault === undefined
        ? send(response, this.#installationToken(token, method, url, body))
        : fail(response, fault);
    }
    const viewer = this.tokens.get(token);
    if (viewer === undefined)
      return send(response, { status: 401, body: { message: 'Bad credentials', status: '401' } });
    const work = async () =>
      isGraphql ? await this.#graphql(body ?? {}, viewer) : this.#rest(method, url, body, viewer);
    const fault = this.#takeFault(name);
    if (fault === undefined) return send(response, await work());
    if (fault.work !== 'not done') await work();
    if (fault.answer !== 'real') return fail(response, fault);
    send(response, await work());
  }

  #takeFault(name: string): GithubFault | undefined {
    const fault = this.faults.find((each) => each.call.test(name));
    if (fault !== undefined) this.faults.splice(this.faults.indexOf(fault), 1);
    return fault;
  }

  async #graphql(body: Record<string, unknown>, viewer: string): Promise<Answer> {
    const failed = this.#graphqlFailure;
    this.#graphqlFailure = undefined;
    if (failed !== undefined) return failed;
    const query = String(body['query']);
    const variables = (body['variables'] ?? {}) as Record<string, unknown>;
    const answer = await graphqlAnswer(this.site, { query, variables, viewer, web: this.address });
    this.violations.push(...answer.violations);
    return { status: 200, body: answer.body };
  }

  #rest(method: string, url: URL, body: Record<string, unknown> | undefined, viewer: string): Answer {
    const call = findCall(method, url.pathname.replace(/^\/api\/v3/, ''));
    if (call === undefined) throw new Error(`GitHub has no ${method} ${url.pathname}`);
    this.violations.push(...requestProblems(call, url.searchParams, body));
    const answer = restAnswer(this.site, {
      call,
      query: url.searchParams,
      body: body ?? {},
      viewer,
      web: this.address,
    });
    const problem = responseProblem(call, answer.status, answer.body);
    if (problem !== undefined) this.violations.push(problem);
    return answer;
  }

  #installationToken(jwt: string, method: string, url: URL, body: Record<string, unknown> | undefined): Answer {
    const call = findCall(method, url.pathname.replace(/^\/api\/v3/, ''));
    if (call === undefined) throw new Error(`GitHub has no ${method} ${url.pathname}`);
    this.violations.push(...requestProblems(call, url.searchParams, body));
    const [head = '', payload = '', signature = ''] = jwt.split('.');
    const isSigned =
      this.appKey !== undefined &&
      createVerify('RSA-SHA256').update(`${head}.${payload}`).verify(this.appKey, signature, 'base64url');
    const claims = isSigned ? (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss?: string }) : {};
    if (claims.iss !== APP.appId)
      return { status: 401, body: { message: 'A JSON web token could not be decoded', status: '401' } };
    if (call.path['installation_id'] !== String(APP.installationId))
      return { status: 404, body: { message: 'Not Found' } };
    const token = `ghs_installation${String((this.#installationTokens += 1)).padStart(24, '0')}`;
    this.tokens.set(token, 'vishkar-app[bot]');
    const answer = { token, expires_at: new Date(Date.now() + this.tokenLifeMs).toISOString() };
    const problem = responseProblem(call, 201, answer);
    if (problem !== undefined) this.violations.push(problem);
    return { status: 201, body: answer };
  }
}

const LIMITS = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999', 'x-ratelimit-reset': '4102444800' };

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  const type = { 'content-type': 'application/json; charset=utf-8' };
  response.writeHead(status, { ...(text === '' ? {} : type), ...LIMITS, ...headers }).end(text);
}

/** 502 and up come from the load balancer in front of it, as a page. */
function fail(response: ServerResponse, { answer, headers = {}, message = 'Server Error' }: GithubFault): void {
  if (answer === 'cut') response.destroy();
  else if (answer === 'garbage')
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>a proxy says hello</html>');
  else if (typeof answer === 'number' && answer >= 502)
    response.writeHead(answer, { 'content-type': 'text/html', ...headers }).end('<html>Unicorn!</html>');
  else if (typeof answer === 'number')
    send(response, { status: answer, body: { message, status: String(answer) }, headers });
}
