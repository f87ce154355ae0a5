/**
 * What judges an engine is not its to change: findings, lessons, the backlog, the designed cases of its story, Vishkar's configuration.
 * Whatever a turn did to them is undone before anything is committed or read.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from './git-command.js';

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
  const added = await list(['ls-files', '--others', '--exclude-standard', '-z']);
  const paths = [...new Set([...changed, ...added])].sort();
  if (paths.length === 0) return [];
  const tree = await git(['ls-tree', '-r', '--name-only', '-z', '--full-tree', head], { cwd: worktree });
  const known = new Set(tree.stdout.split('\0'));
  for (const path of paths) {
    await rm(join(worktree, path), { recursive: true, force: true });
    if (known.has(path)) await git(['--literal-pathspecs', 'checkout', '--quiet', head, '--', path], { cwd: worktree });
    else
      await git(['--literal-pathspecs', 'rm', '--quiet', '--cached', '--ignore-unmatch', '--', path], {
        cwd: worktree,
      });
  }
  return paths;
}
