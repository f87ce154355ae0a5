/**
 * How an engine's calls to its model went, seen from outside. Engines hide outages: some end their turn as if nothing
 * had happened, some try again for minutes without a word.
 */
import type { ModelCall } from '../model-access.js';

export interface ProviderFailure {
  readonly status: number;
  /** Calls in a row that failed, up to the last one. */
  readonly times: number;
}

export class ModelCallRecord {
  #succeeded = 0;
  #failure: ProviderFailure | undefined;
  #isOver = false;

  /** What is called from now on (a title for the session, say) tells nothing of the turn. */
  endTurn(): void {
    this.#isOver = true;
  }

  /** Whether the call is a sign of life: one that failed is not, however often it is made. */
  add({ usesModel, status }: ModelCall): boolean {
    if (!usesModel || this.#isOver) return isAnswer(status);
    if (isAnswer(status)) {
      this.#succeeded += 1;
      this.#failure = undefined;
    } else if (isProviderFailure(status)) {
      this.#failure = { status, times: (this.#failure?.times ?? 0) + 1 };
    }
    return isAnswer(status);
  }

  /** Calls that were answered. */
  get succeeded(): number {
    return this.#succeeded;
  }

  /** Undefined when the last call was answered. */
  get failure(): ProviderFailure | undefined {
    return this.#failure;
  }
}

function isAnswer(status: number): boolean {
  return status < 400;
}

/** An outage or a refused key. Other refusals are of one call, and an engine may well do without it. */
function isProviderFailure(status: number): boolean {
  return status >= 500 || status === 401 || status === 403 || status === 429;
}
