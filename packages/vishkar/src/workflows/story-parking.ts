/**
 * A story that waits for somebody: what it waits for, since when, until when, who can release it, and how an answer reaches
 * it. While it is parked it costs nothing but a durable timer, and what happens in its tracker is listened to beside that.
 * Steps that may wait at the same time take turns; an approval, which has no answer to give here, steps aside.
 */
import { condition } from '@temporalio/workflow';
import { rootMessage } from './activity-failure.js';
import type { AnswerMessage, Waiting } from './story-messages.js';
import { StoryStopped } from './story-stopped.js';
import { TrackerDialogue } from './tracker-dialogue.js';
import type { ActivityInput } from '../domain/activity-contracts.js';
import type { Guidance } from '../domain/guidance.js';
import type { StepId } from '../domain/step.js';
import type { StoryInput } from '../domain/story-input.js';

export interface Question {
  readonly step: StepId;
  readonly question: string;
  /** `override` is offered only where a gate can be overridden with a reason. `retry` can be given in words, also in the tracker. */
  readonly options: readonly AnswerMessage['choice'][];
  /** What the answer is told to engines with. Default: the question. */
  readonly asked?: string;
  /** How long an answer in words is told to them. Default `step`. */
  readonly holdsFor?: Guidance['holdsFor'];
  /** What else in the tracker lets it go on, as `retry` does. */
  readonly wake?: Pick<ActivityInput<'await_story'>, 'otherThanRevision' | 'otherThanStatus'>;
}

export interface ParkOptions {
  readonly waitsFor: 'decision' | 'provider' | 'dependency' | 'budget';
  /** Of the notification; undefined: nobody is told. */
  readonly title?: string | undefined;
  /** From now until when; `bySelf` names what else ends the wait. */
  readonly limits: (nowMs: number) => { readonly untilMs: number; readonly bySelf?: string };
  /** Listens for an answer in the tracker. */
  readonly watch?: Omit<ActivityInput<'await_story'>, 'jira_key'> | undefined;
  /** True when what it waits for has come. */
  readonly isReleased?: () => boolean;
}

/** What a parked story needs of the story. */
export interface ParkedStory {
  readonly input: StoryInput;
  readonly notes: string[];
  notify(step: StepId, title: string, body: string): Promise<void>;
  /** Told of each change of what the step waits for; null: it goes on. */
  showWaiting(step: StepId, waiting: Waiting | null): void;
}

/** Who answers where the tracker itself shows that a question is settled. */
export const BY_TRACKER = 'the tracker';

export class StoryParking {
  readonly #story: ParkedStory;
  #waiting: Waiting | null = null;
  #answer: AnswerMessage | undefined;
  #takesAnswers = false;
  #dialogue: TrackerDialogue | undefined;
  /** Why the story can't go on, seen while it waited. */
  #stopped: StoryStopped | undefined;

  constructor(story: ParkedStory) {
    this.#story = story;
  }

  /** What the story waits for; null while it goes on. */
  get waiting(): Waiting | null {
    return this.#waiting;
  }

  get answerWanted(): boolean {
    return this.#takesAnswers && this.#answer === undefined;
  }

  /** Takes a person's answer; the update's validator has checked that one is wanted. */
  takeAnswer(answer: AnswerMessage): void {
    this.#answer = answer;
  }

  /** Something changed outside. */
  lookNow(): void {
    this.#dialogue?.lookNow();
  }

  begin(waiting: Waiting): void {
    this.#waiting = waiting;
    this.#story.showWaiting(waiting.step, waiting);
  }

  end(): void {
    const before = this.#waiting;
    this.#waiting = null;
    if (before !== null) this.#story.showWaiting(before.step, null);
  }

  /**
   * Waits for a person's answer. Undefined when the time is over, or what it waits for has come.
   * Throws StoryStopped when the answer is `abandon`, or the story is gone from its tracker.
   */
  async park({ step, question, options }: Question, parked: ParkOptions): Promise<AnswerMessage | undefined> {
    const { waitsFor, title, limits, watch, isReleased = () => false } = parked;
    const isFree = () => this.#waiting === null || this.#waiting.for === 'approval';
    while (!isFree()) await condition(isFree);
    const aside = this.#waiting;
    const nowMs = Date.now();
    const { untilMs, bySelf = '' } = limits(nowMs);
    this.#answer = undefined;
    this.begin({
      for: waitsFor,
      step,
      question,
      since: new Date(nowMs).toISOString(),
      until: new Date(untilMs).toISOString(),
      options,
      releasedBy: `${bySelf}vishkar answer ${this.#story.input.jira_key} <${options.join('|')}> --reason "..."`,
    });
    this.#takesAnswers = true;
    if (watch !== undefined) this.#dialogue = this.#listen({ step, question, options }, watch);
    try {
      if (title !== undefined) await this.#story.notify(step, title, question);
      const isOver = () => this.#answer !== undefined || this.#stopped !== undefined || isReleased();
      await condition(isOver, Math.max(untilMs - Date.now(), 1));
    } finally {
      this.#takesAnswers = false;
      this.#dialogue?.close();
      this.#dialogue = undefined;
      if (aside === null) this.end();
      else this.begin(aside);
    }
    if (this.#stopped !== undefined) throw this.#stopped;
    const answer = this.#answer as AnswerMessage | undefined;
    if (answer === undefined) return undefined;
    this.#story.notes.push(`${answer.by} decided "${answer.choice}" at step ${step}: ${answer.reason}`);
    if (answer.choice === 'abandon') throw new StoryStopped('abandoned', `${answer.by} abandoned it: ${answer.reason}`);
    return answer;
  }

  /** What happens in the tracker while the story is parked; a reply there can say `retry` and nothing else. */
  #listen(
    { step, question, options }: Question,
    watch: Omit<ActivityInput<'await_story'>, 'jira_key'>,
  ): TrackerDialogue {
    const { jira_key, options: storyOptions } = this.#story.input;
    const marker = watch.question;
    return new TrackerDialogue({
      options: storyOptions,
      ask: marker === undefined ? undefined : { jira_key, step, question, options: [...options], marker },
      wait: { jira_key, ...watch },
      onWoken: (reply) => {
        const { by, text: reason } = reply ?? { by: BY_TRACKER, text: 'what was waited for has happened there' };
        this.#answer ??= { choice: 'retry', by, reason };
      },
      onGone: () => {
        this.#stopped ??= new StoryStopped('closed_outside', 'it was deleted in the tracker, or is hidden from us now');
      },
      onFailure: (error) => {
        this.#story.notes.push(`step ${step}: the tracker can not be asked: ${rootMessage(error)}`);
      },
    });
  }
}
