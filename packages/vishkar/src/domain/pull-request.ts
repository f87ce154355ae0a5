/** A pull request and what hangs on it, in words that any source host can be mapped to. */
import { z } from 'zod';
import { commandResultSchema } from './test-report.js';

export const pullRequestSchema = z.strictObject({
  number: z.number().int().positive(),
  url: z.string().min(1),
  state: z.enum(['open', 'merged', 'closed']),
  branch: z.string().min(1),
  baseBranch: z.string().min(1),
  headSha: z.string().min(1),
  /** Set when merged. */
  mergeSha: z.string().optional(),
});

export type PullRequest = z.infer<typeof pullRequestSchema>;

/** A conversation on the pull request; a step 14 round answers each unresolved one. */
export const reviewThreadSchema = z.strictObject({
  id: z.string().min(1),
  author: z.string(),
  file: z.string(),
  line: z.number().int().nonnegative(),
  body: z.string(),
  resolved: z.boolean(),
  replies: z.array(z.strictObject({ author: z.string(), body: z.string() })),
});

export type ReviewThread = z.infer<typeof reviewThreadSchema>;

/** A check, as it ended. */
export const checkRunSchema = commandResultSchema.extend({
  /** True when the source host could not carry it out (a lost machine, its own time limit): it says nothing of the change. */
  infrastructure: z.boolean().optional(),
});

/** The checks of one head SHA. `pending` means: ask again later. */
export const checksReportSchema = z.strictObject({
  headSha: z.string(),
  state: z.enum(['pending', 'passed', 'failed']),
  runs: z.array(checkRunSchema),
  /** What is waited for, for people; empty or undefined while no check has begun. */
  pending: z.array(z.string()).optional(),
});

/** How a pull request left the host's merge queue without being merged. */
export const queueExitSchema = z.object({
  /** To be given with the next request to queue it. */
  additionsSeen: z.number().int().nonnegative(),
  /** True: checks of the queue failed. */
  isByChecks: z.boolean(),
});

export type ChecksReport = z.infer<typeof checksReportSchema>;
