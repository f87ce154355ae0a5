/**
 * The tools of Atlassian's own server (Rovo MCP, Cloud only). It passes Jira's REST answers on, with texts as Markdown where
 * that is asked for. Every tool wants the site (`cloudId`, or its URL). It leaves out comments unless the field is asked
 * for, and gives the first of them only, with the number of all.
 */
import { z } from 'zod';
import type { IssueEntries, JiraDialect, JiraIssue } from './dialect.js';

export interface RovoOptions {
  /** The site's id, or its URL (`https://acme.atlassian.net`). */
  readonly cloudId: string;
  readonly criteriaField?: string | undefined;
}

const status = z.looseObject({
  name: z.string(),
  statusCategory: z.looseObject({ key: z.string().optional(), name: z.string().optional() }).optional(),
});
const linked = z.looseObject({
  key: z.string(),
  fields: z.looseObject({ status: status.optional() }).optional(),
});
const named = z.looseObject({ name: z.string() });
const person = z.looseObject({ displayName: z.string().optional(), accountType: z.string().optional() });
const issueSchema = z.looseObject({
  key: z.string(),
  webUrl: z.string().optional(),
  fields: z.looseObject({
    summary: z.string().default(''),
    description: z.string().nullish(),
    status,
    priority: named.nullish(),
    assignee: person.nullish(),
    resolution: named.nullish(),
    issuelinks: z
      .array(z.looseObject({ type: named.optional(), inwardIssue: linked.optional(), outwardIssue: linked.optional() }))
      .default([]),
  }),
});
const entry = z.looseObject({
  id: z.coerce.string(),
  body: z.string().nullish(),
  comment: z.string().nullish(),
  author: person.nullish(),
  created: z.string().optional(),
});
const idSchema = z.looseObject({ id: z.coerce.string() });

