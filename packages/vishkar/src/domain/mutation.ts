/** What became of small faults put into the changed lines: an optional part of step 11's gate. */
import { z } from 'zod';
import type { GateVerdict } from './gate.js';

export const mutationRuleSchema = z.strictObject({
  /** Share of the tried faults that tests must notice, 0-100. */
  minimumScorePercent: z.number().min(0).max(100).default(80),
  /** At most so many are tried; one per changed line first. */
  maximumMutants: z.number().int().min(1).max(1_000).default(40),
  /** No new one is begun after this. */
  maximumMs: z
    .number()
    .int()
    .positive()
    .default(20 * 60_000),
});
export type MutationRule = z.infer<typeof mutationRuleSchema>;

export const mutationResultSchema = z.strictObject({
  killed: z.number().int().nonnegative(),
  /** Faults that no test notices. */
  survivors: z.array(
    z.strictObject({
      file: z.string(),
      line: z.number().int(),
      kind: z.string(),
      before: z.string(),
      after: z.string(),
    }),
  ),
  /** Faults that were no program: they count nowhere. */
  invalid: z.number().int().nonnegative(),
  /** Left out by the limits. */
  notTried: z.number().int().nonnegative(),
  /** Changed source files in languages that no faults are known for. */
  otherLanguages: z.array(z.string()),
  /** Why nothing could be tried. */
  problem: z.string().optional(),
});
export type MutationResult = z.infer<typeof mutationResultSchema>;

/** Share that was noticed, 0-100; undefined when nothing was tried. */
export function mutationScore({ killed, survivors }: MutationResult): number | undefined {
  const tried = killed + survivors.length;
  return tried === 0 ? undefined : (100 * killed) / tried;
}

/** Fails closed: limits that let nothing be tried where there was something are no pass. */
export function mutationGate(result: MutationResult, rule: MutationRule): GateVerdict {
  const score = mutationScore(result);
  const reasons: string[] = [];
  if (result.problem !== undefined) reasons.push(result.problem);
  else if (score === undefined && result.notTried > 0) reasons.push('no fault could be tried within the limits');
  else if (score !== undefined && score < rule.minimumScorePercent)
    reasons.push(
      `tests notice ${score.toFixed(0)} % of the faults put into the change, below ${String(rule.minimumScorePercent)} %`,
      ...result.survivors.map(
        ({ file, line, before, after }) =>
          `${file}:${String(line)}: no test notices "${after || '(nothing)'}" in place of "${before}"`,
      ),
    );
  return { passed: reasons.length === 0, reasons };
}
