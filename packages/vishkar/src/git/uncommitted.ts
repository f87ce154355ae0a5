/**
 * What lies in a worktree beyond its last commit: the list of it, and its removal before a fresh attempt of an engine.
 * Ignored files (installed dependencies, caches) are left alone in both.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { git, gitText } from './git-command.js';
import { clearStaleLocks } from './live-git.js';

/** Paths that differ from HEAD, new files included, ignored ones not. */
export async function uncommittedFiles(worktree: string): Promise<readonly string[]> {
  const { stdout } = await git(['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames'], {
    cwd: worktree,
  });
  return stdout
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => entry.slice(3));
}

/** State of a merge, rebase or cherry-pick that an engine left half done. */
const UNFINISHED = ['rebase-merge', 'rebase-apply', 'sequencer'];

/**
 * Throws away everything since the last commit, or since `to`. With `branch`, HEAD goes back to it first.
 * Ignored files stay, so that dependencies need not be installed again.
 */
export async function discardUncommitted(
  worktree: string,
  options: {
    readonly branch?: string;
    /** Commit that the branch is put back to; default: its head. */
    readonly to?: string;
    readonly signal?: AbortSignal;
  } = {},
): Promise<void> {
  await clearStaleLocks(worktree, options.signal);
  const gitFolder = await gitText(['rev-parse', '--absolute-git-dir'], { cwd: worktree });
  const entries = await readdir(gitFolder);
  for (const name of UNFINISHED.filter((each) => entries.includes(each))) {
    await rm(join(gitFolder, name), { recursive: true, force: true });
  }
  if (options.branch !== undefined)
    await git(['symbolic-ref', 'HEAD', `refs/heads/${options.branch}`], { cwd: worktree });
  await git(['reset', '--hard', options.to ?? 'HEAD'], { cwd: worktree });
  // Twice forced: nested repositories too.
  await git(['clean', '-ffd', '--', '.'], { cwd: worktree });
}
