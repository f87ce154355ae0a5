/**
 * Evidence: what a step leaves behind when it has done its work, and what the next step's start is checked against.
 * Small and typed; large things are artifact references. `data` has its own schema per step.
 */
import { z } from 'zod';
import { artifactRefSchema } from './artifact.js';
import { STEP_IDS } from './step.js';

export const evidenceSchema = z.strictObject({
  step: z.enum(STEP_IDS),
  /** Which pass through the step, 1 for the first; fix loops and moved heads lead to more. */
  round: z.number().int().positive(),
  verdict: z.enum(['passed', 'failed', 'overridden']),
  /** Who closed it: the worker's identity or a person's name. */
  by: z.string().min(1),
  /** ISO 8601. */
  at: z.string().min(1),
  /** The commit that the evidence is about; empty before there is one. */
  headSha: z.string(),
  /** One sentence for people. */
  summary: z.string().min(1),
  /** What this step can't do yet because an adapter is narrow, in words; never silently skipped. */
  limits: z.array(z.string()),
  artifacts: z.array(artifactRefSchema),
  data: z.record(z.string(), z.unknown()),
});

export type Evidence = z.infer<typeof evidenceSchema>;

export type StepStatus = 'pending' | 'running' | 'waiting' | 'passed' | 'failed';

/** A step's line in the `status` query. */
export interface StepState {
  readonly number: number;
  readonly id: (typeof STEP_IDS)[number];
  readonly status: StepStatus;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Attempts of the step's activities over all rounds, retries included; a round that needs none counts as one. */
  readonly attempts: number;
  readonly rounds: number;
  readonly summary: string;
}