export function rovoDialect({ cloudId, criteriaField }: RovoOptions): JiraDialect {
  const site = { cloudId };
  const about = (key: string) => ({ cloudId, issueIdOrKey: key });
  const readIssue = (value: unknown): JiraIssue => {
    const { key, webUrl, fields } = issueSchema.parse(value);
    const criteria = criteriaField === undefined ? undefined : fields[criteriaField];
    return {
      key,
      summary: fields.summary,
      description: fields.description ?? '',
      criteria: typeof criteria === 'string' ? criteria : undefined,
      status: { name: fields.status.name, category: fields.status.statusCategory?.key },
      resolution: fields.resolution?.name,
      priority: fields.priority?.name,
      assignee: fields.assignee?.displayName,
      url: webUrl ?? (cloudId.startsWith('http') ? `${cloudId.replace(/\/+$/, '')}/browse/${key}` : undefined),
      links: fields.issuelinks.flatMap(({ type, inwardIssue, outwardIssue }) => [
        ...(inwardIssue === undefined ? [] : [link(type?.name, 'inward', inwardIssue)]),
        ...(outwardIssue === undefined ? [] : [link(type?.name, 'outward', outwardIssue)]),
      ]),
    };
  };
  const readEntries =
    (field: 'comment' | 'worklog') =>
    (value: unknown): IssueEntries => {
      const { fields } = z.looseObject({ fields: z.looseObject({}).default({}) }).parse(value);
      const page = z
        .looseObject({
          total: z.number().optional(),
          comments: z.array(entry).optional(),
          worklogs: z.array(entry).optional(),
        })
        .optional()
        .parse(fields[field] ?? undefined);
      const entries = page?.comments ?? page?.worklogs ?? [];
      return {
        isComplete: page?.total !== undefined && page.total <= entries.length,
        leavesOut: 'newest',
        entries: entries.map(({ id, body, comment, author, created }) => ({
          id,
          body: body ?? comment ?? '',
          author: { name: author?.displayName ?? '', isApp: author?.accountType === 'app' },
          created,
        })),
      };
    };
  const entriesOf = (field: string) => ({
    tool: 'getJiraIssue',
    uses: ['cloudId', 'issueIdOrKey', 'fields', 'responseContentFormat'],
    build: ({ key }: { key: string }) => ({ ...about(key), fields: [field], responseContentFormat: 'markdown' }),
  });
  return {
    name: 'rovo',
    searchGivesTexts: true,
    operations: {
      search: {
        candidates: [
          {
            tool: 'searchJiraIssuesUsingJql',
            uses: ['cloudId', 'jql', 'fields', 'maxResults', 'nextPageToken', 'responseContentFormat'],
            build: ({ jql, fields, limit, cursor }) => ({
              ...site,
              jql,
              fields,
              maxResults: limit,
              nextPageToken: cursor,
              responseContentFormat: 'markdown',
            }),
          },
          {
            tool: 'searchJiraIssuesUsingJql',
            uses: ['cloudId', 'jql', 'fields', 'maxResults', 'nextPageToken'],
            build: ({ jql, fields, limit, cursor }) => ({
              ...site,
              jql,
              fields,
              maxResults: limit,
              nextPageToken: cursor,
            }),
          },
        ],
        read: (value) => {
          const page = z
            .looseObject({ issues: z.array(z.unknown()), nextPageToken: z.string().nullish() })
            .parse(value);
          return { issues: page.issues.map(readIssue), next: page.nextPageToken ?? undefined };
        },
      },
      issue: {
        candidates: [
          {
            tool: 'getJiraIssue',
            uses: ['cloudId', 'issueIdOrKey', 'fields', 'responseContentFormat'],
            build: ({ key, fields }) => ({ ...about(key), fields, responseContentFormat: 'markdown' }),
          },
        ],
        read: readIssue,
      },
      transitions: {
        candidates: [
          {
            tool: 'getTransitionsForJiraIssue',
            uses: ['cloudId', 'issueIdOrKey'],
            build: ({ key }) => about(key),
          },
        ],
        read: (value) =>
          z
            .looseObject({
              transitions: z.array(z.looseObject({ id: z.coerce.string(), name: z.string(), to: named.optional() })),
            })
            .parse(value)
            .transitions.map(({ id, name, to }) => ({ id, name, to: to?.name })),
      },
      transition: {
        candidates: [
          {
            tool: 'transitionJiraIssue',
            uses: ['cloudId', 'issueIdOrKey', 'transition', 'fields'],
            build: ({ key, id, fields }) => ({ ...about(key), transition: { id }, fields }),
          },
          {
            tool: 'transitionJiraIssue',
            uses: ['cloudId', 'issueIdOrKey', 'transitionId', 'fields'],
            build: ({ key, id, fields }) => ({ ...about(key), transitionId: id, fields }),
          },
        ],
        read: () => undefined,
      },
      comments: { candidates: [entriesOf('comment')], read: readEntries('comment') },
      addComment: {
        candidates: ['commentBody', 'body'].flatMap((body) => [
          {
            tool: 'addCommentToJiraIssue',
            uses: ['cloudId', 'issueIdOrKey', body, 'contentFormat'],
            build: (input: { key: string; body: string }) => ({
              ...about(input.key),
              [body]: input.body,
              contentFormat: 'markdown',
            }),
          },
          {
            tool: 'addCommentToJiraIssue',
            uses: ['cloudId', 'issueIdOrKey', body],
            build: (input: { key: string; body: string }) => ({ ...about(input.key), [body]: input.body }),
          },
        ]),
        read: (value) => idSchema.parse(value),
      },
      worklogs: { candidates: [entriesOf('worklog')], read: readEntries('worklog') },
      addWorklog: {
        candidates: ['commentBody', 'comment'].map((comment) => ({
          tool: 'addWorklogToJiraIssue',
          uses: ['cloudId', 'issueIdOrKey', 'timeSpent', 'started', comment],
          build: (input: { key: string; seconds: number; comment: string; startedAt: string }) => ({
            ...about(input.key),
            timeSpent: `${String(Math.max(1, Math.round(input.seconds / 60)))}m`,
            started: input.startedAt.replace(/Z$/, '+0000'),
            [comment]: input.comment,
          }),
        })),
        read: (value) => idSchema.parse(value),
      },
      create: {
        candidates: ['additional_fields', 'fields'].flatMap((more) => [
          {
            tool: 'createJiraIssue',
            uses: ['cloudId', 'projectKey', 'issueTypeName', 'summary', 'description', 'contentFormat', more],
            build: (input: CreateInput) => ({ ...created(cloudId, input, more), contentFormat: 'markdown' }),
          },
          {
            tool: 'createJiraIssue',
            uses: ['cloudId', 'projectKey', 'issueTypeName', 'summary', 'description', more],
            build: (input: CreateInput) => created(cloudId, input, more),
          },
        ]),
        read: (value) => z.looseObject({ key: z.string() }).parse(value),
      },
      link: {
        isOptional: true,
        candidates: [
          {
            tool: 'createIssueLink',
            uses: ['cloudId', 'type', 'inwardIssue', 'outwardIssue'],
            build: ({ type, blocker, blocked }) => ({ ...site, type, inwardIssue: blocker, outwardIssue: blocked }),
          },
        ],
        read: () => undefined,
      },
      page: {
        isOptional: true,
        candidates: [
          {
            tool: 'getConfluencePage',
            uses: ['cloudId', 'pageId', 'contentFormat'],
            build: ({ id }) => ({ ...site, pageId: id, contentFormat: 'markdown' }),
          },
        ],
        read: (value) => z.looseObject({ title: z.string(), body: z.string() }).parse(value),
      },
      updatePage: {
        isOptional: true,
        candidates: [
          {
            tool: 'updateConfluencePage',
            uses: ['cloudId', 'pageId', 'title', 'body', 'contentFormat'],
            build: ({ id, title, body }) => ({ ...site, pageId: id, title, body, contentFormat: 'markdown' }),
          },
        ],
        read: () => undefined,
      },
    },
  };
}

interface CreateInput {
  readonly project: string;
  readonly type: string;
  readonly summary: string;
  readonly description: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function created(cloudId: string, input: CreateInput, more: string): Record<string, unknown> {
  const { project, type, summary, description, fields } = input;
  return { cloudId, projectKey: project, issueTypeName: type, summary, description, [more]: fields };
}

function link(type: string | undefined, direction: 'inward' | 'outward', issue: z.infer<typeof linked>) {
  const isDone = issue.fields?.status?.statusCategory?.key === 'done';
  return { type: type ?? '', direction, key: issue.key, isDone };
}
