/**
 * Step 7: the gate over the four reviews, computed in code. Not met: the engine fixes and steps 3 to 6 run again on
 * the new head, at most `maxRounds` times or until the same findings come back; then a person decides.
 */
import { distinctFindings, findingsRepeat, isBlocking, qualityGate, countBySeverity } from '../../domain/gate.js';
import type { Finding } from '../../domain/finding.js';
import { reviewRound } from './review.js';
import type { StoryRun } from '../story-run.js';

export async function feedback(run: StoryRun, files: readonly string[]): Promise<void> {
  let reviews = await reviewRound(run, files);
  await run.runStep('feedback', async () => {
    const verdicts: { headSha: string; passed: boolean; reasons: readonly string[]; counts: Record<string, number> }[] =
      [];
    let before: readonly Finding[] = [];
    let overriddenBy: { by: string; reason: string } | undefined;
    for (let fixRound = 1, allowed = run.options.maxRounds; ; fixRound += 1) {
      const gate = qualityGate(reviews, run.headSha);
      const findings = distinctFindings(reviews);
      verdicts.push({ headSha: run.headSha, ...gate, counts: countBySeverity(findings) });
      if (gate.passed) break;
      if (fixRound > allowed || findingsRepeat(before, findings)) {
        const answer = await run.askPerson({
          step: 'feedback',
          question: `the quality gate is not met after ${String(fixRound - 1)} rounds of fixing: ${gate.reasons.join('; ')}`,
          options: ['retry', 'override', 'abandon'],
        });
        if (answer.choice === 'override') {
          overriddenBy = { by: answer.by, reason: answer.reason };
          break;
        }
        allowed = fixRound + run.options.maxRounds - 1;
      }
      run.notes.push(`step feedback: ${gate.reasons.join('; ')}; the engine fixes, round ${String(fixRound)}`);
      before = findings;
      reviews = await fixAndReviewAgain(run, fixRound, findings);
    }
    const stored = await run.call('feedback', 'store_feedback', {
      ...run.work,
      rounds: run.reviewRounds,
      fixes: run.fixes,
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

async function fixAndReviewAgain(run: StoryRun, round: number, findings: readonly Finding[]) {
  const open = findings.filter((finding) => isBlocking(finding) || finding.severity === 'medium');
  const work = await run.engineTurn('feedback', 'fix_issues', { ...run.work, findings: open });
  const reviews = await reviewRound(run, work.files);
  const still = new Set(distinctFindings(reviews).map((finding) => finding.id));
  // A finding counts as fixed only because the same panel no longer finds it.
  for (const finding of open)
    if (!still.has(finding.id) && !run.fixes.some((fix) => fix.findingId === finding.id))
      run.fixes.push({
        findingId: finding.id,
        commit: work.commits.at(-1) ?? '',
        note: `no longer found in round ${String(round + 1)}`,
      });
  return reviews;
}
