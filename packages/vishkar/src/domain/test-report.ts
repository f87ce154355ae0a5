/** What a run of a project's own commands and tests showed: exit codes and parsed reports, never a claim. */
import { z } from 'zod';
import { artifactRefSchema } from './artifact.js';

/** One command that was run (build, lint, smoke, a CI check). */
export const commandResultSchema = z.strictObject({
  name: z.string().min(1),
  command: z.string().min(1),
  /** -1 when it was killed by a signal or a time-out. */
  exitCode: z.number().int(),
  durationMs: z.number().nonnegative(),
  timedOut: z.boolean(),
  log: artifactRefSchema.optional(),
});

export type CommandResult = z.infer<typeof commandResultSchema>;

export const testReportSchema = z.strictObject({
  /** `vitest`, `go test`, `maven`, ...: a name of `RUNNER_NAMES`. */
  runner: z.string().min(1),
  command: z.string().min(1),
  exitCode: z.number().int(),
  durationMs: z.number().nonnegative(),
  timedOut: z.boolean(),
  passed: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
  /** Names and messages of at most 50 failed tests; all of them are in the JUnit artifact. */
  failures: z.array(z.strictObject({ name: z.string(), file: z.string(), message: z.string() })),
  /** Tests that failed and passed when the suite ran again, with what the failure said. They count as passed. */
  flaky: z.array(z.strictObject({ name: z.string(), file: z.string(), message: z.string() })).optional(),
  coverage: z
    .strictObject({
      totalPercent: z.number().min(0).max(100),
      /** Coverage of the lines that the story's diff adds or changes; undefined when it changes no coverable line. */
      changedPercent: z.number().min(0).max(100).optional(),
      changedLines: z.number().int().nonnegative(),
    })
    .optional(),
  artifacts: z.array(artifactRefSchema),
});

export type TestReport = z.infer<typeof testReportSchema>;
