/**
 * A stand-in for Jira's REST API over HTTP on loopback, as Cloud (v3 with documents in ADF, v2 with wiki markup) or Data
 * Center (v2). It knows the calls that mcp-atlassian makes, checks them and its own answers against Atlassian's
 * description, and can be told to fail the way networks and servers do. Cloud is reached as through a proxy, because
 * mcp-atlassian takes only Atlassian's own host names for Cloud.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { confluenceAnswer } from './confluence-rest-api.js';
import { JiraRestApi } from './jira-rest-api.js';
import type { Answer } from './jira-rest-api.js';
import { JiraSite } from './jira-site.js';
import type { Deployment } from './jira-site.js';

/** What happens to one request that it is meant for. */
export interface RestFault {
  readonly method: string;
  readonly path: RegExp;
  /** Whether the work is done nevertheless. */
  readonly work: 'done' | 'not done';
  /** A status, or a connection that is cut, or an answer that is never finished. */
  readonly answer: number | 'cut' | 'silence' | 'garbage';
  readonly headers?: Readonly<Record<string, string>>;
}

export const USER = 'bot@example.com';
export const TOKEN = 'stand-in-token-4f1c9a';

export class JiraRestServer {
  readonly deployment: Deployment;
  site = new JiraSite();
  /** Faults that are still to happen, each once. */
  faults: RestFault[] = [];
  readonly requests: string[] = [];
  /** The `Authorization` headers that are accepted. */
  accepted: readonly string[];
  readonly #server: Server;

  private constructor(deployment: Deployment) {
    this.deployment = deployment;
    const basic = `Basic ${Buffer.from(`${USER}:${TOKEN}`).toString('base64')}`;
    this.accepted = deployment === 'cloud' ? [basic] : [basic, `Bearer ${TOKEN}`];
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(deployment: Deployment): Promise<JiraRestServer> {
    const standIn = new JiraRestServer(deployment);
    await new Promise<void>((resolve) => standIn.#server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  /** A site without issues, and no faults. */
  reset(): JiraSite {
    this.site = new JiraSite();
    this.faults = [];
    this.requests.length = 0;
    return this.site;
  }

  get address(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** What mcp-atlassian needs to reach it; the token apart. */
  get settings(): Record<string, string> {
    const cloud = { JIRA_URL: 'http://stand-in.atlassian.net', JIRA_HTTP_PROXY: this.address };
    return { ...(this.deployment === 'cloud' ? cloud : { JIRA_URL: this.address }), JIRA_USERNAME: USER };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', this.address);
    const method = request.method ?? 'GET';
    this.requests.push(`${method} ${url.pathname}`);
    if (!this.accepted.includes(request.headers.authorization ?? ''))
      return send(response, { status: 401, body: { errorMessages: ['Unauthorized'], errors: {} } });
    const fault = this.faults.find((each) => each.method === method && each.path.test(url.pathname));
    if (fault !== undefined) this.faults.splice(this.faults.indexOf(fault), 1);
    const text = Buffer.concat(chunks).toString('utf8');
    const api = new JiraRestApi(this.site, this.deployment, this.address);
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const isConfluence = url.pathname.startsWith('/rest/api/content/');
    const work = () =>
      isConfluence ? confluenceAnswer(this.site, method, url.pathname, body) : api.answer(method, url, body);
    if (fault === undefined) return send(response, work());
    if (fault.work === 'done') work();
    if (fault.answer === 'cut') response.destroy();
    else if (fault.answer === 'garbage') send(response, { status: 200, body: '<html>a proxy says hello</html>' });
    else if (fault.answer !== 'silence') send(response, failure(fault.answer), fault.headers);
  }
}

/** In Jira's words; 502 and up come from the load balancer in front of it, as a page. */
function failure(status: number): Answer {
  if (status >= 502) return { status, body: '<html><body>Sorry</body></html>' };
  const words = status === 429 ? 'Rate limit exceeded.' : 'Internal server error';
  return { status, body: { errorMessages: [words], errors: {} } };
}

function send(
  response: ServerResponse,
  { status, body }: Answer,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', ...headers }).end(text);
}
