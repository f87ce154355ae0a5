/** Which of the known engines are on this host, whether they run, and the one command that mends what does not. */
import { VishkarError } from '../errors.js';
import { acpProfiles } from './acp/acp-profiles.js';
import { aiderProgram } from './aider/aider-program.js';
import type { AcpEngineName } from './engine-config.js';
import { findEngineProgram, readEngineVersion, tryEngine } from './engine-program.js';
import type { InstallableEngine } from './engine-program.js';

/** Engines that are programs and known by name. */
export type InstallableEngineName = AcpEngineName | 'aider';
const engines: Readonly<Record<InstallableEngineName, InstallableEngine>> = { ...acpProfiles, aider: aiderProgram };

export interface SurveyedEngine {
  readonly name: InstallableEngineName;
  /** For people. */
  readonly title: string;
  /** `installed`: there, and not tried. */
  readonly status: 'installed' | 'works' | 'missing' | 'broken';
  readonly path?: string;
  readonly version?: string;
  /** What is wrong, in a sentence; empty when nothing is. */
  readonly problem: string;
  /** What to do about it; empty when there is nothing to do. */
  readonly hint: string;
  /** The one command that installs it. */
  readonly install: string;
}

export const ENGINE_NAMES = Object.keys(engines) as readonly InstallableEngineName[];

/** Looks for one engine; with `run`, starts its program for its version. */
export async function surveyEngine(
  name: InstallableEngineName,
  environment: NodeJS.ProcessEnv,
  { run }: { readonly run: boolean },
): Promise<SurveyedEngine> {
  const known = engines[name];
  const engine = { name, title: known.title, install: known.program.install, problem: '', hint: '' };
  let path: string | undefined;
  try {
    const program = findEngineProgram(known, environment);
    ({ path } = program);
    if (!run) return { ...engine, status: 'installed', path };
    const version = await readEngineVersion(known, program, environment);
    await tryEngine(known, program, environment);
    return { ...engine, status: 'works', path, version };
  } catch (error) {
    if (!(error instanceof VishkarError)) throw error;
    const wrong = { ...engine, problem: error.message, hint: error.hint };
    return path === undefined ? { ...wrong, status: 'missing' } : { ...wrong, status: 'broken', path };
  }
}
