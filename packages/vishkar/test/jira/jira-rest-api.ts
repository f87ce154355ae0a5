/**
 * The calls of Jira's REST API that mcp-atlassian makes, on a stand-in site. v3 takes and gives ADF; v2 gives wiki markup,
 * and takes it on Data Center.
 */
import { adfProblem, adfToWiki } from './adf.js';
import { schemaProblem } from './jira-schemas.js';
import { JqlError } from './jira-site.js';
import type { Deployment, JiraSite, SiteEntry, SiteIssue } from './jira-site.js';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

interface Call {
  readonly version: '2' | '3';
  readonly url: URL;
  readonly body: Record<string, unknown>;
  readonly key: string;
}

type Handler = (call: Call) => Answer;

/** Method, path, handler, and the schemas of request and answer. */
type Route = readonly [string, RegExp, Handler, (string | undefined)?, string?];

const AUTHOR = { accountId: '5b10ac8d82e05b22cc7d4ef5', displayName: 'Vishkar Bot', active: true };
const personOf = ({ name, isApp = false }: { readonly name: string; readonly isApp?: boolean }) => ({
  accountId: `5b10ac8d82e05b22cc7d${name.toLowerCase().replace(/\W/g, '')}`,
  accountType: isApp ? 'app' : 'atlassian',
  displayName: name,
  active: true,
});
const WHEN = '2026-01-02T03:04:05.000+0000';
const NOT_FOUND = refusal(404, 'Issue does not exist or you do not have permission to see it.');

