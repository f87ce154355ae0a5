/**
 * The tools of mcp-atlassian (PyPI, checked with 0.23.1), for Jira Cloud and Data Center. What is particular about it:
 * - an issue's texts are read over REST v2, which gives wiki markup on both; a search on Cloud gives bare words only;
 * - comments that it fails to read it leaves out without a word, so an empty list is checked by a search;
 * - `jira_get_transitions` names a transition, not the status that it leads to.
 */
import { z } from 'zod';
import type { IssueEntries, JiraDialect, JiraIssue } from './dialect.js';
import { markdownToWiki, wikiToMarkdown } from './wiki-markup.js';

export interface McpAtlassianOptions {
  /** `wiki`: the server passes Jira's markup through (DISABLE_JIRA_MARKUP_TRANSLATION); `markdown`: it translates. */
  readonly markup: 'wiki' | 'markdown';
  /** Cloud takes Markdown in any case, since the server has to make Jira's document format of it. */
  readonly isCloud: boolean;
  readonly criteriaField?: string | undefined;
}

/** How many comments the server gives at most, the newest ones. */
const COMMENT_LIMIT = 100;

const named = z.looseObject({ name: z.string() });
const linkedIssue = z.looseObject({
  key: z.string(),
  fields: z.looseObject({ status: named.extend({ category: z.string().optional() }).optional() }).optional(),
});
const personSchema = z.looseObject({ display_name: z.string().optional() });
const issueSchema = z.looseObject({
  key: z.string(),
  summary: z.string().default(''),
  description: z.string().default(''),
  status: named.extend({ category: z.string().optional() }),
  priority: named.optional(),
  resolution: named.optional(),
  assignee: personSchema.nullish(),
  browse_url: z.string().optional(),
  issuelinks: z
    .array(
      z.looseObject({
        type: named.optional(),
        inward_issue: linkedIssue.optional(),
        outward_issue: linkedIssue.optional(),
      }),
    )
    .default([]),
});
const foundSchema = z.looseObject({ issues: z.array(z.looseObject({ key: z.string() })) });
const entrySchema = z.looseObject({
  id: z.coerce.string(),
  body: z.string().default(''),
  author: personSchema.nullish(),
  created: z.string().optional(),
});
/** What the server calls nobody. */
const NOBODY = 'Unassigned';
const commentsSchema = z.looseObject({ key: z.string(), comments: z.array(entrySchema).default([]) });
const idSchema = z.looseObject({ id: z.coerce.string() });

