/** Thrown inside the workflow to leave all steps at once with a known outcome; never reaches the service as a failure. */
import type { StoryOutcome } from '../domain/story-input.js';

export class StoryStopped extends Error {
  constructor(
    readonly outcome: Exclude<StoryOutcome, 'merged'>,
    readonly reason: string,
  ) {
    super(reason);
    this.name = 'StoryStopped';
  }
}
