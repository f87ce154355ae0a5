/**
 * A stand-in for Atlassian's Rovo MCP server on a stand-in site, built on the official server library: the names and
 * arguments of its tools as its documentation and issues give them, Jira's REST answers as results, texts as Markdown. It
 * refuses arguments that its schemas do not have, as the real one does.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { JqlError } from './jira-site.js';
import type { Authorization } from './oauth-endpoints.js';
import type { JiraSite, SiteEntry, SiteIssue } from './jira-site.js';

export const CLOUD_ID = 'https://stand-in.atlassian.net';

type Args = Readonly<Record<string, unknown>>;

export interface RovoTool {
  readonly name: string;
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
  /** Throws for what Jira would refuse. */
  readonly run: (site: JiraSite, args: Args) => unknown;
}

const TEXT = { type: 'string' };
const FORMAT = { type: 'string', enum: ['markdown', 'adf'] };
const ISSUE = { cloudId: TEXT, issueIdOrKey: TEXT };
const FIELDS = { type: 'array', items: TEXT };
/** Like the real server, it gives the first comments only. */
const FIRST_COMMENTS = 20;

export const ROVO_TOOLS: readonly RovoTool[] = [
  {
    name: 'searchJiraIssuesUsingJql',
    properties: {
      cloudId: TEXT,
      jql: TEXT,
      fields: FIELDS,
      maxResults: { type: 'number', maximum: 100 },
      nextPageToken: TEXT,
      responseContentFormat: FORMAT,
    },
    required: ['cloudId', 'jql'],
    run: (site, { jql, maxResults = 50, nextPageToken = '0', fields = [] }) => {
      const found = site.search(String(jql));
      const end = Number(nextPageToken) + Number(maxResults);
      return {
        issues: found.slice(Number(nextPageToken), end).map((issue) => issueBody(site, issue, fields as string[])),
        isLast: end >= found.length,
        ...(end < found.length ? { nextPageToken: String(end) } : {}),
      };
    },
  },
  {
    name: 'getJiraIssue',
    properties: { ...ISSUE, fields: FIELDS, expand: TEXT, responseContentFormat: FORMAT },
    required: ['cloudId', 'issueIdOrKey'],
    run: (site, args) => issueBody(site, requireIssue(site, args), (args['fields'] ?? []) as string[]),
  },
  {
    name: 'getTransitionsForJiraIssue',
    properties: ISSUE,
    required: ['cloudId', 'issueIdOrKey'],
    run: (site, args) => {
      requireIssue(site, args);
      return {
        transitions: site
          .transitions()
          .map(({ id, name, to }) => ({ id, name: `Move to ${name}`, to: statusBody(to) })),
      };
    },
  },
  {
    name: 'transitionJiraIssue',
    properties: {
      ...ISSUE,
      transition: { type: 'object', properties: { id: TEXT }, required: ['id'] },
      fields: { type: 'object' },
      update: { type: 'object' },
    },
    required: ['cloudId', 'issueIdOrKey', 'transition'],
    run: (site, args) => {
      const issue = requireIssue(site, args);
      const { id } = args['transition'] as { id: string };
      const found = site.transitions().find((each) => each.id === id);
      if (found === undefined)
        throw new Error('400 Bad Request: It seems that you have tried an invalid workflow operation.');
      issue.status = found.to.name;
      return { success: true };
    },
  },
  {
    name: 'getConfluencePage',
    properties: { cloudId: TEXT, pageId: TEXT, contentFormat: FORMAT },
    required: ['cloudId', 'pageId'],
    run: (site, args) => ({ id: args['pageId'], ...requirePage(site, args) }),
  },
  {
    name: 'updateConfluencePage',
    properties: {
      ...{ cloudId: TEXT, pageId: TEXT, title: TEXT, body: TEXT, contentFormat: FORMAT },
      ...{ parentId: TEXT, spaceId: TEXT, status: TEXT, versionMessage: TEXT },
    },
    required: ['cloudId', 'pageId', 'body'],
    run: (site, args) => {
      const { title, version } = requirePage(site, args);
      const page = { title: String(args['title'] ?? title), body: String(args['body']), version: version + 1 };
      site.pages.set(String(args['pageId']), page);
      return { id: args['pageId'], ...page };
    },
  },
  {
    name: 'addCommentToJiraIssue',
    properties: { ...ISSUE, commentBody: TEXT, contentFormat: FORMAT, commentVisibility: { type: 'object' } },
    required: ['cloudId', 'issueIdOrKey', 'commentBody'],
    run: (site, args) => {
      const entry = { id: site.newId(), body: args['commentBody'] };
      requireIssue(site, args).comments.push(entry);
      return entry;
    },
  },
  {
    name: 'addWorklogToJiraIssue',
    properties: { ...ISSUE, timeSpent: TEXT, started: TEXT, commentBody: TEXT, visibility: { type: 'object' } },
    required: ['cloudId', 'issueIdOrKey', 'timeSpent'],
    run: (site, args) => {
      if (!/^\d+[wdhm](?: \d+[dhm])*$/.test(String(args['timeSpent']))) throw new Error('400 Bad Request: timeSpent');
      const entry = { id: site.newId(), body: args['commentBody'], started: String(args['started']) };
      requireIssue(site, args).worklogs.push(entry);
      return { id: entry.id, comment: entry.body, timeSpent: args['timeSpent'] };
    },
  },
  {
    name: 'createJiraIssue',
    properties: {
      cloudId: TEXT,
      projectKey: TEXT,
      issueTypeName: TEXT,
      summary: TEXT,
      description: TEXT,
      contentFormat: FORMAT,
      parent: TEXT,
      assignee_account_id: TEXT,
      additional_fields: { type: 'object' },
    },
    required: ['cloudId', 'projectKey', 'issueTypeName', 'summary'],
    run: (site, args) => {
      const more = (args['additional_fields'] ?? {}) as { labels?: string[]; priority?: { name: string } };
      const issue = site.create({
        summary: String(args['summary']),
        description: args['description'],
        type: String(args['issueTypeName']),
        labels: more.labels ?? [],
        priority: more.priority?.name ?? 'Medium',
      });
      return { id: issue.id, key: issue.key, self: `${CLOUD_ID}/rest/api/3/issue/${issue.id}` };
    },
  },
  {
    name: 'createIssueLink',
    properties: { cloudId: TEXT, type: TEXT, inwardIssue: TEXT, outwardIssue: TEXT },
    required: ['cloudId', 'type', 'inwardIssue', 'outwardIssue'],
    run: (site, { type, inwardIssue, outwardIssue }) => {
      const link = { type: String(type), inward: String(inwardIssue), outward: String(outwardIssue) };
      site.links.push({ id: site.newId(), ...link });
      return { success: true };
    },
  },
];

