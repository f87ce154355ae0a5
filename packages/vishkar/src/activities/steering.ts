/**
 * What people say while an engine works, on its way from the story to the running turn. The story's list of guidance is the
 * one truth: it is looked at by a query, so that a turn in which nobody says anything leaves nothing in the history.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Guidance } from '../domain/guidance.js';
import type { Steering } from '../engines/coding-engine.js';

const LOOK_EVERY_MS = 2_000;

export interface SteeringOptions {
  /** All that people have said to the story so far. */
  readonly look: () => Promise<readonly Guidance[]>;
  /** What the turn's prompt holds already. */
  readonly known: readonly Guidance[];
  /** Default 2,000. */
  readonly everyMs?: number;
}

/** Each message is handed out once. A look that fails is made again: the service or its worker may be away for a while. */
export class StorySteering implements Steering {
  readonly #options: SteeringOptions;
  readonly #seen: Set<string>;
  readonly #handedOut: Guidance[] = [];

  constructor(options: SteeringOptions) {
    this.#options = options;
    this.#seen = new Set(options.known.map(identity));
  }

  /** In the order in which they were handed to the engine. */
  get handedOut(): readonly Guidance[] {
    return this.#handedOut;
  }

  async next(signal: AbortSignal): Promise<readonly Guidance[]> {
    for (;;) {
      await pause(this.#options.everyMs ?? LOOK_EVERY_MS, undefined, { signal });
      const all = await this.#options.look().catch(() => []);
      signal.throwIfAborted();
      const fresh = all.filter((each) => !this.#seen.has(identity(each)));
      for (const each of fresh) this.#seen.add(identity(each));
      this.#handedOut.push(...fresh);
      if (fresh.length > 0) return fresh;
    }
  }
}

function identity({ at, by, text }: Guidance): string {
  return JSON.stringify([at, by, text]);
}
