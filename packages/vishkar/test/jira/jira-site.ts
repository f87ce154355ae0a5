/**
 * What a Jira site holds, for the stand-ins: issues, comments, worklogs, links and a workflow in which every status can be
 * reached from every other by a transition of its name, as in Jira's simplified workflow. Texts are kept as the stand-in
 * that is in front of it writes them (ADF, wiki markup or Markdown).
 */

export type Deployment = 'cloud' | 'data-center';

export interface SiteEntry {
  readonly id: string;
  body: unknown;
  readonly started?: string | undefined;
  readonly seconds?: number | undefined;
  /** Who wrote it; undefined: whoever the token belongs to. */
  readonly author?: { readonly name: string; readonly isApp?: boolean } | undefined;
}

export interface SiteIssue {
  readonly id: string;
  key: string;
  summary: string;
  description: unknown;
  status: string;
  resolution: string | undefined;
  priority: string;
  labels: readonly string[];
  type: string;
  assignee: string | undefined;
  /** Custom fields with a text, by id. */
  custom: Readonly<Record<string, unknown>>;
  readonly comments: SiteEntry[];
  readonly worklogs: SiteEntry[];
}

export interface SiteStatus {
  readonly id: string;
  readonly name: string;
  readonly category: { readonly id: number; readonly key: string; readonly name: string; readonly colorName: string };
}

const TODO = { id: 2, key: 'new', name: 'To Do', colorName: 'blue-gray' };
const DOING = { id: 4, key: 'indeterminate', name: 'In Progress', colorName: 'yellow' };
const DONE = { id: 3, key: 'done', name: 'Done', colorName: 'green' };

const STATUSES: readonly SiteStatus[] = [
  { id: '10000', name: 'To Do', category: TODO },
  { id: '10001', name: 'In Progress', category: DOING },
  { id: '10002', name: 'In Review', category: DOING },
  { id: '10003', name: 'Blocked', category: DOING },
  { id: '10004', name: 'Done', category: DONE },
  { id: '10005', name: 'Cancelled', category: DONE },
];

/** A query that Jira would refuse. */
export class JqlError extends Error {}

export class JiraSite {
  readonly project = 'DEMO';
  readonly issues = new Map<string, SiteIssue>();
  readonly links: { readonly id: string; readonly type: string; readonly inward: string; readonly outward: string }[] =
    [];
  /** Old keys of issues that were moved to another project. */
  readonly movedKeys = new Map<string, string>();
  /** Pages of Confluence, in its storage format. */
  readonly pages = new Map<string, { title: string; body: string; version: number }>();
  /** What a request or an answer had that Atlassian's description does not allow. */
  readonly violations: string[] = [];
  statuses: readonly SiteStatus[] = STATUSES;
  /** Names of transitions that are not those of the statuses, as in Jira's classic workflow. */
  transitionNames: Readonly<Record<string, string>> = {};
  #nextId = 10_000;

  find(key: string): SiteIssue | undefined {
    return this.issues.get(this.movedKeys.get(key) ?? key);
  }

  /** The issue, for a test that knows that it is there. */
  require(key: string): SiteIssue {
    const issue = this.find(key);
    if (issue === undefined) throw new Error(`the site has no issue ${key}`);
    return issue;
  }

  create(fields: Partial<Omit<SiteIssue, 'id' | 'key' | 'comments' | 'worklogs'>>): SiteIssue {
    const key = `${this.project}-${String(this.issues.size + 1)}`;
    const issue: SiteIssue = {
      id: this.newId(),
      key,
      summary: '',
      description: undefined,
      status: 'To Do',
      resolution: undefined,
      priority: 'Medium',
      labels: [],
      type: 'Story',
      assignee: undefined,
      custom: {},
      ...fields,
      comments: [],
      worklogs: [],
    };
    this.issues.set(key, issue);
    return issue;
  }

  newId(): string {
    this.#nextId += 1;
    return String(this.#nextId);
  }

  status(name: string): SiteStatus {
    const status = this.statuses.find((each) => each.name === name);
    if (status === undefined) throw new Error(`the site has no status ${name}`);
    return status;
  }

  /** Ids of transitions: those of the statuses, shortened, so that nobody takes the one for the other. */
  transitions(): readonly { readonly id: string; readonly name: string; readonly to: SiteStatus }[] {
    return this.statuses.map((to) => ({
      id: String(Number(to.id) - 9_900),
      name: this.transitionNames[to.name] ?? to.name,
      to,
    }));
  }

  /** The few forms of JQL that are asked here; anything else is refused, as Jira refuses what it does not know. */
  search(jql: string): readonly SiteIssue[] {
    const [where = '', order = ''] = jql.split(/\s*\bORDER BY\s+/i);
    if (order !== '' && !/^(?:\w+(?: (?:ASC|DESC))?)(?:, \w+(?: (?:ASC|DESC))?)*$/i.test(order))
      throw new JqlError(`Error in the JQL Query: ${order}`);
    // mcp-atlassian writes reserved words of keys in its own way, and puts parentheses around what it joins.
    const clauses = where.split(/\s+AND\s+/i).map((clause) => clause.trim());
    return [...this.issues.values()].filter((issue) => clauses.every((clause) => this.#matches(issue, clause)));
  }

  #matches(issue: SiteIssue, clause: string): boolean {
    const [, field = '', operator = '', rawValue = ''] = /^(\w+)\s*(!=|=|~)\s*(.+)$/.exec(clause) ?? [];
    const value = rawValue.replace(/^"(.*)"$/, '$1');
    const inTexts = (entries: readonly SiteEntry[]) =>
      entries.some(({ body }) => new RegExp(`\\b${value}\\b`).test(JSON.stringify(body)));
    switch (`${field} ${operator}`) {
      case 'project =':
        return issue.key.startsWith(`${value}-`);
      case 'key =':
        if (this.find(value) === undefined)
          throw new JqlError(`An issue with key '${value}' does not exist for field 'key'.`);
        return this.find(value) === issue;
      case 'labels =':
        return issue.labels.includes(value);
      case 'statusCategory !=':
        return this.status(issue.status).category.name !== value;
      case 'comment ~':
        return inTexts(issue.comments);
      case 'worklogComment ~':
        return inTexts(issue.worklogs);
      default:
        throw new JqlError(`Error in the JQL Query: the clause "${clause}" is not known here.`);
    }
  }
}
