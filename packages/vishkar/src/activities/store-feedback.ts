/** Step 7, when the gate is met: commits the findings file and keeps lesson candidates for a person to approve. */
import type { Finding, FindingsFile } from '../domain/finding.js';
import { faultOf, findTracked, openFindings } from '../domain/finding-ledger.js';
import type { FindingLedger } from '../domain/finding-ledger.js';
import { countBySeverity, distinctFindings } from '../domain/gate.js';
import { commitAll, pushBranch } from '../git/checkpoint.js';
import { gitText } from '../git/git-command.js';
import { writeInWorktree } from '../git/worktree-content.js';
import { packageVersion } from '../package-version.js';
import { writeSarif } from '../domain/write-sarif.js';
import type { ActivityBody } from './activity-server.js';
import { openWorktree } from './story-worktree.js';
import { storyRemote } from './story-tools.js';
import type { StoryTools } from './story-tools.js';

const SARIF_TYPE = 'application/sarif+json';

type Rounds = Parameters<ActivityBody<'store_feedback'>>[0]['rounds'];
type Fixes = Parameters<ActivityBody<'store_feedback'>>[0]['fixes'];

export function storeFeedback(tools: StoryTools): ActivityBody<'store_feedback'> {
  return async ({ rounds, fixes, ledger, ...work }, call) => {
    const worktree = await openWorktree(tools, work, call.signal);
    const key = work.story.key;
    const path = `.reviews/findings/${key}.json`;
    const file = findingsFile({
      story: key,
      headSha: work.headSha,
      ...{ rounds, fixes, ledger },
      reviewedAt: await committedAt(worktree, work.headSha),
    });
    await writeInWorktree(worktree, path, `${JSON.stringify(file, null, 2)}\n`);
    const taught = whatItTeaches(rounds, fixes, ledger);
    await tools.lessons.learn(worktree, { key, at: file.reviewedAt, ...taught });
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
      lessonCandidates: taught.fixed.length,
      artifacts: [
        await tools.artifacts.put('findings', JSON.stringify(file, null, 2), 'application/json'),
        await tools.artifacts.put('findings-sarif', JSON.stringify(writeSarif(file, packageVersion())), SARIF_TYPE),
      ],
    };
  };
}

/** What was mended teaches; of the rest, what stands in the diff and nobody has refuted counts for lessons that are known. */
function whatItTeaches(rounds: Rounds, fixes: Fixes, ledger: FindingLedger | undefined) {
  const entries = ledger?.findings.filter(({ state }) => state !== 'refuted').map(({ finding }) => finding);
  const findings = entries ?? distinctFindings(rounds.flatMap((round) => round.reviews));
  const isFixed = ({ id }: Finding) => fixes.some(({ findingId }) => findingId === id);
  return {
    fixed: findings.filter(isFixed),
    others: findings.filter((finding) => finding.grounded && !isFixed(finding)),
  };
}

/** The time in the file is the head's own, so that a second attempt writes the same bytes. */
async function committedAt(worktree: string, sha: string): Promise<string> {
  return new Date(
    Number(await gitText(['show', '--no-patch', '--format=%ct', sha], { cwd: worktree })) * 1000,
  ).toISOString();
}

interface Reviewed {
  readonly story: string;
  readonly headSha: string;
  readonly rounds: Rounds;
  readonly fixes: Fixes;
  readonly ledger: FindingLedger | undefined;
  readonly reviewedAt: string;
}

function findingsFile({ story, headSha, rounds, fixes, ledger, reviewedAt }: Reviewed): FindingsFile {
  const fixOf = (id: string) => {
    const tracked = ledger === undefined ? undefined : findTracked(ledger, id);
    const fix = fixes.find(({ findingId }) => findingId === (tracked?.finding.id ?? id));
    return fix === undefined ? {} : { fix: { commit: fix.commit, note: fix.note } };
  };
  const last = ledger === undefined ? distinctFindings(rounds.at(-1)?.reviews ?? []) : openFindings(ledger);
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
        findings: review.findings.map((finding) => ({ ...finding, ...fixOf(finding.id) })),
      })),
    ),
    ...(ledger === undefined
      ? {}
      : { faults: ledger.findings.map((entry) => faultOf(entry, fixOf(entry.finding.id))) }),
    summary: { ...countBySeverity(last), ungrounded: last.filter((finding) => !finding.grounded).length },
  };
}
