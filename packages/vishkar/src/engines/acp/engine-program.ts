/**
 * Finds an engine's program on this host: the one that a person names, the pinned one from npm, one on PATH.
 * Rule guarded here: a program that is not there is told with the one command that mends it.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { VishkarError } from '../../errors.js';
import type { AcpProfile } from './acp-profile.js';

/** Top folder of the repository that this file is built in (packages/vishkar/dist/engines/acp). */
const CHECKOUT = fileURLToPath(new URL('../../../../../', import.meta.url));
const VERSION_TIMEOUT_MS = 30_000;

/** Full path of the program. Throws VishkarError `ENGINE_NOT_INSTALLED`. */
export function findEngineProgram(profile: AcpProfile, environment: NodeJS.ProcessEnv): string {
  const { variable, binary, installFolder, command, install } = profile.program;
  const named = environment[variable];
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named;
    throw notInstalled(profile, `${variable} names ${named}, which can't be run.`, `Mend or unset ${variable}`);
  }
  const npmPackage = profile.program.npmPackage.replace('{platform}', process.platform).replace('{arch}', process.arch);
  const places = [
    join(CHECKOUT, installFolder, 'node_modules', npmPackage, binary),
    ...installedPackage(npmPackage, binary),
    ...(environment['PATH'] ?? '').split(delimiter).flatMap((folder) => (folder === '' ? [] : join(folder, command))),
  ];
  const found = places.find(isProgram);
  if (found === undefined) throw notInstalled(profile, `${profile.name} is not installed here.`, `Run "${install}"`);
  return found;
}

/** What the program says its version is: the first thing in its answer that looks like one. */
export async function readEngineVersion(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, [...args], { timeout: VERSION_TIMEOUT_MS });
  return /\d+\.\d+[^\s)]*/.exec(stdout)?.[0] ?? 'unknown';
}

function notInstalled(profile: AcpProfile, message: string, first: string): VishkarError {
  const hint = `${first}, or name a ${profile.name} program in the variable ${profile.program.variable}.`;
  return new VishkarError('ENGINE_NOT_INSTALLED', message, { hint });
}

function installedPackage(npmPackage: string, binary: string): readonly string[] {
  try {
    return [join(dirname(createRequire(import.meta.url).resolve(`${npmPackage}/package.json`)), binary)];
  } catch {
    // Not among our own dependencies, which is the usual case.
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
