/**
 * Input and output of every activity, as schemas: the contract between the workflow and whoever serves the activity,
 * in this language or another (JSON Schemas are generated from here). Outputs are checked in the workflow, so a
 * worker that answers with something else fails closed.
 */
import { z } from 'zod';
import { artifactRefSchema } from './artifact.js';
import { caseResultSchema, demonstrationResultSchema } from './criteria.js';
import { evidenceSchema } from './evidence.js';
import { guidanceSchema } from './guidance.js';
import { angleReviewSchema, ANGLES, findingSchema } from './finding.js';
import { interruptionSchema } from './interruption.js';
import { findingLedgerSchema } from './finding-ledger.js';
import { heldChangeSchema, protectedPathsSchema } from './protected-paths.js';
import { planSchema } from './plan.js';
import { mutationResultSchema, mutationRuleSchema } from './mutation.js';
import { checksReportSchema, pullRequestSchema, reviewThreadSchema } from './pull-request.js';
import { STEP_IDS } from './step.js';
import { STORY_STATUSES, storyKeySchema, storySchema } from './story.js';
import { testCaseSchema, testCasesFileSchema } from './test-case.js';
import { commandResultSchema, testReportSchema } from './test-report.js';
import { reportedUsage, usageSchema } from './usage.js';
import type { ActivityType } from './wire-names.js';

/** The story and where its work stands; part of every input after step 1. */
export const storyWorkSchema = z.strictObject({
  story: storySchema,
  branch: z.string().min(1),
  baseBranch: z.string().min(1),
  baseSha: z.string().min(1),
  headSha: z.string().min(1),
});
export type StoryWork = z.infer<typeof storyWorkSchema>;

const work = storyWorkSchema.shape;
const round = z.number().int().positive();
/**
 * An engine's turn: which of its kind, the engine's session of a turn that its provider cut off, what people answered, and the
 * markers of usage that is counted: what the host keeps of it can go.
 */
const turn = {
  ...work,
  round,
  resumeSessionId: z.string().optional(),
  guidance: z.array(guidanceSchema).default([]),
  settledUsage: z.array(z.string()).default([]),
  protectedPaths: protectedPathsSchema.prefault({}),
};
const effectSchema = z.strictObject({ id: z.string(), adopted: z.boolean() });
const artifacts = z.array(artifactRefSchema);

/** What an activity's worker says about its own run; part of every output. */
const served = {
  /** Attempt of the activity that succeeded, from 1. */
  attempt: z.number().int().positive().default(1),
  by: z.string().default('worker'),
};

/** Who did an engine's turn. */
export const engineDescriptionSchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  model: z.string(),
  recordedFrom: z.string().optional(),
});

/** What an engine's turn left behind. */
export const engineWorkSchema = z.strictObject({
  ...served,
  outcome: z.enum(['edited', 'no_change']),
  headSha: z.string().min(1),
  files: z.array(z.string()),
  commits: z.array(z.string()),
  engine: engineDescriptionSchema,
  usage: usageSchema,
  ...reportedUsage,
  /** True when the engine's own session of an earlier attempt was loaded. */
  resumed: z.boolean(),
  /** Attempts at the turn that were cut off, and what that cost. */
  interruptions: z.array(interruptionSchema).default([]),
  detail: z.string(),
  /** What changed around the worktree while it worked, and which engines were passed over; one sentence each, told to people, judged by nobody. */
  warnings: z.array(z.string()).default([]),
  /** Changes of protected paths: in no commit yet, but in `heldPatch`. */
  held: z.array(heldChangeSchema).default([]),
  heldPatch: artifactRefSchema.optional(),
  artifacts,
});
export type EngineWork = z.infer<typeof engineWorkSchema>;

const reviewContract = {
  input: z.strictObject({ ...work, angle: z.enum(ANGLES), round, files: z.array(z.string()) }),
  output: z.strictObject({ ...served, review: angleReviewSchema, usage: usageSchema, artifacts }),
};

const fixOutput = engineWorkSchema;

