/**
 * What it cost that an attempt at an engine's turn was cut off, as measured from the record that it left: part of the evidence
 * of the step. Guards the claim of how little is done again: it is a number, not a promise.
 */
import { z } from 'zod';

export const interruptionSchema = z.strictObject({
  /** Which attempt at the turn was cut off, from 1; attempts after a person's "retry" are counted on. */
  attempt: z.number().int().positive(),
  /**
   * `worker_gone`: it left no word (SIGKILL, power). `not_committed`: the engine had ended, and its work was not in a commit yet.
   * Else how its turn ended: `engine_error` (also of an engine that was killed), `timeout`, `cancelled`.
   */
  cause: z.enum(['worker_gone', 'not_committed', 'engine_error', 'timeout', 'cancelled']),
  /** Its last sign of life; ISO 8601. */
  at: z.string(),
  /** What went on: the engine's own session, a fresh one that was told what is there, or its commit, which was adopted whole. */
  continuedBy: z.enum(['session', 'fresh_session', 'commit']),
  /** From its beginning to its last sign of life. */
  workedMs: z.number().int().nonnegative(),
  /**
   * What of that was lost or done again: the time from its last finished step to its last sign of life, and the time of finished
   * steps that were made again with the same input. Of an engine that tells of no steps, all of it.
   */
  lostMs: z.number().int().nonnegative(),
  /** Tool calls that it had finished. */
  finishedSteps: z.number().int().nonnegative(),
  /** Those of them that a later attempt made again with the same input; also when that was on purpose, as tests are run twice. */
  repeatedSteps: z.number().int().nonnegative(),
  /** How often the progress of a turn reaches the service, when the attempt was made. */
  heartbeatIntervalMs: z.number().int().positive(),
});
export type Interruption = z.infer<typeof interruptionSchema>;

const CAUSES: Readonly<Record<Interruption['cause'], string>> = {
  worker_gone: 'its worker was gone',
  not_committed: 'its engine had ended, and nothing was committed yet',
  engine_error: 'its engine failed or was killed',
  timeout: 'its engine took too long',
  cancelled: 'it was stopped',
};
const CONTINUED: Readonly<Record<Interruption['continuedBy'], string>> = {
  session: "the engine's session was loaded again",
  fresh_session: 'a fresh session was told what is there',
  commit: 'its commit was adopted',
};

/** One sentence for people. */
export function tellInterruption(interruption: Interruption): string {
  const { attempt, cause, continuedBy, workedMs, lostMs, finishedSteps, repeatedSteps } = interruption;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  return (
    `attempt ${String(attempt)} was cut off after ${seconds(workedMs)} (${CAUSES[cause]}); ${CONTINUED[continuedBy]}: ` +
    `${seconds(lostMs)} of its work lost, ${String(repeatedSteps)} of ${String(finishedSteps)} finished steps made again`
  );
}
