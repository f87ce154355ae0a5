/** Step 7, when the gate is met: commits the findings file and keeps lesson candidates for a person to approve. */
import type { FindingsFile } from '../domain/finding.js';
import { countBySeverity, distinctFindings } from '../domain/gate.js';
import { commitAll, pushBranch } from '../git/checkpoint.js';
import { gitText } from '../git/git-command.js';
import { writeInWorktree } from '../git/worktree-content.js';
import type { ActivityBody } from './activity-server.js';
import { openWorktree } from './story-worktree.js';
import { storyRemote } from './story-tools.js';
import type { StoryTools } from './story-tools.js';

type Rounds = Parameters<ActivityBody<'store_feedback'>>[0]['rounds'];
type Fixes = Parameters<ActivityBody<'store_feedback'>>[0]['fixes'];

export function storeFeedback(tools: StoryTools): ActivityBody<'store_feedback'> {
  return async ({ rounds, fixes, ...work }, call) => {
    const worktree = await openWorktree(tools, work, call.signal);
    const key = work.story.key;
    const path = `.reviews/findings/${key}.json`;
    const file = findingsFile(key, work.headSha, rounds, fixes, await committedAt(worktree, work.headSha));
    await writeInWorktree(worktree, path, `${JSON.stringify(file, null, 2)}\n`);
    const fixed = new Set(fixes.map((fix) => fix.findingId));
    const lessons = distinctFindings(rounds.flatMap((round) => round.reviews)).filter((finding) =>
      fixed.has(finding.id),
    );
    await tools.lessons.addCandidates(worktree, lessons, file.reviewedAt);
    const sha = await commitAll(worktree, {
      message: `${key}: findings of the review`,
      trailers: { 'Vishkar-Story': key, 'Vishkar-Step': 'feedback', 'Vishkar-Round': String(rounds.length) },
      branch: work.branch,
      since: work.headSha,
      signal: call.signal,
    });
    await pushBranch({ worktree, ...storyRemote(tools), branch: work.branch, signal: call.signal });
    return {
      headSha: sha ?? work.headSha,
      findingsFile: path,
      lessonCandidates: lessons.length,
      artifacts: [await tools.artifacts.put('findings', JSON.stringify(file, null, 2), 'application/json')],
    };
  };
}

/** The time in the file is the head's own, so that a second attempt writes the same bytes. */
async function committedAt(worktree: string, sha: string): Promise<string> {
  return new Date(
    Number(await gitText(['show', '--no-patch', '--format=%ct', sha], { cwd: worktree })) * 1000,
  ).toISOString();
}

function findingsFile(story: string, headSha: string, rounds: Rounds, fixes: Fixes, reviewedAt: string): FindingsFile {
  const fixOf = new Map(fixes.map(({ findingId, commit, note }) => [findingId, { commit, note }]));
  const last = distinctFindings(rounds.at(-1)?.reviews ?? []);
  return {
    schemaVersion: 1,
    story,
    reviewedAt,
    headSha,
    rounds: rounds.flatMap(({ headSha: reviewed, reviews }, index) =>
      reviews.map((review) => ({
        round: index + 1,
        angle: review.angle,
        headSha: reviewed,
        panelists: review.panelists.map((panelist) => panelist.name),
        findings: review.findings.map((finding) => {
          const fix = fixOf.get(finding.id);
          return fix === undefined ? finding : { ...finding, fix };
        }),
      })),
    ),
    summary: { ...countBySeverity(last), ungrounded: last.filter((finding) => !finding.grounded).length },
  };
}
