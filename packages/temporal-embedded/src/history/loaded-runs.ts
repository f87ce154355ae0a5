/**
 * The runs that are in memory, least recently used first. The rule it guards: a run that holds something the store does
 * not have (see `RunContext.isPinned`) stays, whatever the size.
 */
import type { RunKey } from '../persistence/store.js';
import type { RunContext } from './run-context.js';

/** Loaded runs that are kept although nothing is going on with them. */
const KEPT_RUNS = 1024;

export class LoadedRuns {
  readonly #runs = new Map<RunKey, RunContext>();

  /** The run, now the most recently used one. */
  use(runKey: RunKey): RunContext | undefined {
    const context = this.#runs.get(runKey);
    if (!context) return undefined;
    this.#runs.delete(runKey);
    this.#runs.set(runKey, context);
    return context;
  }

  /** Keeps a run, and lets go of those that were not used for longest. */
  remember(context: RunContext): void {
    this.#runs.set(context.state.runKey, context);
    if (this.#runs.size <= KEPT_RUNS) return;
    for (const [runKey, candidate] of this.#runs) {
      if (this.#runs.size <= KEPT_RUNS) break;
      if (!candidate.isPinned) this.#runs.delete(runKey);
    }
  }

  delete(runKey: RunKey): void {
    this.#runs.delete(runKey);
  }

  /** Forgets all of them, and gives them back for a farewell. */
  takeAll(): RunContext[] {
    const runs = [...this.#runs.values()];
    this.#runs.clear();
    return runs;
  }
}
