/**
 * What starts a story, and the choices made at launch that hold for its whole life (a resumed story never changes its rules).
 * Unknown fields are refused by name: a typo in a limit must not silently mean "no limit".
 */
import { z } from 'zod';
import { accountBudgetSchema } from './account-budget.js';
import { planOptionsSchema } from './plan.js';
import { mutationRuleSchema } from './mutation.js';
import { storyKeySchema } from './story.js';
import { protectedPathsSchema } from './protected-paths.js';
import { storyBudgetSchema } from './story-budget.js';
import { ACTIVITY_TYPES } from './wire-names.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const durationMs = z.number().int().positive();

export const activityPolicySchema = z.strictObject({
  startToCloseMs: durationMs.optional(),
  scheduleToStartMs: durationMs.optional(),
  heartbeatMs: durationMs.optional(),
  initialIntervalMs: durationMs.optional(),
  backoffCoefficient: z.number().min(1).optional(),
  maximumIntervalMs: durationMs.optional(),
  maximumAttempts: z.number().int().positive().optional(),
  /** Another worker's task queue, for instance one in Python. */
  taskQueue: z.string().min(1).optional(),
});

export type ActivityPolicy = z.infer<typeof activityPolicySchema>;

const activityTypeSchema = z.enum(Object.values(ACTIVITY_TYPES));

export const storyOptionsSchema = z.strictObject({
  /** Rounds of fixing before a person decides, each of steps 7, 11, 14 and 15. Default 3. */
  maxRounds: z.number().int().min(1).max(20).default(3),
  /** A plan that is approved before step 2 writes code. Default: none. */
  plan: planOptionsSchema.optional(),
  /** Step 11: share of tests that must pass, 0-100. Default 100. */
  minimumPassRatePercent: z.number().min(0).max(100).default(100),
  /** Step 11: coverage of the total and of the changed lines, 0-100. Default 80; 0 asks for none. */
  minimumCoveragePercent: z.number().min(0).max(100).default(80),
  /** Step 11: how often the suite runs again when a few tests failed; what passes then is flaky, and reported. Default 1; 0 for never. */
  testReruns: z.number().int().min(0).max(3).default(1),
  /** Step 11: whether the tests that show the criteria must fail without the story's change. Default true. */
  testsMustFailWithoutChange: z.boolean().default(true),
  /** Step 11: small faults put into the changed lines, which tests have to notice. Default: none are. */
  mutation: mutationRuleSchema.optional(),
  /** What the story may use of its models in all; at 80 % it says so, at 100 % a person may raise it. Default: no limit. */
  budget: storyBudgetSchema.optional(),
  /** What all stories of an account may use together, in a day and in all. Default: no limit. */
  accountBudget: accountBudgetSchema.optional(),
  /** Step 16. Default: 7 days, reminders after 1, 3 and 6 days, one approver. */
  approvalExpiresMs: durationMs.default(7 * DAY_MS),
  approvalRemindersMs: z.array(durationMs).default([DAY_MS, 3 * DAY_MS, 6 * DAY_MS]),
  requiredApprovers: z.number().int().min(1).max(2).default(1),
  /** How often the pull request is looked at while it waits for a person. Default 1 hour. */
  watchIntervalMs: durationMs.default(60 * 60 * 1000),
  /** Whether a question that a person can answer in words is put into the tracker as well. Default true. */
  askInTracker: z.boolean().default(true),
  /** Whether the author is asked about a story that has no acceptance criteria, before anybody works on it. Default false. */
  askWhenVague: z.boolean().default(false),
  /** When somebody assigns the story to another person while it is under work: `ask` whether it goes on, `stop`, or `ignore` it. Default `ask`. */
  whenReassigned: z.enum(['ask', 'stop', 'ignore']).default('ask'),
  /** What an engine may not change by itself, and what happens when it did. Default: a standard list; a person is asked. */
  protectedPaths: protectedPathsSchema.prefault({}),
  /** How often pending checks are asked for again. Default 1 minute. */
  checksIntervalMs: durationMs.default(60 * 1000),
  /** How often red checks of one head are run again before the engine fixes: what passes then is flaky. Default 1; 0 for never. */
  checkReruns: z.number().int().min(0).max(3).default(1),
  /** False where the service has no place for our search attributes (see docs/configuration.md). Default true. */
  searchAttributes: z.boolean().default(true),
  /** Timeouts, retries and routing by activity type, over the defaults of `activity-policy.ts`. */
  activities: z.partialRecord(activityTypeSchema, activityPolicySchema).default({}),
});

export type StoryOptions = z.infer<typeof storyOptionsSchema>;

export const storyInputSchema = z.strictObject({
  /** The story's key. Whoever starts the workflow has chosen it, since the workflow's id carries it. */
  jira_key: storyKeySchema,
  /** Name of the project, for search attributes and messages. */
  project: z.string().default(''),
  options: storyOptionsSchema.prefault({}),
});

export type StoryInput = z.infer<typeof storyInputSchema>;

/** The workflow's result; the first two fields are the seed's. */
export interface StoryResult {
  readonly success: boolean;
  readonly pr_url: string;
  readonly outcome: StoryOutcome;
  /** One sentence: how it ended. */
  readonly reason: string;
  readonly merge_commit: string;
  readonly review_rounds: number;
  /** Seal of the receipt (SHA-256), and where it is. */
  readonly receipt: { readonly seal: string; readonly uri: string } | null;
}

export type StoryOutcome = 'merged' | 'rejected' | 'expired' | 'abandoned' | 'cancelled' | 'closed_outside';
