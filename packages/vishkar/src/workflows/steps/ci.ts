/** Step 15: follows the checks of the head SHA. Pending waits on a durable timer; red goes to the engine. */
import { sleep } from '@temporalio/workflow';
import type { ActivityOutput } from '../../domain/activity-contracts.js';
import { checksGate } from '../../domain/gate.js';
import type { PullRequest } from '../../domain/pull-request.js';
import { fixLoop } from '../fix-loop.js';
import type { StoryRun } from '../story-run.js';
import { engineEvidence } from './engine-evidence.js';

type CheckedCi = ActivityOutput<'check_ci'>;

export async function ci(run: StoryRun, pullRequest: PullRequest): Promise<void> {
  await run.runStep('ci', async (round) => {
    let last: CheckedCi | undefined;
    const outcome = await fixLoop(run, 'ci', {
      attempt: async () => {
        last = await finishedChecks(run, pullRequest, round);
        return { gate: checksGate(last.checks, run.headSha) };
      },
      fix: (reasons) => {
        if (last === undefined) throw new Error('there are no checks to fix');
        return run.engineTurn('ci', 'fix_ci', {
          ...run.work,
          reasons: [...reasons],
          checks: last.checks,
        });
      },
    });
    const runs = last?.checks.runs ?? [];
    return {
      ...outcome.verdict,
      summary: `${runs.map((check) => check.name).join(', ')} on ${run.headSha.slice(0, 7)}`,
      headSha: run.headSha,
      artifacts: last?.artifacts ?? [],
      data: { checks: runs, fixes: engineEvidence(outcome.turns) },
    };
  });
}

/** A day: checks that are pending for longer will hardly come, and a person should know. */
const PENDING_AT_MOST_MS = 24 * 60 * 60 * 1000;
/** Pauses double up to so many times the first, so that a long wait leaves a short history. */
const LONGEST_PAUSE = 10;

/** Checks that have ended; while they are pending the story waits and says so. */
async function finishedChecks(run: StoryRun, pullRequest: PullRequest, round: number): Promise<CheckedCi> {
  for (;;) {
    const since = Date.now();
    try {
      for (let pause = 1; Date.now() - since < PENDING_AT_MOST_MS; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
        const result = await run.call('ci', 'check_ci', { ...run.work, number: pullRequest.number, round });
        if (result.checks.state !== 'pending') return result;
        if (run.waiting === null)
          run.beginWaiting({
            for: 'checks',
            step: 'ci',
            question: `the checks of ${run.headSha} are pending`,
            since: run.now(),
            until: new Date(since + PENDING_AT_MOST_MS).toISOString(),
            options: [],
            releasedBy: `the source host, when the checks of ${pullRequest.url} have ended`,
          });
        await sleep(run.options.checksIntervalMs * pause);
      }
    } finally {
      run.endWaiting();
    }
    await run.askPerson({
      step: 'ci',
      question: `the checks of ${run.headSha} have been pending for a day`,
      options: ['retry', 'abandon'],
    });
  }
}
