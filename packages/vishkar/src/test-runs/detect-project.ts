/**
 * Finds out how a project is built, checked and tested, from its own files; configuration wins where it says something.
 * Guards the rule that nothing is guessed: a command that the project does not have is absent, and shown as absent.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandConfig, CommandsConfig } from './commands-config.js';
import { findNativeProjects } from './native-project.js';
import type { NativeProject } from './native-project.js';
import { installArgv, readNodeProject } from './node-project.js';
import type { NodeProject } from './node-project.js';
import type { ProjectCommand } from './project-commands.js';
import { cargoTestRunner } from './runners/cargo-test-runner.js';
import { commandRunner } from './runners/command-runner.js';
import { dotnetRunner } from './runners/dotnet-runner.js';
import { goTestRunner } from './runners/go-test-runner.js';
import { gradleRunner } from './runners/gradle-runner.js';
import { jestRunner } from './runners/jest-runner.js';
import { mavenRunner } from './runners/maven-runner.js';
import { mochaRunner } from './runners/mocha-runner.js';
import { nodeTestRunner } from './runners/node-test-runner.js';
import { pytestRunner } from './runners/pytest-runner.js';
import { runnerNotFound } from './runners/runner-not-found.js';
import type { TestRunner } from './runners/test-runner.js';
import { vitestRunner } from './runners/vitest-runner.js';
import { parseTestScript } from './test-script.js';
import type { TestScript } from './test-script.js';

const COMMAND_NAMES = ['install', 'build', 'lint', 'smoke'] as const;
type CommandName = (typeof COMMAND_NAMES)[number];

const MINUTE_MS = 60_000;
const TIMEOUTS_MS: Readonly<Record<CommandName | 'test', number>> = {
  install: 15 * MINUTE_MS,
  build: 10 * MINUTE_MS,
  lint: 10 * MINUTE_MS,
  smoke: 5 * MINUTE_MS,
  test: 15 * MINUTE_MS,
};

/** How long a server that has only a `start` script must stay up to count as started. */
const STAYS_UP_FOR_MS = 5_000;

/** Commands of the project in the order in which they make sense; those it lacks are absent. */
export async function detectCommands(worktree: string, config: CommandsConfig): Promise<readonly ProjectCommand[]> {
  const node = await readNodeProject(worktree);
  const [native] = await findNativeProjects(worktree);
  return COMMAND_NAMES.flatMap((name) => {
    const configured = fromConfig(name, config[name]);
    if (configured !== undefined) return configured;
    const found =
      (node === undefined ? undefined : fromScripts(name, node)) ??
      (native === undefined ? undefined : fromTool(name, native));
    return found === undefined ? [] : [found];
  });
}

function fromTool(name: CommandName, native: NativeProject): ProjectCommand | undefined {
  const argv = name === 'build' ? native.build : name === 'lint' ? native.lint : undefined;
  return argv && { name, argv, timeoutMs: TIMEOUTS_MS[name] };
}

/** Undefined: nothing is configured; an empty list: configured to be absent. */
function fromConfig(name: CommandName, config: CommandConfig | undefined): readonly ProjectCommand[] | undefined {
  if (config === undefined) return undefined;
  if (config === false) return [];
  const { argv, timeoutMs } = 'argv' in config ? config : { argv: config, timeoutMs: undefined };
  return [{ name, argv, timeoutMs: timeoutMs ?? TIMEOUTS_MS[name] }];
}

const SCRIPTS: Readonly<Record<Exclude<CommandName, 'install'>, readonly string[]>> = {
  build: ['build'],
  lint: ['lint'],
  smoke: ['smoke', 'smoke-test', 'smoke:test', 'test:smoke', 'start'],
};

function fromScripts(name: CommandName, project: NodeProject): ProjectCommand | undefined {
  const timeoutMs = TIMEOUTS_MS[name];
  if (name === 'install') {
    const argv = installArgv(project);
    return argv && { name, argv, timeoutMs };
  }
  const script = SCRIPTS[name].find((each) => Object.hasOwn(project.scripts, each));
  if (script === undefined) return undefined;
  const argv = [project.packageManager, 'run', script];
  return { name, argv, timeoutMs, ...(script === 'start' && { staysUpForMs: STAYS_UP_FOR_MS }) };
}

export interface DetectedTests {
  readonly runner: TestRunner;
  readonly script?: TestScript;
  readonly args?: readonly string[];
  readonly timeoutMs: number;
  /** Suites that the worktree has besides, and that do not run. */
  readonly notes: readonly string[];
}

const RUNNERS = {
  vitest: vitestRunner,
  jest: jestRunner,
  mocha: mochaRunner,
  'node:test': nodeTestRunner,
  pytest: pytestRunner,
  'go test': goTestRunner,
  'cargo test': cargoTestRunner,
  maven: mavenRunner,
  gradle: gradleRunner,
  'dotnet test': dotnetRunner,
} as const;

/** The runner of the project's suite. Throws VishkarError `TEST_RUNNER_NOT_FOUND`. */
export async function detectTests(worktree: string, config: CommandsConfig): Promise<DetectedTests> {
  const timeoutMs = config.test?.timeoutMs ?? TIMEOUTS_MS.test;
  if (config.test !== undefined)
    return 'argv' in config.test
      ? { runner: commandRunner(config.test), timeoutMs, notes: [] }
      : { runner: RUNNERS[config.test.runner], args: config.test.args, timeoutMs, notes: [] };
  const node = await readNodeProject(worktree);
  const [found, ...others] = [
    ...[(node && testsOfNode(node)) ?? []].flat(),
    ...((await hasPytest(worktree)) ? [{ runner: pytestRunner }] : []),
    ...(await findNativeProjects(worktree)).map(({ runner }) => ({ runner })),
  ];
  if (found !== undefined) return { ...found, timeoutMs, notes: others.map(({ runner }) => left(runner)) };
  const script = node?.scripts['test'];
  throw runnerNotFound(
    script === undefined
      ? `No tests were found in ${worktree}: no test script, and no manifest or tests of a runner that Vishkar knows.`
      : `The test script of ${worktree} (${script}) ends in no runner that Vishkar knows.`,
  );
}

function left({ name }: TestRunner): string {
  return `The project has tests of ${name}, too, which did not run: name a command that runs all in commands.test.`;
}

/** The test script decides; where it calls something unknown, the runner that the project depends on. */
function testsOfNode(project: NodeProject): Pick<DetectedTests, 'runner' | 'script'> | undefined {
  const script = parseTestScript(project.scripts);
  if (script !== undefined) return { runner: RUNNERS[script.runner], script };
  const name = (['vitest', 'jest', 'mocha'] as const).find((each) => project.dependsOn.has(each));
  return name && { runner: RUNNERS[name] };
}

async function hasPytest(worktree: string): Promise<boolean> {
  if (existsSync(join(worktree, 'pytest.ini'))) return true;
  const settings: readonly (readonly [string, RegExp])[] = [
    ['pyproject.toml', /^\s*\[tool\.pytest\b|["']pytest\b/m],
    ['setup.cfg', /^\s*\[tool:pytest\]/m],
    ['tox.ini', /^\s*\[pytest\]/m],
  ];
  for (const [name, says] of settings)
    if (says.test(await readFile(join(worktree, name), 'utf8').catch(() => ''))) return true;
  const names = await Promise.all(
    ['tests', 'test', '.'].map((folder) => readdir(join(worktree, folder)).catch(() => [])),
  );
  return names.flat().some((name) => /^test_.*\.py$|_test\.py$/.test(name));
}
