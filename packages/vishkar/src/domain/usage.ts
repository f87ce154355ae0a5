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
