/**
 * How people write a status (`To Do`, `in-progress`, `todo`) and how it is written back in the same manner.
 */
import { STORY_STATUSES } from '../../domain/story.js';
import type { StoryStatus } from '../../domain/story.js';

const LABELS: Readonly<Record<StoryStatus, string>> = {
  todo: 'To Do',
  in_progress: 'In Progress',
  in_review: 'In Review',
  done: 'Done',
  blocked: 'Blocked',
  cancelled: 'Cancelled',
};

const ALIASES: Readonly<Record<string, StoryStatus>> = {
  open: 'todo',
  doing: 'in_progress',
  inprogress: 'in_progress',
  review: 'in_review',
  inreview: 'in_review',
  closed: 'done',
  canceled: 'cancelled',
};

/** All statuses as they are written into new files; for messages. */
export const STATUS_NAMES: readonly string[] = STORY_STATUSES;

/** The status that a text means, whatever its case and separators; undefined for an unknown one. */
export function parseStatus(text: string): StoryStatus | undefined {
  const letters = text.toLowerCase().replace(/[^a-z]/g, '');
  return STORY_STATUSES.find((status) => status.replace('_', '') === letters) ?? ALIASES[letters];
}

/** Writes a status in the manner of the text that it replaces: `To Do` -> `In Progress`, `"todo"` -> `"in_progress"`. */
export function spellStatus(status: StoryStatus, replaced: string): string {
  const quote = /^["']/.exec(replaced)?.[0] ?? '';
  const isLabel = /^["']?[A-Z]/.test(replaced);
  return `${quote}${isLabel ? LABELS[status] : status}${quote}`;
}
