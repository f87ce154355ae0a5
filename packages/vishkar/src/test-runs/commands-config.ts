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

export const RUNNER_NAMES = [
  ...(['vitest', 'jest', 'mocha', 'node:test', 'pytest'] as const),
  ...(['go test', 'cargo test', 'maven', 'gradle', 'dotnet test', 'command'] as const),
] as const;
export type RunnerName = (typeof RUNNER_NAMES)[number];

/** Reports that a configured command may write, under the name of the field that holds their path. */
export const REPORTS_OF_COMMANDS = ['junit', 'tap', 'trx'] as const;
export const COVERAGE_OF_COMMANDS = ['lcov', 'cobertura', 'jacoco', 'goCover'] as const;

const path = z.string().min(1).optional();

function reportPaths<const N extends string>(names: readonly N[]): Record<N, typeof path> {
  return Object.fromEntries(names.map((name) => [name, path])) as Record<N, typeof path>;
}

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
  z
    .strictObject({
      argv: argvSchema,
      ...reportPaths(REPORTS_OF_COMMANDS),
      ...reportPaths(COVERAGE_OF_COMMANDS),
      timeoutMs: z.number().int().positive().optional(),
    })
    .refine((config) => REPORTS_OF_COMMANDS.filter((format) => config[format] !== undefined).length === 1, {
      message: `a test command needs the path of exactly one report: ${REPORTS_OF_COMMANDS.join(', ')}`,
    })
    .refine((config) => COVERAGE_OF_COMMANDS.filter((format) => config[format] !== undefined).length <= 1, {
      message: `a test command has one coverage report at most: ${COVERAGE_OF_COMMANDS.join(', ')}`,
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
