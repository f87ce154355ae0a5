/**
 * What a parked story does in its tracker meanwhile: its question is put there once, and an answer, or a change that it waits
 * for, wakes it. All of it goes on beside the wait, so that a tracker that is down holds up nobody who answers another way.
 *
 * Rule guarded here: a wait of weeks leaves a handful of events. The looking is done by one activity whose attempts fail
 * with "not yet", and the service keeps no event of an attempt that is tried again.
 */
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { callActivity } from './activity-caller.js';
import { failureType } from './activity-failure.js';
import type { ActivityInput, ActivityOutput } from '../domain/activity-contracts.js';
import type { StoryOptions } from '../domain/story-input.js';

export interface TrackerDialogueOptions {
  readonly options: StoryOptions;
  /** To be put into the tracker; undefined: only a change is waited for. */
  readonly ask: ActivityInput<'ask_in_tracker'> | undefined;
  readonly wait: ActivityInput<'await_story'>;
  readonly onWoken: (reply: ActivityOutput<'await_story'>['reply']) => void;
  /** The tracker has no such story any more. */
  readonly onGone: () => void;
  /** It can't be asked or looked at; one sentence's worth. */
  readonly onFailure: (error: unknown) => void;
}

export class TrackerDialogue {
  readonly #options: TrackerDialogueOptions;
  #isAsked = false;
  #scope: CancellationScope | undefined;

  constructor(options: TrackerDialogueOptions) {
    this.#options = options;
    this.#open();
  }

  /** Somebody says that the tracker has news: it is looked at now, not at the next turn. */
  lookNow(): void {
    if (!this.#isAsked) return;
    this.close();
    this.#open();
  }

  close(): void {
    this.#scope?.cancel();
    this.#scope = undefined;
  }

  #open(): void {
    const scope = new CancellationScope();
    this.#scope = scope;
    const { onGone, onFailure } = this.#options;
    scope
      .run(() => this.#talk())
      .catch((error: unknown) => {
        if (isCancellation(error) || this.#scope !== scope) return;
        if (failureType(error) === 'STORY_NOT_FOUND') onGone();
        else onFailure(error);
      });
  }

  async #talk(): Promise<void> {
    const { ask, wait, options, onWoken } = this.#options;
    if (ask !== undefined && !this.#isAsked) await callActivity('ask_in_tracker', ask, options);
    this.#isAsked = true;
    onWoken((await callActivity('await_story', wait, options)).reply);
  }
}
