/**
 * What people say while an engine works, on its way from the story to the running turn. The story's list of guidance is the
 * one truth: it is looked at by a query, so that a turn in which nobody says anything leaves nothing in the history. What a session
 * has heard stands in the records of its attempts, so that one that is loaded again is not told twice.
 */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Guidance } from '../domain/guidance.js';
import type { Steered, Steering } from '../engines/coding-engine.js';
import type { AttemptLine, AttemptRecord } from './attempt-record.js';

const LOOK_EVERY_MS = 2_000;

/** Digests of messages: a record holds no text of theirs. */
export interface Told {
  /** The session has heard them. */
  readonly heard: ReadonlySet<string>;
  /** An attempt was cut off while it told them. */
  readonly maybe: ReadonlySet<string>;
}

export interface SteeringOptions {
  /** All that people have said to the story so far. */
  readonly look: () => Promise<readonly Guidance[]>;
  /** What the turn's prompt holds already. */
  readonly known: readonly Guidance[];
  /** In the session that may be loaded; see {@link toldIn}. Default: nothing. */
  readonly told?: Told;
  /** Keeps what is handed on for the attempt after this one. */
  readonly record?: Pick<AttemptRecord, 'add'> | undefined;
  /** Default 2,000. */
  readonly everyMs?: number;
}

/** Each message is handed out once. A look that fails is made again: the service or its worker may be away for a while. */
export class StorySteering implements Steering {
  readonly #options: SteeringOptions;
  readonly #seen: Set<string>;
  readonly #reached: Guidance[] = [];
  #last: readonly Guidance[] = [];

  constructor(options: SteeringOptions) {
    this.#options = options;
    this.#seen = new Set(options.known.map(identity));
  }

  /** In the order in which they reached the engine, those that its loaded session had heard among them. */
  get reached(): readonly Guidance[] {
    return this.#reached;
  }

  async next(signal: AbortSignal, resumed: boolean): Promise<Steered> {
    const { look, everyMs = LOOK_EVERY_MS, told } = this.#options;
    for (;;) {
      await pause(everyMs, undefined, { signal });
      const all = await look().catch(() => []);
      signal.throwIfAborted();
      const fresh = all.filter((each) => !this.#seen.has(identity(each)));
      for (const each of fresh) this.#seen.add(identity(each));
      this.#reached.push(...fresh);
      const isHeard = (each: Guidance) => resumed && told?.heard.has(identity(each)) === true;
      const messages = fresh.filter((each) => !isHeard(each));
      if (messages.length === 0) continue;
      this.#last = messages;
      const maybeAgain = resumed && messages.some((each) => told?.maybe.has(identity(each)));
      return { messages, maybeAgain };
    }
  }

  async handingOn(): Promise<void> {
    await this.#options.record?.add({ type: 'handing-on', messages: this.#last.map(identity) });
  }

  async handedOn(): Promise<void> {
    await this.#options.record?.add({ type: 'handed-on', messages: this.#last.map(identity) });
  }
}

/** What the session of the last of these attempts was told: a fresh session has heard nothing of those before it. */
export function toldIn(attempts: readonly (readonly AttemptLine[])[]): Told {
  const isFresh = (lines: readonly AttemptLine[]) => lines.some((line) => line.type === 'session' && !line.resumed);
  const lines = attempts.slice(Math.max(attempts.findLastIndex(isFresh), 0)).flat();
  const named = (type: 'handing-on' | 'handed-on') =>
    new Set(lines.flatMap((line) => (line.type === type ? line.messages : [])));
  const heard = named('handed-on');
  return { heard, maybe: new Set([...named('handing-on')].filter((each) => !heard.has(each))) };
}

function identity({ at, by, text }: Guidance): string {
  return createHash('sha256')
    .update(JSON.stringify([at, by, text]))
    .digest('hex');
}