export const ACTIVITY_CONTRACTS = {
  select_task: {
    input: z.strictObject({ jira_key: z.string(), project: z.string() }),
    output: z.strictObject({ ...served, ...work, transition: effectSchema, comment: effectSchema, artifacts }),
  },
  plan_implementation: { input: z.strictObject(turn), output: engineWorkSchema.extend({ plan: planSchema }) },
  /** `plan`: as it was approved, in words. */
  execute_implementation: {
    input: z.strictObject({ ...turn, plan: z.string().optional() }),
    output: engineWorkSchema,
  },
  architecture_review: reviewContract,
  security_review: reviewContract,
  quality_review: reviewContract,
  techstack_review: reviewContract,
  /** After each round of review: what it found, with the identities of the rounds before. */
  settle_findings: {
    input: z.strictObject({ ...work, ledger: findingLedgerSchema, reviews: z.array(angleReviewSchema) }),
    output: z.strictObject({ ...served, ledger: findingLedgerSchema }),
  },
  fix_issues: { input: z.strictObject({ ...turn, findings: z.array(findingSchema) }), output: fixOutput },
  /** Commits changes that were held back, as a person allowed them. */
  allow_changes: {
    input: z.strictObject({
      ...work,
      round,
      patch: artifactRefSchema,
      paths: z.array(z.string()).min(1),
      by: z.string(),
    }),
    output: z.strictObject({ ...served, headSha: z.string().min(1), artifacts }),
  },
  store_feedback: {
    input: z.strictObject({
      ...work,
      rounds: z.array(z.strictObject({ headSha: z.string(), reviews: z.array(angleReviewSchema) })),
      fixes: z.array(z.strictObject({ findingId: z.string(), commit: z.string(), note: z.string() })),
      ledger: findingLedgerSchema.optional(),
    }),
    output: z.strictObject({
      ...served,
      headSha: z.string(),
      findingsFile: z.string(),
      lessonCandidates: z.number().int().nonnegative(),
      artifacts,
    }),
  },
  verify_story: {
    input: z.strictObject({ ...work, round }),
    output: z.strictObject({
      ...served,
      headSha: z.string(),
      commands: z.array(commandResultSchema),
      /** Names of commands that the project does not have. */
      absent: z.array(z.string()),
      criteria: z.array(z.strictObject({ id: z.string(), shownBy: z.string() })),
      artifacts,
    }),
  },
  design_tests: {
    input: z.strictObject(work),
    output: z.strictObject({
      ...served,
      headSha: z.string(),
      path: z.string(),
      file: testCasesFileSchema,
      artifacts,
    }),
  },
  implement_tests: {
    input: z.strictObject({ ...turn, cases: testCasesFileSchema }),
    output: engineWorkSchema.extend({
      /** Test file by case id. */
      links: z.record(z.string(), z.string()),
      unlinked: z.array(z.string()),
    }),
  },
  run_tests: {
    input: z.strictObject({
      ...work,
      round,
      /** The designed cases: whose tests are looked up in the run. */
      cases: z.array(testCaseSchema).optional(),
      /** How often the suite runs again when a few tests failed. Default 0. */
      reruns: z.number().int().nonnegative().optional(),
      /** Whether what passes is tried without the story's change as well. Default false. */
      withoutChange: z.boolean().optional(),
    }),
    output: z.strictObject({
      ...served,
      headSha: z.string(),
      report: testReportSchema,
      /** Files of tests that are at the base and not at the head, nor under another name. */
      deletedTests: z.array(z.string()).default([]),
      /** What could not be had and why, one sentence each. */
      notes: z.array(z.string()).optional(),
      /** Absent where the worker does not look for it. */
      shown: z
        .strictObject({
          results: z.array(caseResultSchema),
          demonstrations: z.array(demonstrationResultSchema),
          problems: z.array(z.string()),
        })
        .optional(),
      artifacts,
    }),
  },
  mutate_change: {
    input: z.strictObject({ ...work, round, rule: mutationRuleSchema }),
    output: z.strictObject({ ...served, headSha: z.string(), mutation: mutationResultSchema, artifacts }),
  },
  fix_tests: {
    input: z.strictObject({ ...turn, reasons: z.array(z.string()), report: testReportSchema }),
    output: fixOutput,
  },
  create_pr: {
    input: z.strictObject({ ...work, checklist: z.array(z.string()), evidence: z.array(evidenceSchema) }),
    output: z.strictObject({ ...served, pullRequest: pullRequestSchema, adopted: z.boolean(), artifacts }),
  },
  review_pr: {
    input: z.strictObject({
      ...work,
      round,
      number: z.number(),
      reviews: z.array(angleReviewSchema),
      /** What is open after settling; default all that the reviews found. */
      open: z.array(findingSchema).optional(),
      protectedPaths: protectedPathsSchema.prefault({}),
    }),
    output: z.strictObject({
      ...served,
      review: effectSchema,
      verdict: z.enum(['approve', 'request_changes', 'comment']),
      headSha: z.string(),
      openThreads: z.array(reviewThreadSchema),
      /** Protected paths that differ from the base, whoever changed them. */
      protectedFiles: z.array(z.string()).default([]),
      artifacts,
    }),
  },
  address_pr_feedback: {
    input: z.strictObject({ ...turn, number: z.number(), threads: z.array(reviewThreadSchema) }),
    output: engineWorkSchema.extend({
      /** Commit by thread id; empty text when nothing was changed for it. */
      threads: z.record(z.string(), z.string()),
    }),
  },
  check_ci: {
    input: z.strictObject({ ...work, number: z.number(), round }),
    output: z.strictObject({ ...served, checks: checksReportSchema, artifacts }),
  },
  rerun_checks: {
    input: z.strictObject({ ...work, number: z.number(), names: z.array(z.string()) }),
    output: z.strictObject({
      ...served,
      /** Those that run again; others can't be. */
      names: z.array(z.string()),
    }),
  },
  fix_ci: {
    input: z.strictObject({ ...turn, reasons: z.array(z.string()), checks: checksReportSchema }),
    output: fixOutput,
  },
  watch_pr: {
    input: z.strictObject({ ...work, number: z.number() }),
    output: z.strictObject({
      ...served,
      pullRequest: pullRequestSchema,
      /** Conversations that nobody has settled; undefined where the worker does not look for them. */
      openThreads: z.array(reviewThreadSchema).optional(),
    }),
  },
  watch_story: {
    input: z.strictObject({ jira_key: storyKeySchema }),
    /** Null: the tracker has no such story (any more). */
    output: z.strictObject({ ...served, story: storySchema.nullable() }),
  },
  ask_in_tracker: {
    input: z.strictObject({
      jira_key: storyKeySchema,
      step: z.enum(STEP_IDS),
      question: z.string(),
      options: z.array(z.string()),
      marker: z.string(),
    }),
    output: z.strictObject({ ...served, comment: effectSchema }),
  },
  /** Comes back when one of these has happened; until then its attempts fail, which leaves nothing in the history. */
  await_story: {
    input: z.strictObject({
      jira_key: storyKeySchema,
      /** Marker of a question: a person answers it in the tracker. */
      question: z.string().optional(),
      /** The story has another revision. */
      otherThanRevision: z.string().optional(),
      /** The story is in another state. */
      otherThanStatus: z.enum(STORY_STATUSES).optional(),
      /** Nothing that it waits for is open. */
      unblocked: z.literal(true).optional(),
    }),
    output: z.strictObject({
      ...served,
      reply: z.strictObject({ by: z.string(), at: z.string(), text: z.string() }).nullable(),
    }),
  },
  notify_person: {
    input: z.strictObject({ storyKey: z.string(), title: z.string(), body: z.string(), marker: z.string() }),
    output: z.strictObject({ ...served, channel: z.string(), deliveredAt: z.string(), adopted: z.boolean() }),
  },
  enqueue_pr: {
    input: z.strictObject({ ...work, number: z.number(), additionsSeen: z.number().int().nonnegative() }),
    output: z.strictObject({
      ...served,
      /** Null: the host has no merge queue for this branch, or the pull request is merged or closed. */
      queue: z
        .strictObject({
          additions: z.number().int(),
          position: z.number().int(),
          state: z.string(),
          groupSha: z.string().optional(),
        })
        .nullable(),
    }),
  },
  close_story: {
    input: z.strictObject({
      ...work,
      number: z.number(),
      startedAt: z.string(),
      workflowId: z.string(),
      runId: z.string(),
      evidence: z.array(evidenceSchema),
    }),
    output: z.strictObject({
      ...served,
      mergeSha: z.string(),
      merge: effectSchema,
      transition: effectSchema,
      comment: effectSchema,
      worklog: effectSchema,
      receiptSeal: z.string(),
      receiptUri: z.string(),
      limits: z.array(z.string()),
      artifacts,
    }),
  },
  stop_story: {
    input: z.strictObject({
      jira_key: z.string(),
      /** Undefined when it stopped before step 1 was through. */
      work: storyWorkSchema.optional(),
      outcome: z.string(),
      reason: z.string(),
      workflowId: z.string(),
      runId: z.string(),
      evidence: z.array(evidenceSchema),
    }),
    output: z.strictObject({
      ...served,
      receiptSeal: z.string(),
      receiptUri: z.string(),
      usedBefore: reportedUsage.usedBefore,
      artifacts,
    }),
  },
} as const satisfies Record<ActivityType, { input: z.ZodType; output: z.ZodType }>;

export type ActivityInput<T extends ActivityType> = z.input<(typeof ACTIVITY_CONTRACTS)[T]['input']>;
export type ActivityOutput<T extends ActivityType> = z.output<(typeof ACTIVITY_CONTRACTS)[T]['output']>;
