/**
 * The worktrees that a repository has, and the removal of one.
 * Rule guarded here: only the named worktree goes; a person's other worktrees, missing ones too, are not pruned.
 */
import { existsSync } from 'node:fs';
import { realpath, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { VishkarError } from '../errors.js';
import { git } from './git-command.js';

export interface WorktreeEntry {
  readonly path: string;
  readonly headSha: string | undefined;
  /** Undefined on a detached HEAD and for a bare repository. */
  readonly branch: string | undefined;
  /** Why it is locked (`initializing` while git makes it); undefined when it is not. */
  readonly lockReason: string | undefined;
  /** True when its folder is gone. */
  readonly isMissing: boolean;
  /** True for the main checkout (or the bare repository itself). */
  readonly isMain: boolean;
}

/** All worktrees of a repository, the main one first. */
export async function listWorktrees(repository: string): Promise<readonly WorktreeEntry[]> {
  const { stdout } = await git(['worktree', 'list', '--porcelain', '-z'], { cwd: repository });
  const records = stdout.split('\0\0').filter((record) => record !== '');
  return records.map((record, index) => {
    const fields = new Map(
      record.split('\0').map((line) => {
        const space = line.indexOf(' ');
        return space < 0 ? ([line, ''] as const) : ([line.slice(0, space), line.slice(space + 1)] as const);
      }),
    );
    const path = fields.get('worktree') ?? '';
    return {
      path,
      headSha: fields.get('HEAD'),
      branch: fields.get('branch')?.replace(/^refs\/heads\//, ''),
      lockReason: fields.get('locked'),
      isMissing: !existsSync(path),
      isMain: index === 0,
    };
  });
}

/** The entry of the worktree at `path` (a real path). */
export async function findWorktree(repository: string, path: string): Promise<WorktreeEntry | undefined> {
  return (await listWorktrees(repository)).find((entry) => entry.path === path);
}

/**
 * Removes a worktree with all that lies in it; the branch and its commits stay. Not there any more: nothing happens.
 * Throws VishkarError `WORKTREE_IS_MAIN` when the path is, or holds, the main checkout.
 */
export async function removeWorktree(request: {
  readonly repository: string;
  readonly worktree: string;
}): Promise<void> {
  const worktree = await realPathOf(request.worktree);
  const entries = await listWorktrees(request.repository);
  const main = entries.find((entry) => entry.isMain)?.path ?? resolve(request.repository);
  if (main === worktree || main.startsWith(worktree + sep)) {
    throw new VishkarError('WORKTREE_IS_MAIN', `${worktree} is not a story's worktree: it holds the main checkout.`, {
      hint: 'Set `worktreesFolder` in the configuration to a folder of its own.',
    });
  }
  // The folder first: git refuses to remove a damaged worktree, but always removes the entry of a missing one.
  await rm(worktree, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  if (entries.some((entry) => entry.path === worktree)) {
    // Twice: also when it is locked.
    await git(['worktree', 'remove', '--force', '--force', '--', worktree], { cwd: request.repository });
  }
}

/** git lists real paths; the last part may be gone already, and a symbolic link there is not followed. */
async function realPathOf(path: string): Promise<string> {
  const folder = dirname(resolve(path));
  return existsSync(folder) ? join(await realpath(folder), basename(path)) : resolve(path);
}
