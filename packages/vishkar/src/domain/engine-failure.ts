/**
 * What an engine's failure tells the workflow as data, beside its sentence: what was used until then, and until when the
 * model's provider lets no calls through.
 */
import { z } from 'zod';
import { reportedUsage, usageSchema } from './usage.js';

export const engineFailureDetailsSchema = z.object({
  usage: usageSchema.optional(),
  ...reportedUsage,
  /** The engine's session, to go on with. */
  sessionId: z.string().optional(),
  /** What the engine has to be told before it can go on; secrets masked. */
  question: z.string().optional(),
  limit: z
    .object({
      /** Milliseconds since 1970; null: the provider does not say. */
      resumesAtMs: z.number().int().positive().nullable(),
      /** The provider's own word for it. */
      kind: z.string().max(80),
    })
    .optional(),
});
export type EngineFailureDetails = z.input<typeof engineFailureDetailsSchema>;
export type StatedLimit = NonNullable<EngineFailureDetails['limit']>;

const MINUTE_MS = 60_000;
/** Where the provider states no time: soon at first, then hourly. */
const ASK_AGAIN_AFTER_MS = [5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, 60 * MINUTE_MS] as const;
/** Clocks differ; a call that comes too early is refused again. */
const MARGIN_MS = 5_000;
/** Nobody's window is longer; a time beyond it is a mistake and is asked for earlier. */
const LONGEST_MS = 31 * 24 * 60 * MINUTE_MS;

/** When to ask a provider again that has refused `refusals` times in a row (from 1). Never earlier than a minute from now. */
export function askAgainAtMs({ resumesAtMs }: StatedLimit, refusals: number, nowMs: number): number {
  const later = ASK_AGAIN_AFTER_MS[Math.min(refusals, ASK_AGAIN_AFTER_MS.length) - 1] ?? MINUTE_MS;
  if (resumesAtMs === null) return nowMs + later;
  return Math.min(Math.max(resumesAtMs + MARGIN_MS, nowMs + MINUTE_MS), nowMs + LONGEST_MS);
}
