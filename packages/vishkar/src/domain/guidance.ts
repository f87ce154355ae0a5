/**
 * What people answered to questions of a story. It is text from outside: an engine is told it as such, and it decides nothing
 * by itself.
 */
import { z } from 'zod';
import { STEP_IDS } from './step.js';

/** Longer answers are cut: they stand in the history, and in every prompt after them. */
export const GUIDANCE_CHARACTERS = 4_000;
/** All of it stands in every prompt after it. */
export const GUIDANCE_AT_MOST = 50;

export const guidanceSchema = z.strictObject({
  /** Where it was asked. */
  step: z.enum(STEP_IDS),
  /** Empty for what a person said unasked. */
  question: z.string(),
  /** As the tracker or the command line names them. */
  by: z.string(),
  /** ISO 8601. */
  at: z.string(),
  text: z.string().max(GUIDANCE_CHARACTERS),
  /** `story`: it says what is wanted, so every turn after it is told. `step`: it helps this step along. */
  holdsFor: z.enum(['story', 'step']),
});

export type Guidance = z.infer<typeof guidanceSchema>;
