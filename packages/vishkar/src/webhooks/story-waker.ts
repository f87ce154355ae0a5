/**
 * Between changes outside and the stories that wait for them. Changes come in bursts (one push, a dozen messages), and each wake is kept in a
 * story's history for good: so they are gathered for a moment, and a story is woken at most so often. What is lost when this process ends
 * is found by the story's own looks.
 */
import { concerns } from '../domain/outside-change.js';
import type { OutsideChange, StoryPlace } from '../domain/outside-change.js';

export interface StoryWakerOptions {
  /** The stories that run. */
  readonly places: () => Promise<readonly StoryPlace[]>;
  readonly wake: (key: string, what: string) => Promise<unknown>;
  readonly onProblem: (problem: unknown) => void;
  /** How long changes are gathered; a source host shows what it has announced only after a moment, too. Default 2 s. */
  readonly gatherMs?: number;
  /** The shortest time between two wakes of a story. Default 15 s. */
  readonly spacingMs?: number;
}

export class StoryWaker {
  readonly #options: StoryWakerOptions;
  #gathered: OutsideChange[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  /** By key; when it was woken last. */
  readonly #wokenAt = new Map<string, number>();

  constructor(options: StoryWakerOptions) {
    this.#options = options;
  }

  add(change: OutsideChange): void {
    this.#gathered.push(change);
    this.#flushIn(this.#options.gatherMs ?? 2_000);
  }

  /** What is gathered by now is dropped: stories look by themselves, too. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#gathered = [];
    await this.#flushing;
    clearTimeout(this.#timer);
  }

  #flushIn(ms: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flushing = this.#flushing.then(() => this.#flush()).catch(this.#options.onProblem);
    }, ms);
  }

  async #flush(): Promise<void> {
    const changes = this.#gathered;
    this.#gathered = [];
    const { spacingMs = 15_000, places, wake, onProblem } = this.#options;
    const running = await places();
    for (const key of this.#wokenAt.keys()) if (!running.some((place) => place.key === key)) this.#wokenAt.delete(key);
    let againInMs = Infinity;
    for (const place of running) {
      const ofPlace = changes.filter((change) => concerns(change, place));
      if (ofPlace.length === 0) continue;
      const waitMs = (this.#wokenAt.get(place.key) ?? -Infinity) + spacingMs - performance.now();
      if (waitMs > 0) {
        this.#gathered.push(...ofPlace);
        againInMs = Math.min(againInMs, waitMs);
        continue;
      }
      this.#wokenAt.set(place.key, performance.now());
      // One that has ended meanwhile keeps no other from being woken.
      await wake(place.key, [...new Set(ofPlace.map(({ what }) => what))].slice(0, 10).join(', ')).catch(onProblem);
    }
    if (this.#gathered.length > 0) this.#flushIn(Math.min(againInMs, spacingMs));
  }
}
