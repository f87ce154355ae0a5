/** Step 8: the project's own build, lint and smoke commands; a red one goes to the engine, at most `maxRounds` times. */
import type { ActivityOutput } from '../../domain/activity-contracts.js';
import { checksGate } from '../../domain/gate.js';
import type { ChecksReport } from '../../domain/pull-request.js';
import { fixLoop } from '../fix-loop.js';
import type { StoryRun } from '../story-run.js';

export async function verify(run: StoryRun): Promise<void> {
  await run.runStep('verify', async (round) => {
    let result: ActivityOutput<'verify_story'> | undefined;
    const outcome = await fixLoop(run, 'verify', {
      attempt: async () => {
        result = await run.call('verify', 'verify_story', { ...run.work, round });
        const checks = asChecks(result);
        // A project without any such command has nothing to fail; the evidence says so.
        return { gate: checks.runs.length === 0 ? { passed: true, reasons: [] } : checksGate(checks, run.headSha) };
      },
      fix: (reasons) =>
        run.engineTurn('verify', 'fix_ci', {
          ...run.work,
          reasons: [...reasons],
          checks: asChecks(result),
        }),
    });
    const commands = result?.commands ?? [];
    const absent = result?.absent ?? [];
    return {
      ...outcome.verdict,
      summary:
        commands.length === 0
          ? 'the project has no build, lint or smoke command'
          : `${commands.map((command) => command.name).join(', ')} ${outcome.verdict.verdict}`,
      headSha: run.headSha,
      artifacts: result?.artifacts ?? [],
      limits: absent.map((name) => `the project has no ${name} command`),
      data: { commands, criteria: result?.criteria ?? [], fixRounds: outcome.fixRounds },
    };
  });
}

function asChecks(result: ActivityOutput<'verify_story'> | undefined): ChecksReport {
  const runs = result?.commands ?? [];
  const failed = runs.some((command) => command.exitCode !== 0 || command.timedOut);
  return { headSha: result?.headSha ?? '', state: failed ? 'failed' : 'passed', runs };
}
