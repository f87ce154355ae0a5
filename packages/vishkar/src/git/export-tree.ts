/** The files of a commit in a folder of their own, without a work tree's bookkeeping: for tools that need a whole project at a revision. */
import { mkdir, rm } from 'node:fs/promises';
import { git } from './git-command.js';

/** `folder`: absolute, made when it is not there. What git's attributes would change at a checkout is changed here as well. */
export async function exportTree(worktree: string, revision: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  // An index of its own: the worktree's own says what is staged there.
  const index = `${folder}.index`;
  const environment = { GIT_INDEX_FILE: index };
  try {
    await git(['read-tree', revision], { cwd: worktree, env: environment });
    await git(['checkout-index', '--all', '--force', `--prefix=${folder}/`], { cwd: worktree, env: environment });
  } finally {
    await rm(index, { force: true });
  }
}
