/** Reads from git what settling a round needs: the text of lines at its commit, and where lines of earlier commits are by now. */
import type { Finding } from '../../domain/finding.js';
import type { Anchor, FindingLedger, TrackedFinding } from '../../domain/finding-ledger.js';
import { diffBetween } from '../../git/diff.js';
import { git } from '../../git/git-command.js';
import { parseDiff } from '../../git/parse-diff.js';
import type { DiffFile } from '../../git/parse-diff.js';
import { findCommit } from '../../git/revisions.js';
import { anchorAt } from './anchor.js';
import { placeNow } from './line-map.js';
import type { PlaceNow } from './line-map.js';

export interface Places {
  readonly anchorOf: (finding: Pick<Finding, 'file' | 'line'>) => Anchor;
  readonly placeOf: (entry: TrackedFinding) => PlaceNow | undefined;
}

/** `files`: that findings of the round name. A commit that is gone (a rewritten branch) leaves its lines where they were. */
export async function openPlaces(
  worktree: string,
  headSha: string,
  ledger: FindingLedger,
  files: Iterable<string>,
): Promise<Places> {
  const texts = new Map<string, string>();
  for (const file of new Set(files)) {
    const { stdout, exitCode } = await git(['show', `${headSha}:${file}`], {
      cwd: worktree,
      acceptedExitCodes: [0, 128],
    });
    if (exitCode === 0) texts.set(file, stdout);
  }
  const diffs = new Map<string, readonly DiffFile[]>();
  for (const from of new Set(ledger.findings.map((entry) => entry.headSha)))
    if (from !== headSha && (await findCommit(worktree, from)) !== undefined)
      diffs.set(from, parseDiff(await diffBetween({ folder: worktree, from, to: headSha })));
  return {
    anchorOf: ({ file, line }) => anchorAt(texts.get(file), line),
    placeOf: ({ finding, headSha: from }) => placeNow(diffs.get(from) ?? [], finding.file, finding.line),
  };
}
