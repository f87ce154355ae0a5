/**
 * Opens the story's worktree at the commit that the workflow knows as the head. What the remote branch has beyond it
 * is only taken when the workflow has said so (it moved the head); what an attempt of ours committed and could not
 * report stays, so that it can be adopted.
 */
import { join } from 'node:path';
import type { StoryWork } from '../domain/activity-contracts.js';
import { VishkarError } from '../errors.js';
import { git } from '../git/git-command.js';
import { fetchBranch, remoteSha } from '../git/remote.js';
import { findCommit, headSha, isAncestor } from '../git/revisions.js';
import { discardUncommitted } from '../git/uncommitted.js';
import { restoreChange } from '../git/without-change.js';
import { prepareWorktree } from '../git/worktree.js';
import { sweepOrphans } from '../processes/orphan-sweep.js';
import { storyRemote } from './story-tools.js';
import type { StoryTools } from './story-tools.js';

export async function openWorktree(tools: StoryTools, work: StoryWork, signal: AbortSignal): Promise<string> {
  const { worktree } = await prepareWorktree({
    repository: tools.repository,
    worktreesFolder: tools.folders.worktrees,
    storyKey: work.story.key,
    branch: work.branch,
    baseBranch: work.baseBranch,
    ...storyRemote(tools),
    signal,
  });
  // What a killed worker started here (a test run, an engine) must not go on beside us.
  await sweepOrphans(worktree);
  // Or was in the middle of: tests that ran without the story's change.
  await restoreChange(worktree);
  const head = await headSha(worktree);
  if (head === work.headSha) return worktree;
  if ((await findCommit(worktree, work.headSha)) === undefined)
    await fetchBranch({ repository: worktree, ...storyRemote(tools), signal }, work.branch);
  if (await isAncestor(worktree, head, work.headSha)) {
    await git(['merge', '--ff-only', '--quiet', work.headSha], { cwd: worktree, signal });
    return worktree;
  }
  if (await isAncestor(worktree, work.headSha, head)) return worktree;
  const remoteHead = await remoteSha({ repository: worktree, ...storyRemote(tools), signal }, work.branch);
  if (remoteHead === work.headSha) {
    await adoptRewrittenBranch(worktree, work, head);
    return worktree;
  }
  throw new VishkarError(
    'BRANCH_REWRITTEN',
    `${work.branch} is at ${head} in ${worktree}, which has nothing of ${work.headSha}, where the story stands.`,
    {
      hint: `Put the branch back (git push --force-with-lease <remote> ${work.headSha}:refs/heads/${work.branch}) or abandon the story.`,
    },
  );
}

/** A person rewrote the pushed branch and the workflow took it as the head: it is followed. What it replaced stays under a ref of ours. */
async function adoptRewrittenBranch(worktree: string, work: StoryWork, replaced: string): Promise<void> {
  const kept = `refs/vishkar/replaced/${work.story.key}/${replaced}`;
  await git(['update-ref', '-m', 'vishkar: replaced by a rewritten branch', kept, replaced], { cwd: worktree });
  await discardUncommitted(worktree, { branch: work.branch, to: work.headSha });
}

/** Folder for what one run of something leaves on this host (logs, reports, transcripts). */
export function runFolder(tools: StoryTools, storyKey: string, name: string): string {
  return join(tools.folders.runs, storyKey, name);
}
