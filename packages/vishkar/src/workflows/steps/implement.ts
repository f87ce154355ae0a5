/**
 * Step 2: the engine implements the story in its worktree; what it did is judged by the diff. Returns the changed files.
 * A branch that an earlier run of the story left may hold all that is wanted: then a person may let it stand.
 */
import { planText } from '../../domain/plan.js';
import { agreeOnPlan } from './plan.js';
import { engineEvidence } from './engine-evidence.js';
import type { EvidenceDraft, StoryRun } from '../story-run.js';

export async function implement(run: StoryRun): Promise<readonly string[]> {
  let files: readonly string[] = [];
  await run.runStep('implement', async () => {
    const agreed = await agreeOnPlan(run);
    const hasEarlierWork = run.headSha !== run.work.baseSha;
    for (;;) {
      const work = await run.engineTurn('implement', 'execute_implementation', {
        ...run.work,
        ...(agreed === undefined ? {} : { plan: planText(agreed.plan) }),
      });
      const draft: EvidenceDraft = {
        summary: `${work.engine.name} changed ${String(work.files.length)} file${work.files.length === 1 ? '' : 's'}`,
        headSha: work.headSha,
        artifacts: work.artifacts,
        data: {
          ...engineEvidence([...(agreed?.turns ?? []), work]),
          ...(agreed === undefined ? {} : { plan: agreed.plan, planApprovedBy: agreed.approvedBy }),
        },
      };
      if (work.outcome === 'edited') {
        files = work.files;
        return draft;
      }
      const earlier = ' The branch has work of an earlier run: "override" goes on with that.';
      const answer = await run.askPerson({
        step: 'implement',
        question: `the engine left no change. ${work.detail}${hasEarlierWork ? earlier : ''}`,
        options: hasEarlierWork ? ['retry', 'override', 'abandon'] : ['retry', 'abandon'],
      });
      if (answer.choice === 'override')
        return {
          ...draft,
          verdict: 'overridden',
          by: answer.by,
          summary: `the work of an earlier run stands, says ${answer.by}: ${answer.reason}`,
        };
    }
  });
  return files;
}