export function mcpAtlassianDialect(options: McpAtlassianOptions): JiraDialect {
  const { markup, isCloud, criteriaField } = options;
  const fromServer = (text: string) => (markup === 'wiki' ? wikiToMarkdown(text) : text);
  const toServer = (text: string) => (markup === 'wiki' && !isCloud ? markdownToWiki(text) : text);
  const readIssue = (value: unknown): JiraIssue => {
    const issue = issueSchema.parse(value);
    const criteria = criteriaField === undefined ? undefined : customText(issue[criteriaField]);
    return {
      key: issue.key,
      summary: issue.summary,
      description: fromServer(issue.description),
      criteria: criteria === undefined ? undefined : fromServer(criteria),
      status: issue.status,
      resolution: issue.resolution?.name,
      priority: issue.priority?.name,
      assignee: issue.assignee?.display_name === NOBODY ? undefined : issue.assignee?.display_name,
      url: issue.browse_url,
      links: issue.issuelinks.flatMap(({ type, inward_issue: inward, outward_issue: outward }) => [
        ...(inward === undefined ? [] : [link(type?.name, 'inward', inward)]),
        ...(outward === undefined ? [] : [link(type?.name, 'outward', outward)]),
      ]),
    };
  };
  const search = { tool: 'jira_search', uses: ['jql', 'fields', 'limit', isCloud ? 'page_token' : 'start_at'] };
  const searchGivesTexts = !isCloud && markup === 'wiki';
  return {
    name: 'mcp-atlassian',
    searchGivesTexts,
    operations: {
      search: {
        candidates: [
          {
            ...search,
            build: ({ jql, fields, limit, cursor }) => ({
              jql,
              fields: fields.join(','),
              limit,
              ...(cursor === undefined ? {} : isCloud ? { page_token: cursor } : { start_at: Number(cursor) }),
            }),
          },
        ],
        read: (value, { cursor, limit, fields }) => {
          const page = z
            .looseObject({ issues: z.array(z.unknown()), next_page_token: z.string().optional(), total: z.number() })
            .parse(value);
          const seen = Number(cursor ?? 0) + page.issues.length;
          const isMore = page.total >= 0 ? seen < page.total && page.issues.length > 0 : page.issues.length >= limit;
          const isKeysOnly = fields.length === 1;
          return {
            issues: isKeysOnly ? foundSchema.parse(value).issues.map(keyOnly) : page.issues.map(readIssue),
            next: isCloud ? page.next_page_token : isMore ? String(seen) : undefined,
          };
        },
      },
      issue: {
        candidates: [
          {
            tool: 'jira_get_issue',
            uses: ['issue_key', 'fields', 'comment_limit', 'update_history'],
            build: ({ key, fields }) => ({
              issue_key: key,
              fields: fields.join(','),
              comment_limit: 0,
              update_history: false,
            }),
          },
        ],
        read: readIssue,
      },
      transitions: {
        candidates: [{ tool: 'jira_get_transitions', uses: ['issue_key'], build: ({ key }) => ({ issue_key: key }) }],
        read: (value) =>
          z
            .array(z.looseObject({ id: z.coerce.string(), name: z.string(), to_status: z.string().optional() }))
            .parse(value)
            .map(({ id, name, to_status: to }) => ({ id, name, to })),
      },
      transition: {
        candidates: [
          {
            tool: 'jira_transition_issue',
            uses: ['issue_key', 'transition_id', 'fields'],
            build: ({ key, id, fields }) => ({
              issue_key: key,
              transition_id: id,
              fields: fields === undefined ? undefined : JSON.stringify(fields),
            }),
          },
        ],
        read: () => undefined,
      },
      comments: {
        candidates: [
          {
            tool: 'jira_get_issue',
            uses: ['issue_key', 'fields', 'comment_limit', 'update_history'],
            build: ({ key }) => ({
              issue_key: key,
              fields: 'comment',
              comment_limit: COMMENT_LIMIT,
              update_history: false,
            }),
          },
        ],
        read: (value): IssueEntries => {
          const { comments } = commentsSchema.parse(value);
          const isComplete = comments.length > 0 && comments.length < COMMENT_LIMIT;
          const entries = comments.map(({ id, body, author, created }) => ({
            id,
            body: fromServer(body),
            // It does not tell an app's account from a person's.
            author: { name: author?.display_name ?? '', isApp: false },
            created,
          }));
          return { isComplete, leavesOut: 'oldest', entries };
        },
      },
      addComment: {
        candidates: ['body', 'comment'].map((body) => ({
          tool: 'jira_add_comment',
          uses: ['issue_key', body],
          build: (input: { key: string; body: string }) => ({ issue_key: input.key, [body]: toServer(input.body) }),
        })),
        read: (value) => idSchema.parse(value),
      },
      worklogs: {
        candidates: [{ tool: 'jira_get_worklog', uses: ['issue_key'], build: ({ key }) => ({ issue_key: key }) }],
        read: (value) => ({
          isComplete: true,
          leavesOut: 'oldest',
          entries: z
            .looseObject({ worklogs: z.array(idSchema.extend({ comment: z.string().default('') })) })
            .parse(value)
            .worklogs.map(({ id, comment }) => ({ id, body: comment })),
        }),
      },
      addWorklog: {
        candidates: [
          {
            tool: 'jira_add_worklog',
            uses: ['issue_key', 'time_spent', 'comment', 'started'],
            build: ({ key, seconds, comment, startedAt }) => ({
              issue_key: key,
              time_spent: `${String(Math.max(1, Math.round(seconds / 60)))}m`,
              comment: toServer(comment),
              started: startedAt.replace(/Z$/, '+0000'),
            }),
          },
        ],
        read: (value) => z.looseObject({ worklog: idSchema }).parse(value).worklog,
      },
      create: {
        candidates: [
          {
            tool: 'jira_create_issue',
            uses: ['project_key', 'issue_type', 'summary', 'description', 'additional_fields'],
            build: ({ project, type, summary, description, fields }) => ({
              project_key: project,
              issue_type: type,
              summary,
              description: toServer(description),
              additional_fields: JSON.stringify(fields),
            }),
          },
        ],
        read: (value) => z.looseObject({ issue: z.looseObject({ key: z.string() }) }).parse(value).issue,
      },
      link: {
        isOptional: true,
        candidates: [
          {
            tool: 'jira_create_issue_link',
            uses: ['link_type', 'inward_issue_key', 'outward_issue_key'],
            // In Jira's request "inward" is the one that the type's outward words are about: inwardIssue blocks outwardIssue.
            build: ({ type, blocker, blocked }) => ({
              link_type: type,
              inward_issue_key: blocker,
              outward_issue_key: blocked,
            }),
          },
        ],
        read: () => undefined,
      },
      page: {
        isOptional: true,
        candidates: [
          {
            tool: 'confluence_get_page',
            uses: ['page_id', 'include_metadata', 'convert_to_markdown'],
            build: ({ id }) => ({ page_id: id, include_metadata: true, convert_to_markdown: true }),
          },
        ],
        read: (value) => {
          const { metadata } = z
            .looseObject({
              metadata: z.looseObject({ title: z.string(), content: z.looseObject({ value: z.string() }).optional() }),
            })
            .parse(value);
          return { title: metadata.title, body: metadata.content?.value ?? '' };
        },
      },
      updatePage: {
        isOptional: true,
        candidates: [
          {
            tool: 'confluence_update_page',
            uses: ['page_id', 'title', 'content', 'content_format'],
            build: ({ id, title, body }) => ({ page_id: id, title, content: body, content_format: 'markdown' }),
          },
        ],
        read: () => undefined,
      },
    },
  };
}

function keyOnly({ key }: { key: string }): JiraIssue {
  return { key, summary: '', description: '', status: { name: '' }, links: [] };
}

function link(type: string | undefined, direction: 'inward' | 'outward', issue: z.infer<typeof linkedIssue>) {
  const category = issue.fields?.status?.category?.toLowerCase();
  return { type: type ?? '', direction, key: issue.key, isDone: category === 'done' };
}

/** A custom field comes as `{value, name}`. */
function customText(field: unknown): string | undefined {
  const { value } = z.looseObject({ value: z.unknown() }).catch({ value: undefined }).parse(field);
  return typeof value === 'string' ? value : undefined;
}
