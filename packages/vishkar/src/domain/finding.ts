/**
 * A finding of a review, and the file that stores them (`.reviews/findings/<key>.json`).
 * Findings are data with a schema; a panel's prose never becomes a verdict.
 */
import { z } from 'zod';

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const ANGLES = ['architecture', 'security', 'quality', 'techstack'] as const;
/** A review viewpoint; steps 3 to 6, in this order. */
export type Angle = (typeof ANGLES)[number];

export const findingSchema = z.strictObject({
  /** Stable over rounds: derived from what is found where, never random (`F-` and 12 hex digits). */
  id: z.string().regex(/^F-[0-9a-f]{12}$/),
  severity: z.enum(SEVERITIES),
  /** Kebab-case kind of fault: `secret-in-source`, `code-injection`, `import-cycle`, ... */
  category: z.string().min(1),
  issue: z.string().min(1),
  file: z.string(),
  /** 1-based line in the file as it is at the head; 0 when the finding is about the whole file or change. */
  line: z.number().int().nonnegative(),
  suggestion: z.string(),
  /** True when file and line are part of the diff under review. Ungrounded findings are shown and never block. */
  grounded: z.boolean(),
  /** Who says so: panelist or tool names (`eslint-plugin-security/detect-eval-with-expression`). */
  reportedBy: z.array(z.string()).min(1),
  /** All angles that report it, after deduplication; the first one keeps it. */
  angles: z.array(z.enum(ANGLES)).min(1),
  fix: z.strictObject({ commit: z.string(), note: z.string() }).optional(),
  lesson: z.string().optional(),
});

export type Finding = z.infer<typeof findingSchema>;

/** One tool or model that took part, and whether it could: "unavailable" is never "clean". */
export const panelistSchema = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(['analyzer', 'model']),
  version: z.string(),
  status: z.enum(['ran', 'unavailable', 'failed']),
  /** Why it did not run, when it did not. */
  note: z.string().optional(),
});

export type Panelist = z.infer<typeof panelistSchema>;

/** A claim that its panel voted down: kept, so that it is known when somebody makes it again. */
const refutedClaimSchema = z.strictObject({
  /** As a finding; `reportedBy`: who stood by it. */
  claim: findingSchema,
  /** One sentence of each who refuted it. */
  reason: z.string(),
});

export type RefutedClaim = z.infer<typeof refutedClaimSchema>;

/** What one angle's panel concludes about one head. */
export const angleReviewSchema = z.strictObject({
  angle: z.enum(ANGLES),
  headSha: z.string(),
  round: z.number().int().positive(),
  panelists: z.array(panelistSchema).min(1),
  /** Turns of discussion taken until consensus or the cap. */
  discussionTurns: z.number().int().nonnegative(),
  consensus: z.boolean(),
  /** What panelists still disagree about, one sentence each. */
  dissent: z.array(z.string()),
  findings: z.array(findingSchema),
  /** Absent where a reviewer does not tell. */
  refuted: z.array(refutedClaimSchema).optional(),
});

export type AngleReview = z.infer<typeof angleReviewSchema>;

/** A fault as the file tells of it. */
const faultSchema = z.strictObject({
  id: z.string(),
  state: z.enum(['open', 'fixed', 'refuted', 'accepted']),
  severity: z.enum(SEVERITIES),
  category: z.string(),
  issue: z.string(),
  file: z.string(),
  line: z.number().int().nonnegative(),
  grounded: z.boolean(),
  angles: z.array(z.enum(ANGLES)),
  reportedBy: z.array(z.string()),
  firstRound: z.number().int(),
  lastRound: z.number().int(),
  /** How often it came back after it had been fixed. */
  reopened: z.number().int(),
  /** Ids under which rounds reported it, besides its own. */
  aliases: z.array(z.string()),
  /** Who refuted or accepted it, and why. */
  decision: z.strictObject({ by: z.string(), reason: z.string() }).optional(),
  fix: z.strictObject({ commit: z.string(), note: z.string() }).optional(),
});

export const findingsFileSchema = z.strictObject({
  schemaVersion: z.literal(1),
  story: z.string(),
  reviewedAt: z.string(),
  headSha: z.string(),
  rounds: z.array(
    z.strictObject({
      round: z.number().int().positive(),
      angle: z.enum(ANGLES),
      headSha: z.string(),
      panelists: z.array(z.string()),
      findings: z.array(findingSchema),
    }),
  ),
  /** One entry per fault over all rounds and angles, and what became of it; absent in files of before. */
  faults: z.array(faultSchema).optional(),
  summary: z.strictObject({
    critical: z.number().int(),
    high: z.number().int(),
    medium: z.number().int(),
    low: z.number().int(),
    ungrounded: z.number().int(),
  }),
});

export type Fault = z.infer<typeof faultSchema>;
export type FindingsFile = z.infer<typeof findingsFileSchema>;
