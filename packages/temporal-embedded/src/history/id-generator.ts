/**
 * The port to randomness: run ids, request ids and message ids. Transitions take it as input,
 * so that a test can replay one with the same ids.
 */
import { randomUUID } from 'node:crypto';

export interface IdGenerator {
  /** A UUID in its canonical text form. */
  uuid(): string;
}

/** Ids from the operating system's random source. */
export const randomIds: IdGenerator = { uuid: () => randomUUID() };