/** A server of these tools on the site that is current when a call comes. */
export function rovoMcpServer(site: () => JiraSite, tools: readonly RovoTool[] = ROVO_TOOLS): McpServer {
  const server = new McpServer({ name: 'atlassian-mcp-server', version: '1.0.0' });
  for (const { name, properties, required, run } of tools) {
    const inputSchema = fromJsonSchema<Args>({
      type: 'object',
      properties,
      required: [...required],
      additionalProperties: false,
    });
    server.registerTool(name, { description: name, inputSchema }, (args) => {
      try {
        return { content: [{ type: 'text', text: JSON.stringify(run(site(), args)) }] };
      } catch (error) {
        const message = error instanceof JqlError ? `400 Bad Request: ${error.message}` : (error as Error).message;
        return { isError: true, content: [{ type: 'text', text: message }] };
      }
    });
  }
  return server;
}

/** The same over streamable HTTP on loopback, for those who have the token. */
export class RovoServer {
  readonly accepted: string;
  /** Answers with this status instead, once. */
  nextStatus: number | undefined;
  /** Where clients without a token get one. */
  oauth: Authorization | undefined;
  readonly #server: Server;

  private constructor(site: () => JiraSite, accepted: string) {
    this.accepted = accepted;
    const handler = createMcpHandler(() => rovoMcpServer(site));
    this.#server = createServer((request, response) => {
      void (async () => {
        const { authorization } = request.headers;
        const token = await this.oauth?.answer(request);
        if (token !== undefined) {
          const headers = { 'content-type': 'application/json', ...token.headers };
          response.writeHead(token.status, headers).end(JSON.stringify(token.body));
          return;
        }
        const isAllowed = authorization === accepted || this.oauth?.accepts(authorization) === true;
        const status = isAllowed ? this.nextStatus : 401;
        this.nextStatus = undefined;
        if (status !== undefined) {
          const challenge = this.oauth === undefined ? {} : { 'www-authenticate': this.oauth.challenge };
          response.writeHead(status, { 'content-type': 'application/json', ...challenge }).end('{"error":"refused"}');
          return;
        }
        const answer = await handler.fetch(await webRequest(request));
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(Buffer.from(await answer.arrayBuffer()));
      })();
    });
  }

  static async start(site: () => JiraSite, accepted: string): Promise<RovoServer> {
    const standIn = new RovoServer(site, accepted);
    await new Promise<void>((resolve) => standIn.#server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/v1/mcp`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function webRequest(request: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  const hasBody = chunks.length > 0;
  return new Request(`http://127.0.0.1${request.url ?? '/'}`, {
    method: request.method ?? 'GET',
    headers,
    ...(hasBody ? { body: Buffer.concat(chunks) } : {}),
  });
}

function requirePage(site: JiraSite, args: Args): { title: string; body: string; version: number } {
  const page = site.pages.get(String(args['pageId']));
  if (page === undefined) throw new Error('404 Not Found: Cannot find content for the page id.');
  return page;
}

function requireIssue(site: JiraSite, { cloudId, issueIdOrKey }: Args): SiteIssue {
  if (cloudId !== CLOUD_ID) throw new Error('403 Forbidden: the app has no access to this cloudId');
  const issue = site.find(String(issueIdOrKey));
  if (issue === undefined)
    throw new Error('404 Not Found: Issue does not exist or you do not have permission to see it.');
  return issue;
}

function statusBody({ id, name, category }: { id: string; name: string; category: object }): object {
  return { id, name, statusCategory: category };
}

function issueBody(site: JiraSite, issue: SiteIssue, wanted: readonly string[]): unknown {
  const page = (entries: readonly SiteEntry[], list: string) => {
    const first = entries.slice(0, FIRST_COMMENTS);
    return {
      total: entries.length,
      startAt: 0,
      maxResults: FIRST_COMMENTS,
      [list]: first.map(({ id, body, author: { name, isApp = false } = { name: 'Vishkar Bot' } }) => ({
        id,
        author: { displayName: name, accountType: isApp ? 'app' : 'atlassian' },
        created: '2026-01-02T03:04:05.000+0000',
        [list === 'comments' ? 'body' : 'comment']: body,
      })),
    };
  };
  const other = (key: string) => ({ key, fields: { status: statusBody(site.status(site.require(key).status)) } });
  const all: Record<string, unknown> = {
    summary: issue.summary,
    description: issue.description ?? null,
    status: statusBody(site.status(issue.status)),
    resolution: issue.resolution === undefined ? null : { name: issue.resolution },
    priority: { name: issue.priority },
    assignee: issue.assignee === undefined ? null : { displayName: issue.assignee },
    issuelinks: site.links.flatMap(({ type, inward, outward }): readonly unknown[] =>
      outward === issue.key ? [{ type: { name: type }, inwardIssue: other(inward) }] : [],
    ),
    comment: page(issue.comments, 'comments'),
    worklog: page(issue.worklogs, 'worklogs'),
  };
  const fields = Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name)));
  return { id: issue.id, key: issue.key, webUrl: `${CLOUD_ID}/browse/${issue.key}`, fields };
}
