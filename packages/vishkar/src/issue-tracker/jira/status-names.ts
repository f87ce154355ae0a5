/**
 * Which status of a Jira workflow means which state of a story. Every Jira names them itself, so names are configured;
 * a name that nobody listed counts by its category, of which Jira has exactly three.
 */
import { STORY_STATUSES } from '../../domain/story.js';
import type { StoryStatus } from '../../domain/story.js';
import type { JiraIssue, JiraTransition } from './dialect.js';

export type StatusNames = Readonly<Record<StoryStatus, readonly string[]>>;

export const DEFAULT_STATUS_NAMES: StatusNames = {
  todo: ['To Do', 'Open', 'Backlog', 'Selected for Development', 'Reopened', 'New'],
  in_progress: ['In Progress', 'In Development'],
  in_review: ['In Review', 'Code Review', 'Review'],
  blocked: ['Blocked', 'On Hold'],
  done: ['Done', 'Closed', 'Resolved'],
  cancelled: ['Cancelled', 'Canceled', "Won't Do", 'Rejected'],
};

/** Resolutions with which a closed issue was not done. */
const NOT_DONE = /^(?:won'?t (?:do|fix)|duplicate|declined|cannot reproduce|cancell?ed|rejected)$/i;

const CATEGORIES: Readonly<Record<string, StoryStatus>> = {
  'to do': 'todo',
  new: 'todo',
  undefined: 'todo',
  'in progress': 'in_progress',
  indeterminate: 'in_progress',
  done: 'done',
  complete: 'done',
};

export function storyStatus(issue: Pick<JiraIssue, 'status' | 'resolution'>, names: StatusNames): StoryStatus {
  const { name, category } = issue.status;
  const named = STORY_STATUSES.find((status) => names[status].some((each) => isSame(each, name)));
  const status = named ?? CATEGORIES[(category ?? '').toLowerCase()] ?? 'todo';
  return status === 'done' && NOT_DONE.test(issue.resolution ?? '') ? 'cancelled' : status;
}

/**
 * The transition that leads to a state: by the status it leads to, in the order in which the names are listed; where the
 * server does not tell that, by the transition's own name.
 */
export function findTransition(
  transitions: readonly JiraTransition[],
  to: StoryStatus,
  names: StatusNames,
): JiraTransition | undefined {
  for (const name of names[to]) {
    const found = transitions.find((each) => isSame(each.to ?? each.name, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

function isSame(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