export class JiraRestApi {
  readonly #site: JiraSite;
  readonly #isCloud: boolean;
  readonly #address: string;
  readonly #routes: readonly Route[] = [
    ['GET', /^myself$/, () => ({ status: 200, body: AUTHOR }), undefined, 'User'],
    ['GET', /^field$/, () => this.#fields()],
    [
      'POST',
      /^search\/jql$/,
      (call) => this.#searchByToken(call),
      'SearchAndReconcileRequestBean',
      'SearchAndReconcileResults',
    ],
    ['GET', /^search\/jql$/, (call) => this.#searchByToken(fromQuery(call)), undefined, 'SearchAndReconcileResults'],
    ['GET', /^search$/, (call) => this.#searchByStart(call)],
    ['POST', /^issue$/, (call) => this.#create(call), 'IssueUpdateDetails', 'CreatedIssue'],
    [
      'GET',
      /^issue\/([^/]+)$/,
      (call) => this.#onIssue(call, (issue) => this.#issue(issue, call)),
      undefined,
      'IssueBean',
    ],
    ['GET', /^issue\/([^/]+)\/comment$/, (call) => this.#entries(call, 'comments'), undefined, 'PageOfComments'],
    ['POST', /^issue\/([^/]+)\/comment$/, (call) => this.#addEntry(call, 'comments'), 'Comment', 'Comment'],
    ['GET', /^issue\/([^/]+)\/worklog$/, (call) => this.#entries(call, 'worklogs'), undefined, 'PageOfWorklogs'],
    ['POST', /^issue\/([^/]+)\/worklog$/, (call) => this.#addEntry(call, 'worklogs'), 'Worklog', 'Worklog'],
    ['GET', /^issue\/([^/]+)\/transitions$/, (call) => this.#transitions(call), undefined, 'Transitions'],
    ['POST', /^issue\/([^/]+)\/transitions$/, (call) => this.#transition(call), 'IssueUpdateDetails'],
    ['POST', /^issueLink$/, (call) => this.#link(call), 'LinkIssueRequestJsonBean'],
  ];

  constructor(site: JiraSite, deployment: Deployment, address: string) {
    this.#site = site;
    this.#isCloud = deployment === 'cloud';
    this.#address = address;
  }

  answer(method: string, url: URL, body: unknown): Answer {
    const [, version, path = ''] = /^\/rest\/api\/([23])\/(.+)$/.exec(url.pathname) ?? [];
    if ((version !== '2' && version !== '3') || (version === '3' && !this.#isCloud))
      return refusal(404, 'null for uri');
    for (const [routeMethod, pattern, handle, requestSchema, answerSchema] of this.#routes) {
      const match = routeMethod === method ? pattern.exec(path) : null;
      if (match === null) continue;
      const problem = requestSchema === undefined ? undefined : schemaProblem(requestSchema, body);
      if (problem !== undefined) return this.#violation(problem);
      const call = { version, url, body: (body ?? {}) as Record<string, unknown>, key: match[1] ?? '' } as const;
      const answer = handle(call);
      const flaw =
        answerSchema === undefined || answer.status >= 300 ? undefined : schemaProblem(answerSchema, answer.body);
      if (flaw !== undefined) this.#site.violations.push(`our answer: ${flaw}`);
      return answer;
    }
    return this.#violation(`${method} ${url.pathname} is not a call that the stand-in knows`);
  }

  #violation(problem: string): Answer {
    this.#site.violations.push(problem);
    return refusal(400, problem);
  }

  #fields(): Answer {
    const fields = ['summary', 'description', 'priority', 'labels', 'status', 'issuetype', 'project'].map((id) => ({
      id,
      key: id,
      name: id === 'issuetype' ? 'Issue Type' : `${id.charAt(0).toUpperCase()}${id.slice(1)}`,
      custom: false,
      orderable: true,
      navigable: true,
      searchable: true,
      clauseNames: [id],
      schema: { type: id === 'labels' ? 'array' : id === 'priority' ? 'priority' : 'string', system: id },
    }));
    for (const field of fields) {
      const flaw = schemaProblem('FieldDetails', field);
      if (flaw !== undefined) this.#site.violations.push(`our answer: ${flaw}`);
    }
    return { status: 200, body: fields };
  }

  #searchByToken(call: Call): Answer {
    const {
      jql,
      maxResults = 50,
      nextPageToken = 'from-0',
      fields,
    } = call.body as {
      jql: string;
      maxResults?: number;
      nextPageToken?: string;
      fields?: string[];
    };
    return this.#search(jql, (found) => {
      const start = Number(nextPageToken.replace('from-', ''));
      const end = start + Math.min(maxResults, 100);
      const issues = found.slice(start, end).map((issue) => this.#issueBody(issue, fields ?? [], call.version));
      return {
        issues,
        isLast: end >= found.length,
        ...(end < found.length ? { nextPageToken: `from-${String(end)}` } : {}),
      };
    });
  }

  #searchByStart(call: Call): Answer {
    // Removed from Cloud in 2025.
    if (this.#isCloud)
      return refusal(410, 'The requested API has been removed. Please migrate to /rest/api/3/search/jql.');
    const { searchParams } = call.url;
    return this.#search(searchParams.get('jql') ?? '', (found) => {
      const startAt = Number(searchParams.get('startAt') ?? 0);
      const maxResults = Number(searchParams.get('maxResults') ?? 50);
      const fields = (searchParams.get('fields') ?? '*all').split(',');
      const page = found.slice(startAt, startAt + maxResults);
      return {
        startAt,
        maxResults,
        total: found.length,
        issues: page.map((issue) => this.#issueBody(issue, fields, call.version)),
      };
    });
  }

  #search(jql: string, page: (found: readonly SiteIssue[]) => unknown): Answer {
    try {
      return { status: 200, body: page(this.#site.search(jql)) };
    } catch (error) {
      if (error instanceof JqlError) return refusal(400, error.message);
      throw error;
    }
  }

  #create({ body, version }: Call): Answer {
    const fields = body['fields'] as Record<string, unknown>;
    const named = (field: unknown) => (field as { name?: string } | undefined)?.name;
    const problem = this.#textProblem(fields['description'], version);
    if (problem !== undefined) return this.#violation(problem);
    const labels = (fields['labels'] ?? []) as string[];
    if (labels.some((label) => /\s/.test(label))) return refusal(400, "The label can't contain spaces.");
    const issue = this.#site.create({
      summary: String(fields['summary']),
      description: fields['description'],
      labels,
      priority: named(fields['priority']) ?? 'Medium',
      type: named(fields['issuetype']) ?? 'Story',
    });
    return { status: 201, body: { id: issue.id, key: issue.key, self: this.#self(issue) } };
  }

  #issue(issue: SiteIssue, { url, version }: Call): Answer {
    const fields = (url.searchParams.get('fields') ?? '*all').split(',');
    return { status: 200, body: this.#issueBody(issue, fields, version) };
  }

  #entries({ key, url, version }: Call, kind: 'comments' | 'worklogs'): Answer {
    return this.#onIssue({ key }, (issue) => {
      const startAt = Number(url.searchParams.get('startAt') ?? 0);
      const maxResults = Number(url.searchParams.get('maxResults') ?? 5_000);
      const entries = issue[kind]
        .slice(startAt, startAt + maxResults)
        .map((entry) => this.#entry(entry, kind, version));
      return { status: 200, body: { startAt, maxResults, total: issue[kind].length, [kind]: entries } };
    });
  }

  #addEntry({ key, body, version }: Call, kind: 'comments' | 'worklogs'): Answer {
    return this.#onIssue({ key }, (issue) => {
      const text = kind === 'comments' ? body['body'] : body['comment'];
      const problem = this.#textProblem(text, version);
      if (problem !== undefined) return this.#violation(problem);
      const started = body['started'] as string | undefined;
      if (started !== undefined && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$/.test(started))
        return refusal(400, `Failed to parse date '${started}'`);
      const entry = { id: this.#site.newId(), body: text, started, seconds: body['timeSpentSeconds'] as number };
      issue[kind].push(entry);
      return { status: 201, body: this.#entry(entry, kind, version) };
    });
  }

  #transitions({ key }: Call): Answer {
    return this.#onIssue({ key }, () => ({
      status: 200,
      body: {
        expand: 'transitions',
        transitions: this.#site.transitions().map(({ id, name, to }) => ({
          id,
          name,
          to: this.#status(to.name),
          hasScreen: false,
          isGlobal: true,
          isInitial: false,
          isConditional: false,
        })),
      },
    }));
  }

  #transition({ key, body }: Call): Answer {
    return this.#onIssue({ key }, (issue) => {
      const { id } = body['transition'] as { id: string };
      const found = this.#site.transitions().find((each) => each.id === id);
      if (found === undefined)
        return refusal(400, `It seems that you have tried to perform an invalid workflow operation.`);
      issue.status = found.to.name;
      return { status: 204 };
    });
  }

  #link({ body }: Call): Answer {
    const keyOf = (field: string) => (body[field] as { key: string }).key;
    const link = {
      type: (body['type'] as { name: string }).name,
      inward: keyOf('inwardIssue'),
      outward: keyOf('outwardIssue'),
    };
    if (this.#site.find(link.inward) === undefined || this.#site.find(link.outward) === undefined) return NOT_FOUND;
    const isThere = this.#site.links.some(
      (each) => each.type === link.type && each.inward === link.inward && each.outward === link.outward,
    );
    if (!isThere) this.#site.links.push({ id: this.#site.newId(), ...link });
    return { status: 201 };
  }

  #onIssue({ key }: Pick<Call, 'key'>, then: (issue: SiteIssue) => Answer): Answer {
    const issue = this.#site.find(key);
    return issue === undefined ? NOT_FOUND : then(issue);
  }

  #issueBody(issue: SiteIssue, wanted: readonly string[], version: '2' | '3'): unknown {
    const comments = issue.comments.map((entry) => this.#entry(entry, 'comments', version));
    const all: Record<string, unknown> = {
      summary: issue.summary,
      description: this.#text(issue.description, version) ?? null,
      status: this.#status(issue.status),
      resolution: issue.resolution === undefined ? null : { id: '1', name: issue.resolution },
      priority: { id: '3', name: issue.priority, self: `${this.#address}/rest/api/2/priority/3` },
      labels: issue.labels,
      assignee: issue.assignee === undefined ? null : personOf({ name: issue.assignee }),
      issuetype: { id: '10100', name: issue.type, subtask: false },
      project: { id: '10200', key: this.#site.project, name: 'Demo' },
      created: WHEN,
      updated: WHEN,
      ...Object.fromEntries(Object.entries(issue.custom).map(([id, text]) => [id, this.#text(text, version)])),
      issuelinks: this.#linksOf(issue),
      comment: { startAt: 0, maxResults: comments.length, total: comments.length, comments },
    };
    const fields = wanted.includes('*all')
      ? all
      : Object.fromEntries(Object.entries(all).filter(([id]) => wanted.includes(id)));
    return { expand: 'names', id: issue.id, key: issue.key, self: this.#self(issue), fields };
  }

  #linksOf(issue: SiteIssue): readonly unknown[] {
    const other = (key: string) => ({
      key,
      id: this.#site.require(key).id,
      fields: { summary: this.#site.require(key).summary, status: this.#status(this.#site.require(key).status) },
    });
    return this.#site.links.flatMap(({ id, type, inward, outward }): readonly unknown[] => {
      const named = { id: '10000', name: type, inward: 'is blocked by', outward: 'blocks' };
      if (outward === issue.key) return [{ id, type: named, inwardIssue: other(inward) }];
      return inward === issue.key ? [{ id, type: named, outwardIssue: other(outward) }] : [];
    });
  }

  #status(name: string): unknown {
    const { id, category } = this.#site.status(name);
    return { id, name, self: `${this.#address}/status/${id}`, statusCategory: category };
  }

  #entry(
    { id, body, started, seconds, author }: SiteEntry,
    kind: 'comments' | 'worklogs',
    version: '2' | '3',
  ): unknown {
    const by = author === undefined ? AUTHOR : personOf(author);
    const common = { id, self: `${this.#address}/${kind}/${id}`, author: by, created: WHEN, updated: WHEN };
    if (kind === 'comments') return { ...common, body: this.#text(body, version) };
    return { ...common, comment: this.#text(body, version), started, timeSpent: '1m', timeSpentSeconds: seconds };
  }

  #text(text: unknown, version: '2' | '3'): unknown {
    return this.#isCloud && version === '2' && text !== undefined ? adfToWiki(text) : text;
  }

  #textProblem(text: unknown, version: '2' | '3'): string | undefined {
    if (text === undefined) return undefined;
    if (version === '2' && this.#isCloud) return 'the stand-in takes texts on Cloud over v3 only';
    if (version === '2') return typeof text === 'string' ? undefined : 'a text is not a string';
    const problem = adfProblem(text);
    return problem === undefined ? undefined : `INVALID_INPUT: ${problem}`;
  }

  #self({ id }: SiteIssue): string {
    return `${this.#address}/rest/api/2/issue/${id}`;
  }
}

/** A search whose query stands in the address instead of the body. */
function fromQuery(call: Call): Call {
  const { fields, maxResults, ...rest } = Object.fromEntries(call.url.searchParams);
  const body = {
    ...rest,
    fields: fields?.split(','),
    maxResults: maxResults === undefined ? undefined : Number(maxResults),
  };
  return { ...call, body };
}

function refusal(status: number, message: string): Answer {
  return { status, body: { errorMessages: [message], errors: {} } };
}
