/** One long poll that waits at a task queue: answered once, with a task or with nothing. */
import type { PollerInfo } from '../history/ports.js';

export class Poller<Handout> {
  readonly info: PollerInfo;
  #resolve: ((handout: Handout | undefined) => void) | undefined;
  readonly answer: Promise<Handout | undefined>;

  constructor(info: PollerInfo) {
    this.info = info;
    this.answer = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get isWaiting(): boolean {
    return this.#resolve !== undefined;
  }

  settle(handout: Handout | undefined): void {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(handout);
  }
}
