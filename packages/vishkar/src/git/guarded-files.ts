/**
 * What judges an engine is not its to change: findings, lessons, the backlog, the designed cases of its story, Vishkar's configuration.
 * Whatever a turn did to them is undone before anything is committed or read.
 */
import { git } from './git-command.js';
import { removeInWorktree } from './worktree-content.js';

const GUARDED = [':(top,glob).reviews/**', ':(top,glob).vishkar/**', ':(top,glob)vishkar.config.*'];
/** A link in place of a folder has no path below it. */
const GUARDED_FOLDERS = [':(top,literal).reviews', ':(top,literal).vishkar'];

/** Puts the guarded files back to what they are in the commit `head`, and returns the paths that were not so. */
export async function restoreGuardedFiles(
  worktree: string,
  storyKey: string,
  head: string,
): Promise<readonly string[]> {
  const own = [...GUARDED, ...GUARDED_FOLDERS, `:(top,literal)tests/cases/${storyKey}.json`];
  const list = async (args: readonly string[]) =>
    (await git([...args, '--', ...own], { cwd: worktree })).stdout.split('\0').filter((path) => path !== '');
  const changed = await list(['diff', '--name-only', '--no-renames', '--no-ext-diff', '-z', head]);
  // Also what a .gitignore of the engine's would hide.
  const added = await list(['ls-files', '--others', '-z']);
  const paths = [...new Set([...changed, ...added])].sort();
  await restorePaths(worktree, head, paths);
  return paths;
}

/** Puts paths of worktree and index back to what they are in a commit; what is not in there goes. Sorted, so that a link makes way for the folder that it replaced. */
export async function restorePaths(worktree: string, head: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const tree = await git(['ls-tree', '-r', '--name-only', '-z', '--full-tree', head], { cwd: worktree });
  const known = new Set(tree.stdout.split('\0'));
  for (const path of paths.toSorted()) {
    await removeInWorktree(worktree, path);
    if (known.has(path)) await git(['--literal-pathspecs', 'checkout', '--quiet', head, '--', path], { cwd: worktree });
    else
      await git(['--literal-pathspecs', 'rm', '--quiet', '--cached', '--ignore-unmatch', '--', path], {
        cwd: worktree,
      });
  }
}
