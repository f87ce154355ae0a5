/** Step 15: follows the checks of the head SHA. Pending waits on a durable timer; red goes to the engine. */
import { sleep } from '@temporalio/workflow';
import type { ActivityOutput } from '../../domain/activity-contracts.js';
import { classifyFailures, isBeyondUs, redChecks } from '../../domain/check-failures.js';
import type { CheckFailure } from '../../domain/check-failures.js';
import { checksGate } from '../../domain/gate.js';
import type { PullRequest } from '../../domain/pull-request.js';
import { fixLoop } from '../fix-loop.js';
import type { StoryRun } from '../story-run.js';
import { engineEvidence } from './engine-evidence.js';
import { lookAtPullRequest } from './look-at-pull-request.js';

/** `isMerged`: somebody merged it before its checks had ended. */
type CheckedCi = Pick<ActivityOutput<'check_ci'>, 'checks' | 'artifacts'> & { readonly isMerged?: boolean };

export async function ci(run: StoryRun, pullRequest: PullRequest): Promise<void> {
  await run.runStep('ci', async (round) => {
    let last: CheckedCi | undefined;
    const failures: { readonly headSha: string; readonly causes: readonly CheckFailure[] }[] = [];
    const outcome = await fixLoop(run, 'ci', {
      attempt: async () => {
        const { checked, causes } = await classifiedChecks(run, pullRequest, round);
        last = checked;
        if (checked.isMerged === true) return { gate: { passed: true, reasons: [] } };
        if (causes.length > 0) failures.push({ headSha: run.headSha, causes });
        return { gate: checksGate(last.checks, run.headSha), isBeyondUs: isBeyondUs(causes) };
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
      ...(last?.isMerged === true ? { verdict: 'overridden' as const, by: 'whoever merged it' } : outcome.verdict),
      summary:
        last?.isMerged === true
          ? 'merged by hand before its checks had ended'
          : `${runs.map((check) => check.name).join(', ')} on ${run.headSha.slice(0, 7)}`,
      headSha: run.headSha,
      artifacts: last?.artifacts ?? [],
      data: { checks: runs, failures, fixes: engineEvidence(outcome.turns) },
    };
  });
}

/** Checks that have ended; red ones were run again first, so that what is flaky is told apart, and told. */
async function classifiedChecks(
  run: StoryRun,
  pullRequest: PullRequest,
  round: number,
): Promise<{ readonly checked: CheckedCi; readonly causes: readonly CheckFailure[] }> {
  let checked = await finishedChecks(run, pullRequest, round);
  let causes = classifyFailures(checked.checks, undefined);
  for (let reruns = 0; causes.some(({ cause }) => cause !== 'flaky') && reruns < run.options.checkReruns; reruns += 1) {
    const red = redChecks(checked.checks);
    const rerun = await run.call('ci', 'rerun_checks', { ...run.work, number: pullRequest.number, names: [...red] });
    if (rerun.names.length === 0) break;
    // The source host may show the old result for a while.
    await sleep(run.options.checksIntervalMs);
    const again = await finishedChecks(run, pullRequest, round);
    const later = classifyFailures(checked.checks, again.checks);
    causes = [...causes.filter(({ name }) => !later.some((each) => each.name === name)), ...later];
    checked = again;
  }
  const flaky = causes.filter(({ cause }) => cause === 'flaky').map(({ name }) => name);
  if (flaky.length > 0) run.notes.push(`step ci: flaky, failed and passed at ${run.headSha}: ${flaky.join(', ')}`);
  return { checked, causes };
}

/** A day: checks that are pending for longer will hardly come, and a person should know. */
const PENDING_AT_MOST_MS = 24 * 60 * 60 * 1000;
/** Pauses double up to so many times the first, so that a long wait leaves a short history. */
const LONGEST_PAUSE = 10;

/** Checks that have ended; while they are pending the story waits and says so. */
async function finishedChecks(run: StoryRun, pullRequest: PullRequest, round: number): Promise<CheckedCi> {
  for (let last: CheckedCi | undefined; ;) {
    const since = Date.now();
    try {
      for (let pause = 1; Date.now() - since < PENDING_AT_MOST_MS; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
        run.beginLook();
        const result = await run.call('ci', 'check_ci', { ...run.work, number: pullRequest.number, round });
        if (result.checks.state !== 'pending') return result;
        last = result;
        if (run.parking.waiting === null)
          run.parking.begin({
            for: 'checks',
            step: 'ci',
            question: pendingWords(run.headSha, result.checks),
            since: run.now(),
            until: new Date(since + PENDING_AT_MOST_MS).toISOString(),
            options: [],
            releasedBy: `the source host, when the checks of ${pullRequest.url} have ended`,
          });
        // Checks of a pull request that is closed, merged or at another head would be waited for in vain.
        const seen = await lookAtPullRequest(run, 'ci', pullRequest);
        if (seen === 'merged') return { ...result, isMerged: true };
        if (seen === 'moved') continue;
        await run.pause(run.options.checksIntervalMs * pause);
      }
    } finally {
      run.parking.end();
    }
    await run.askPerson({
      step: 'ci',
      question: `for a day ${pendingWords(run.headSha, last?.checks)}`,
      options: ['retry', 'abandon'],
    });
  }
}

/** A repository without checks and one whose required check was renamed look alike until somebody is told what is waited for. */
function pendingWords(headSha: string, checks: CheckedCi['checks'] | undefined): string {
  const names = checks?.pending ?? [];
  return names.length === 0
    ? `no check of ${headSha} has begun; where the repository has none, its configuration has to say so (sourceHost.checks)`
    : `the checks of ${headSha} are pending: ${names.slice(0, 10).join(', ')}`;
}
