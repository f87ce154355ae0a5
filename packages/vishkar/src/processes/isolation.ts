/**
 * How far an engine's process is kept from what is not its story's: the port that every engine which starts a program goes
 * through. A level that can't be had here is refused, never quietly replaced by a lower one.
 */

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

export interface ProcessIsolation {
  readonly level: IsolationLevel;
  /** What it does not keep the engine from, one clause each. */
  readonly gaps: readonly string[];
  /** Throws VishkarError `ISOLATION_NOT_AVAILABLE` when this host can't do it. */
  check(): Promise<void>;
  /** The argv that runs this one inside. The places exist. Throws VishkarError `ISOLATION_NOT_AVAILABLE`. */
  wrap(argv: readonly string[], places: RunPlaces): Promise<readonly string[]>;
}

/** A folder, a home and an environment of its own, and nothing that stops a program from leaving them. */
export const worktreeIsolation: ProcessIsolation = {
  level: 'worktree',
  gaps: [
    'it can read and change every file that you can, keys among them',
    'it can end your processes and reach your network',
  ],
  check: async () => await Promise.resolve(),
  wrap: async (argv) => await Promise.resolve(argv),
};
