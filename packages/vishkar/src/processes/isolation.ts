/**
 * How far an engine's process is kept from what is not its story's: the port that every engine which starts a program goes
 * through. A level that can't be had here is refused, never quietly replaced by a lower one.
 */
import type { AskedHost } from './network-gate.js';

export const ISOLATION_LEVELS = ['worktree', 'bubblewrap'] as const;
export type IsolationLevel = (typeof ISOLATION_LEVELS)[number];

/** The folders that a run works in; absolute. */
export interface RunPlaces {
  /** Its working folder: a git worktree. */
  readonly worktree: string;
  /** Private home of the engine. */
  readonly home: string;
  /** For what the run writes beside its work. */
  readonly output: string;
}

/** What of the network a run needs, whatever the level. */
export interface RunNetwork {
  /** Ports of this host's loopback: the meter before its model. */
  readonly ports: readonly number[];
  /** Tells of each host that was asked for, where somebody decides about it. */
  readonly onAsked?: (asked: AskedHost) => void;
}

/** A run's program inside of its isolation. */
export interface IsolatedProgram {
  readonly argv: readonly string[];
  /** Takes away what was made for the run. Called once, when the program is over. */
  release(): Promise<void>;
}

export interface ProcessIsolation {
  readonly level: IsolationLevel;
  /** What it does not keep the engine from, one clause each. */
  readonly gaps: readonly string[];
  /** Throws VishkarError `ISOLATION_NOT_AVAILABLE` when this host can't do it. */
  check(): Promise<void>;
  /** The argv that runs this one inside. The places exist. Throws VishkarError `ISOLATION_NOT_AVAILABLE`. */
  wrap(argv: readonly string[], places: RunPlaces, network: RunNetwork): Promise<IsolatedProgram>;
}

/** A folder, a home and an environment of its own, and nothing that stops a program from leaving them. */
export const worktreeIsolation: ProcessIsolation = {
  level: 'worktree',
  gaps: [
    'it can read and change every file that you can, keys among them',
    'it can end your processes and reach your network',
    'it can tell the Temporal service that you approve its story, and push as you',
  ],
  check: async () => await Promise.resolve(),
  wrap: async (argv) => await Promise.resolve({ argv, release: async () => await Promise.resolve() }),
};

/** Does `run` with a program's argv inside of an isolation, and takes away afterwards what was made for it. */
export async function runIsolated<T>(
  isolation: ProcessIsolation,
  program: { readonly argv: readonly string[]; readonly places: RunPlaces; readonly network: RunNetwork },
  run: (argv: readonly string[]) => Promise<T>,
): Promise<T> {
  const { argv, release } = await isolation.wrap(program.argv, program.places, program.network);
  try {
    return await run(argv);
  } finally {
    await release();
  }
}
