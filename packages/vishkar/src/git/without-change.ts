/**
 * Takes a story's change out of its worktree for a while, and puts it back: in place, because what is installed and
 * built beside the files (links between packages, environments with full paths) would lead a copy back to the change.
 * A marker in git's own folder tells whoever opens the worktree next that it was killed in between.
 */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git, gitText } from './git-command.js';
import { discardUncommitted } from './uncommitted.js';

const MARKER = 'vishkar-without-change';

export interface WithoutChangeOptions {
  readonly worktree: string;
  readonly base: string;
  /** Whether a changed file stays as it is at the head; by its path. */
  readonly keeps: (path: string) => boolean;
  /** What a file that goes back is to hold, from its texts at the base and at the head. Default: the text at the base. */
  readonly blend?: (path: string, base: string, head: string) => string;
  readonly signal: AbortSignal;
}

/** Runs `body` with the files as they were at the base, but for those that are kept. Nothing uncommitted survives. */
export async function withoutChange<T>(options: WithoutChangeOptions, body: () => Promise<T>): Promise<T> {
  const { worktree, base, keeps, blend, signal } = options;
  return await inAlteredWorktree(worktree, async () => {
    for (const { path, isNew } of await changedPaths(worktree, base)) {
      if (keeps(path)) continue;
      const head = await textAt(worktree, 'HEAD', path);
      if (isNew) await rm(join(worktree, path), { force: true });
      else await git(['checkout', '--quiet', base, '--', path], { cwd: worktree, signal });
      if (blend === undefined || isNew || head === undefined) continue;
      const before = (await textAt(worktree, base, path)) ?? '';
      const blended = blend(path, before, head);
      if (blended !== before) await writeFile(join(worktree, path), blended);
    }
    return await body();
  });
}

/** Whatever `body` does to the files: they are as they were committed when it is over, or when the next one opens the worktree. */
export async function inAlteredWorktree<T>(worktree: string, body: () => Promise<T>): Promise<T> {
  await writeFile(await markerPath(worktree), '');
  try {
    return await body();
  } finally {
    await restoreChange(worktree);
  }
}

/** Puts the change back where it is out; true when it was. */
export async function restoreChange(worktree: string): Promise<boolean> {
  const marker = await markerPath(worktree);
  if (!existsSync(marker)) return false;
  await discardUncommitted(worktree);
  await rm(marker);
  return true;
}

async function changedPaths(worktree: string, base: string): Promise<{ path: string; isNew: boolean }[]> {
  const args = ['diff', '--name-status', '--no-renames', '-z', base, 'HEAD', '--'];
  const words = (await gitText(args, { cwd: worktree })).split('\0');
  const changes: { path: string; isNew: boolean }[] = [];
  for (let index = 0; index + 1 < words.length; index += 2)
    changes.push({ path: words[index + 1] ?? '', isNew: words[index] === 'A' });
  return changes;
}

/** Undefined when the commit has no such file. */
async function textAt(worktree: string, commit: string, path: string): Promise<string | undefined> {
  return await git(['show', `${commit}:${path}`], { cwd: worktree }).then(
    ({ stdout }) => stdout,
    () => undefined,
  );
}

async function markerPath(worktree: string): Promise<string> {
  return join(await gitText(['rev-parse', '--absolute-git-dir'], { cwd: worktree }), MARKER);
}
