/**
 * A story: one issue of a tracker that is to become a merged pull request.
 * Its text is untrusted input: it is shown and prompted as data, never executed, never obeyed as an instruction to us.
 */
import { z } from 'zod';

export const STORY_STATUSES = ['todo', 'in_progress', 'in_review', 'done', 'blocked', 'cancelled'] as const;
export type StoryStatus = (typeof STORY_STATUSES)[number];

export const STORY_PRIORITIES = ['highest', 'high', 'medium', 'low', 'lowest'] as const;
export type StoryPriority = (typeof STORY_PRIORITIES)[number];

/** A tracker key (`DEMO-1`): it becomes part of a workflow id, a branch and file names, so its characters are few. */
export const storyKeySchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]*-[0-9]+$/, 'a story key looks like DEMO-1: letters, digits or _, a dash, a number');

export const acceptanceCriterionSchema = z.strictObject({
  /** `AC-1`, `AC-2`, ... in the order of the tracker. */
  id: z.string().regex(/^AC-[0-9]+$/),
  text: z.string().min(1),
});

export const storySchema = z.strictObject({
  key: storyKeySchema,
  title: z.string().min(1),
  description: z.string(),
  status: z.enum(STORY_STATUSES),
  priority: z.enum(STORY_PRIORITIES),
  acceptanceCriteria: z.array(acceptanceCriterionSchema),
  /** Keys of stories that must be done first. */
  blockedBy: z.array(z.string()),
  /** Who it is assigned to, as the tracker names them; absent: nobody, or the tracker does not tell. */
  assignee: z.string().min(1).optional(),
  /** Where a person reads it. */
  url: z.string(),
  /** Changes whenever the tracker's text changes (a hash or the tracker's own revision). */
  revision: z.string().min(1),
});

export type AcceptanceCriterion = z.infer<typeof acceptanceCriterionSchema>;
export type Story = z.infer<typeof storySchema>;

/** Ready to be taken: to do, and nothing that blocks it is still open. */
export function isReady(story: Story, isDone: (key: string) => boolean): boolean {
  return story.status === 'todo' && story.blockedBy.every(isDone);
}

/** Orders stories by priority, then by key as people count (`A-2` before `A-10`). */
export function compareByPriority(a: Story, b: Story): number {
  const byPriority = STORY_PRIORITIES.indexOf(a.priority) - STORY_PRIORITIES.indexOf(b.priority);
  return byPriority !== 0 ? byPriority : a.key.localeCompare(b.key, 'en', { numeric: true });
}
