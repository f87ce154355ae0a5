/**
 * Step 7: the gate over the four reviews, computed in code. Not met: the engine fixes and steps 3 to 6 run again on
 * the new head, at most `maxRounds` times or until findings repeat; then a person decides.
 */
import { isBlocking, qualityGate, countBySeverity } from '../../domain/gate.js';
import { findTracked, repeatedFindings } from '../../domain/finding-ledger.js';
import type { FindingLedger } from '../../domain/finding-ledger.js';
import { reviewRound } from './review.js';
import type { StoryRun } from '../story-run.js';

export async function feedback(run: StoryRun, files: readonly string[]): Promise<void> {
  let reviews = await reviewRound(run, files);
  await run.runStep('feedback', async () => {
    const verdicts: { headSha: string; passed: boolean; reasons: readonly string[]; counts: Record<string, number> }[] =
      [];
    await run.settleFindings('feedback', reviews);
    let before: FindingLedger | undefined;
    let overriddenBy: { by: string; reason: string } | undefined;
    for (let turns = 0, allowed = run.options.maxRounds; ;) {
      const { open, ledger } = run.findings;
      const gate = qualityGate(reviews, run.headSha, open);
      verdicts.push({ headSha: run.headSha, ...gate, counts: countBySeverity(open) });
      if (gate.passed) break;
      const repeated = before === undefined ? [] : repeatedFindings(before, ledger);
      if (turns >= allowed || repeated.length > 0) {
        const answer = await run.askPerson({
          step: 'feedback',
          question: questionOf(turns, gate.reasons, repeated),
          options: ['retry', 'override', 'abandon'],
        });
        if (answer.choice === 'override') {
          overriddenBy = { by: answer.by, reason: answer.reason };
          run.findings.acceptBlocking(answer.by, answer.reason);
          break;
        }
        allowed = turns + run.options.maxRounds;
        before = undefined;
        // Somebody may have refuted or accepted what blocked: then nothing is left to fix.
        if (qualityGate(reviews, run.headSha, run.findings.open).passed) continue;
      }
      turns += 1;
      run.notes.push(`step feedback: ${gate.reasons.join('; ')}; the engine fixes, round ${String(turns)}`);
      before = run.findings.ledger;
      reviews = await fixAndReviewAgain(run, turns);
    }
    const stored = await run.call('feedback', 'store_feedback', {
      ...run.work,
      rounds: run.reviewRounds,
      fixes: run.fixes,
      ledger: run.findings.ledger,
    });
    run.moveHead(stored.headSha);
    const rounds = verdicts.length;
    return {
      verdict: overriddenBy === undefined ? 'passed' : 'overridden',
      ...(overriddenBy === undefined ? {} : { by: overriddenBy.by }),
      summary:
        overriddenBy === undefined
          ? `gate met in review round ${String(rounds)}`
          : `gate overridden by ${overriddenBy.by}: ${overriddenBy.reason}`,
      headSha: run.headSha,
      artifacts: stored.artifacts,
      data: {
        rounds: verdicts,
        findingsFile: stored.findingsFile,
        lessonCandidates: stored.lessonCandidates,
        fixes: run.fixes,
      },
    };
  });
}

function questionOf(turns: number, reasons: readonly string[], repeated: readonly string[]): string {
  const unmet = `the quality gate is not met after ${String(turns)} rounds of fixing: ${reasons.join('; ')}`;
  return repeated.length === 0 ? unmet : `${unmet}. Findings repeat: ${repeated.join('; ')}`;
}

async function fixAndReviewAgain(run: StoryRun, turn: number) {
  const open = run.findings.open.filter((finding) => isBlocking(finding) || finding.severity === 'medium');
  const work = await run.engineTurn('feedback', 'fix_issues', { ...run.work, findings: open });
  const reviews = await reviewRound(run, work.files);
  const ledger = await run.settleFindings('feedback', reviews);
  // A finding counts as fixed only because those who found it have looked again and no longer do.
  for (const { id } of open) {
    const isFixed = findTracked(ledger, id)?.state === 'fixed';
    if (!isFixed || run.fixes.some((fix) => fix.findingId === id)) continue;
    const note = `no longer found in round ${String(turn + 1)}`;
    run.fixes.push({ findingId: id, commit: work.commits.at(-1) ?? '', note });
  }
  return reviews;
}
