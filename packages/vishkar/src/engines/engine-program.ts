/**
 * Finds an engine's program on this host: the one that a person names, the pinned one from npm, one on PATH.
 * Rule guarded here: a program that is not there, or does not run, is told with the one command that mends it.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { VishkarError } from '../errors.js';
import { childEnvironment } from '../processes/environment.js';
import { writeHomeFiles } from './home-files.js';
import type { HomeFile } from './home-files.js';
import type { ModelSettings } from './model-settings.js';

export interface EngineProgram {
  /** Variable that names the program's full path. */
  readonly variable: string;
  /** Where npm puts it; undefined for an engine that is not from npm. */
  readonly npm?: {
    /** Packages with the program, best first; `{platform}` and `{arch}` are Node's names of them. */
    readonly packages: readonly string[];
    /** The program inside the package. */
    readonly file: string;
    /** Folder of this repository where it is installed by itself; undefined when it is not pinned here. */
    readonly folder?: string;
  };
  /** Name to look for on PATH. */
  readonly command: string;
  /** The one command that installs it. */
  readonly install: string;
  readonly versionArgs: readonly string[];
  /** Arguments with which it ends well if, beside itself, what it works with is there; and what that is. */
  readonly trial?: { readonly args: readonly string[]; readonly what: string };
  /** Oldest Node that its program runs on, when that is newer than ours. */
  readonly minimumNode?: number;
}

/** An engine that is a program on this host. */
export interface InstallableEngine {
  /** Name in configuration and evidence. */
  readonly name: string;
  /** For people: who it is. */
  readonly title: string;
  readonly program: EngineProgram;
  /** Variables for a run, beside the allow-list. `home` is the story's private folder of this engine. */
  readonly environment?: (settings: ModelSettings, home: string) => Readonly<Record<string, string>>;
  /** Settings files, written anew before each run: the address of a model may have changed since. */
  readonly files?: (settings: ModelSettings) => readonly HomeFile[];
}

export interface FoundProgram {
  /** Full path of the program. */
  readonly path: string;
  /** How it is started: by itself, or by the Node that runs us. */
  readonly argv: readonly string[];
}

/** Top folder of the repository that this file is built in (packages/vishkar/dist/engines). */
const CHECKOUT = fileURLToPath(new URL('../../../../', import.meta.url));
const LIMIT_MS = 30_000;

/** Throws VishkarError `ENGINE_NOT_INSTALLED`. */
export function findEngineProgram({ title, program }: InstallableEngine, environment: NodeJS.ProcessEnv): FoundProgram {
  const { variable, command, install } = program;
  const hint = (first: string) => `${first}, or name a program of ${title} in the variable ${variable}.`;
  const named = environment[variable];
  if (named !== undefined && named !== '') {
    if (isFile(named, constants.X_OK)) return startable(named, program);
    throw new VishkarError('ENGINE_NOT_INSTALLED', `${variable} names ${named}, which can't be run.`, {
      hint: hint(`Mend or unset ${variable}`),
    });
  }
  // npm makes a program executable when it installs it for us; inside a package it need not be.
  const installed = npmPlaces(program).find((path) => isFile(path, isScript(path) ? constants.R_OK : constants.X_OK));
  if (installed !== undefined) return startable(installed, program);
  const onPath = (environment['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => (folder === '' ? [] : join(folder, command)))
    .find((path) => isFile(path, constants.X_OK));
  if (onPath !== undefined) return startable(onPath, program);
  throw new VishkarError('ENGINE_NOT_INSTALLED', `${title} is not installed here.`, { hint: hint(`Run "${install}"`) });
}

/**
 * What the program says its version is: the first thing in its answer that looks like one. It runs with a home that is
 * thrown away, and with no token of ours. Throws VishkarError `ENGINE_NOT_WORKING`.
 */
export async function readEngineVersion(
  profile: InstallableEngine,
  found: FoundProgram,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const { versionArgs, minimumNode } = profile.program;
  const node = minimumNode === undefined ? '' : ` It needs Node ${String(minimumNode)} or newer.`;
  const told = await runOnce(profile, found, versionArgs, environment).catch((error: unknown) => {
    throw notWorking(
      profile,
      `${profile.title} at ${found.path} does not tell its version: ${why(error)}.${node}`,
      error,
    );
  });
  return /\d+\.\d+[^\s)]*/.exec(told)?.[0] ?? 'unknown';
}

/** Lets the program try what it works with beside itself. Throws VishkarError `ENGINE_NOT_WORKING`. */
export async function tryEngine(
  profile: InstallableEngine,
  found: FoundProgram,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const { trial } = profile.program;
  if (trial === undefined) return;
  await runOnce(profile, found, trial.args, environment).catch((error: unknown) => {
    throw notWorking(profile, `${profile.title} runs, but not ${trial.what}: ${why(error)}.`, error);
  });
}

async function runOnce(
  profile: InstallableEngine,
  { path, argv }: FoundProgram,
  more: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const [file = path, ...args] = [...argv, ...more];
  const home = await mkdtemp(join(tmpdir(), 'vishkar-engine-'));
  try {
    const nobody = { provider: 'openai', model: 'none' };
    await writeHomeFiles(home, profile.files?.(nobody) ?? []);
    const env = childEnvironment({ from: environment, home, set: profile.environment?.(nobody, home) ?? {} });
    const { stdout } = await promisify(execFile)(file, args, { timeout: LIMIT_MS, env });
    return stdout;
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

function why(error: unknown): string {
  const said = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? '';
  if (said !== '') return said.replace(/\.$/, '');
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

function notWorking({ title, program }: InstallableEngine, message: string, cause: unknown): VishkarError {
  return new VishkarError('ENGINE_NOT_WORKING', message, {
    hint: `Install it again ("${program.install}"), or name another program of ${title} in the variable ${program.variable}.`,
    cause,
  });
}

/** Programs that are scripts run on our own Node, so that none on PATH is needed; unless ours is too old for them. */
function startable(path: string, { minimumNode = 0 }: EngineProgram): FoundProgram {
  const real = realpathSync(path);
  const ours = Number(process.versions.node.split('.')[0]);
  return { path, argv: isScript(real) && ours >= minimumNode ? [process.execPath, real] : [path] };
}

function npmPlaces({ npm }: EngineProgram): readonly string[] {
  if (npm === undefined) return [];
  const { packages, file, folder } = npm;
  return packages
    .map((name) => name.replace('{platform}', process.platform).replace('{arch}', process.arch))
    .flatMap((name) => [
      ...(folder === undefined ? [] : [join(CHECKOUT, folder, 'node_modules', name, file)]),
      ...ownDependency(name, file),
    ]);
}

function ownDependency(npmPackage: string, file: string): readonly string[] {
  try {
    return [join(dirname(createRequire(import.meta.url).resolve(`${npmPackage}/package.json`)), file)];
  } catch {
    // Not among our own dependencies, which is the usual case.
    return [];
  }
}

function isScript(path: string): boolean {
  return /\.[cm]?js$/.test(path);
}

function isFile(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
