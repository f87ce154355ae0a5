/** Between an issue of GitHub and a story: states and priorities are labels, what ends a story closes the issue. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Story, StoryPriority, StoryStatus } from '../../domain/story.js';
import { withoutMarkers } from '../../source-host/github/marker-comment.js';
import { parseStoryText } from '../story-text.js';
import type { GithubIssuesConfig } from './github-issues-config.js';

export const issueSchema = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  html_url: z.string(),
  state: z.string(),
  state_reason: z.string().nullish(),
  labels: z.array(z.union([z.string(), z.object({ name: z.string().optional() })])),
  /** How many open issues block it, and how many parts it has; absent on older servers. */
  issue_dependencies_summary: z.object({ blocked_by: z.number() }).nullish(),
  sub_issues_summary: z.object({ total: z.number(), completed: z.number() }).nullish(),
  assignees: z.array(z.object({ login: z.string() })).nullish(),
  /** Each pull request is an issue as well. */
  pull_request: z.unknown().optional(),
});
export type Issue = z.infer<typeof issueSchema>;

/** What a change of state writes. */
export interface IssueState {
  readonly state: 'open' | 'closed';
  readonly state_reason: 'completed' | 'not_planned' | 'reopened';
  readonly labels: readonly string[];
}

/** `blockedBy`: keys of what it waits for and is open. */
export function toStory(issue: Issue, config: GithubIssuesConfig, blockedBy: readonly string[] = []): Story {
  const { description, criteria } = parseStoryText(withoutMarkers((issue.body ?? '').replaceAll('\r\n', '\n')));
  const content = {
    key: `${config.keyPrefix}-${String(issue.number)}`,
    title: issue.title,
    description,
    priority: priorityOf(issue, config),
    acceptanceCriteria: criteria.map((text, index) => ({ id: `AC-${String(index + 1)}`, text })),
  };
  return {
    ...content,
    status: statusOf(issue, config),
    blockedBy: [...blockedBy],
    ...((issue.assignees ?? []).length === 0
      ? {}
      : { assignee: (issue.assignees ?? []).map(({ login }) => login).join(', ') }),
    url: issue.html_url,
    // GitHub's own time of change moves with every comment of ours.
    revision: createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16),
  };
}

/** An issue that is in the way of another, as a key; in another repository it is named as GitHub names it there. */
export function blockerKey(blocker: Issue, blocked: Issue, { keyPrefix }: GithubIssuesConfig): string {
  const [, place = ''] = /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/issues\//.exec(blocker.html_url) ?? [];
  const number = String(blocker.number);
  return blocked.html_url.includes(`/${place}/issues/`) ? `${keyPrefix}-${number}` : `${place}#${number}`;
}

export function statusOf(issue: Issue, { statuses }: GithubIssuesConfig): StoryStatus {
  if (issue.state === 'closed')
    return issue.state_reason === 'not_planned' || issue.state_reason === 'duplicate' ? 'cancelled' : 'done';
  const labels = labelsOf(issue);
  const found = (['blocked', 'in_review', 'in_progress'] as const).find((status) => labels.includes(statuses[status]));
  return found ?? 'todo';
}

/** The issue in another state; labels that are not of states stay. */
export function inState(issue: Issue, to: StoryStatus, { statuses }: GithubIssuesConfig): IssueState {
  const own: readonly string[] = Object.values(statuses);
  const kept = labelsOf(issue).filter((label) => !own.includes(label));
  switch (to) {
    case 'todo':
      return { state: 'open', state_reason: 'reopened', labels: kept };
    case 'in_progress':
    case 'in_review':
    case 'blocked':
      return { state: 'open', state_reason: 'reopened', labels: [...kept, statuses[to]] };
    case 'done':
      return { state: 'closed', state_reason: 'completed', labels: kept };
    case 'cancelled':
      return { state: 'closed', state_reason: 'not_planned', labels: kept };
    default:
      throw new Error(`unknown status ${String(to satisfies never)}`);
  }
}

export function priorityLabels(priority: StoryPriority, { priorities }: GithubIssuesConfig): readonly string[] {
  return priority === 'medium' ? [] : [priorities[priority]];
}

function priorityOf(issue: Issue, { priorities }: GithubIssuesConfig): StoryPriority {
  const labels = labelsOf(issue);
  const found = (['highest', 'high', 'low', 'lowest'] as const).find((priority) =>
    labels.includes(priorities[priority]),
  );
  return found ?? 'medium';
}

function labelsOf(issue: Issue): readonly string[] {
  return issue.labels.flatMap((label) =>
    typeof label === 'string' ? [label] : label.name === undefined ? [] : [label.name],
  );
}
