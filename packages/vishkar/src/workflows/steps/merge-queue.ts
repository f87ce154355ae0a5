/**
 * Step 17 where the source host merges by a queue of its own: waits until the approved head is through it. What the queue throws out
 * for red checks goes to the engine, whose fix is another head that has to be reviewed and approved; anything else is put before
 * a person, and "retry" queues it once more.
 */
import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { redChecks } from '../../domain/check-failures.js';
import { queueExitSchema } from '../../domain/pull-request.js';
import type { PullRequest } from '../../domain/pull-request.js';
import type { StoryRun } from '../story-run.js';
import { lookAtPullRequest } from './look-at-pull-request.js';

/** A day, as with checks: then a person should know. */
const QUEUED_AT_MOST_MS = 24 * 60 * 60 * 1000;
const LONGEST_PAUSE = 5;

export class MergeQueueWait {
  readonly #run: StoryRun;
  readonly #pullRequest: PullRequest;
  /** Additions to the queue that have come to their end, and those of the last look. */
  #additionsSeen = 0;
  #additions = 0;
  #groupSha: string | undefined;
  #fixes = 0;

  constructor(run: StoryRun, pullRequest: PullRequest) {
    this.#run = run;
    this.#pullRequest = pullRequest;
  }

  /** `through`: merged, or there is no queue to wait in. `moved`: the head is another now. */
  async pass(): Promise<'through' | 'moved'> {
    // Whatever was in the queue was another head, or has ended in a way that a person has answered.
    this.#additionsSeen = Math.max(this.#additionsSeen, this.#additions);
    for (;;)
      try {
        return await this.#wait();
      } catch (error) {
        const exit = queueExit(error);
        if (isCancellation(error) || exit === undefined) throw error;
        this.#additionsSeen = exit.additionsSeen;
        if (exit.isByChecks && (await this.#fix())) return 'moved';
        await this.#run.askAboutFailure('close', 'enqueue_pr', error);
        if ((await lookAtPullRequest(this.#run, 'close', this.#pullRequest)) === 'moved') return 'moved';
      }
  }

  async #wait(): Promise<'through' | 'moved'> {
    const run = this.#run;
    const { number, url } = this.#pullRequest;
    for (;;) {
      const since = Date.now();
      try {
        for (let pause = 1; Date.now() - since < QUEUED_AT_MOST_MS; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
          run.beginLook();
          const input = { ...run.work, number, additionsSeen: this.#additionsSeen };
          const { queue } = await run.callOnce('close', 'enqueue_pr', input);
          if (queue === null) return 'through';
          this.#additions = queue.additions;
          this.#groupSha = queue.groupSha ?? this.#groupSha;
          if (run.parking.waiting === null)
            run.parking.begin({
              for: 'merge',
              step: 'close',
              question: `${url} is in the merge queue, at place ${String(queue.position)} (${queue.state})`,
              since: run.now(),
              until: new Date(since + QUEUED_AT_MOST_MS).toISOString(),
              options: [],
              releasedBy: 'the merge queue of the source host',
            });
          await run.pause(run.options.checksIntervalMs * pause);
        }
      } finally {
        run.parking.end();
      }
      const question = `${url} has been in the merge queue for a day`;
      await run.askPerson({ step: 'close', question, options: ['retry', 'abandon'] });
    }
  }

  /** True when the engine left another head. */
  async #fix(): Promise<boolean> {
    const run = this.#run;
    if (this.#groupSha === undefined || this.#fixes >= run.options.maxRounds) return false;
    const { number } = this.#pullRequest;
    const { checks } = await run.call('close', 'check_ci', {
      ...run.work,
      headSha: this.#groupSha,
      number,
      round: (this.#fixes += 1),
    });
    const red = redChecks(checks);
    if (checks.state !== 'failed' || red.length === 0) return false;
    const reasons = [`failed in the merge queue, on top of what was to be merged before it: ${red.join(', ')}`];
    run.notes.push(`step close: ${reasons.join('; ')}; the engine fixes`);
    const before = run.headSha;
    await run.engineTurn('close', 'fix_ci', { ...run.work, reasons, checks });
    return run.headSha !== before;
  }
}

function queueExit(error: unknown) {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure) || cause.type !== 'MERGE_DEQUEUED') return undefined;
  return queueExitSchema.safeParse(cause.details?.[0]).data;
}
