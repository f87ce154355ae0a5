/** How a project overrides, in its configuration, the commands that Vishkar would otherwise detect. */
import { z } from 'zod';

const argvSchema = z.array(z.string().min(1)).min(1);

/** `["make", "lint"]`, `"make lint"` (split at spaces, no shell), `{argv, timeoutMs}`, or `false`: the project has none. */
export const commandConfigSchema = z.union([
  z.literal(false),
  argvSchema,
  z
    .string()
    .trim()
    .min(1)
    .transform((text) => text.split(/\s+/)),
  z.strictObject({ argv: argvSchema, timeoutMs: z.number().int().positive().optional() }),
]);

export type CommandConfig = z.infer<typeof commandConfigSchema>;

export const RUNNER_NAMES = ['vitest', 'jest', 'node:test', 'pytest', 'command'] as const;
export type RunnerName = (typeof RUNNER_NAMES)[number];

/**
 * Either a runner that Vishkar knows, where detection finds another or none, or any command with the reports it writes.
 * Report paths are relative to the worktree; `{outputFolder}` in them and in argv stands for a folder of this run.
 */
export const testConfigSchema = z.union([
  z.strictObject({
    runner: z.enum(RUNNER_NAMES).exclude(['command']),
    /** Arguments for the runner, such as the tests to run. */
    args: z.array(z.string()).default([]),
    timeoutMs: z.number().int().positive().optional(),
  }),
  z.strictObject({
    argv: argvSchema,
    junit: z.string().min(1),
    lcov: z.string().min(1).optional(),
    cobertura: z.string().min(1).optional(),
    timeoutMs: z.number().int().positive().optional(),
  }),
]);

export type TestConfig = z.infer<typeof testConfigSchema>;

export const commandsConfigSchema = z.strictObject({
  install: commandConfigSchema.optional(),
  build: commandConfigSchema.optional(),
  lint: commandConfigSchema.optional(),
  smoke: commandConfigSchema.optional(),
  test: testConfigSchema.optional(),
  /** Python that runs a project's tests. Default: the project's `.venv`, else `python3`. */
  python: z.string().min(1).optional(),
  /** Environment variables of this process that a project's commands get beyond the allow-list. */
  passEnvironment: z.array(z.string().min(1)).optional(),
});

export type CommandsConfig = z.infer<typeof commandsConfigSchema>;
