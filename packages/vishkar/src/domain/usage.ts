/** What a model or engine used, as far as it could be measured. Absent is unknown, never zero. */
import { z } from 'zod';

export const usageSchema = z.strictObject({
  inputTokens: z.number().int().nonnegative().optional(),
  outputTokens: z.number().int().nonnegative().optional(),
  /** US dollars, when the price is known. */
  costUsd: z.number().nonnegative().optional(),
  /** Who measured: `proxy` (we counted on the wire), `engine` (it says so) or `none`. */
  source: z.enum(['proxy', 'engine', 'none']),
});

export type Usage = z.infer<typeof usageSchema>;

/**
 * What was used, as an activity reports it: by the attempt that answers, under a marker of its own, and by attempts before
 * it that could not answer (killed, failed, cancelled). What has the same marker is counted once, however often it is reported.
 */
export const reportedUsage = {
  usageMarker: z.string().optional(),
  usedBefore: z.array(z.strictObject({ marker: z.string(), usage: usageSchema })).default([]),
};
const reportedUsageSchema = z.object({ usage: usageSchema.optional(), ...reportedUsage });
export type ReportedUsage = z.input<typeof reportedUsageSchema>;
