/**
 * Files of a worktree that we read or write ourselves. Guards the rule that we do nothing for an engine that it could not do: a symbolic
 * link that it left would otherwise let us read a key of the person's into a prompt, or write over a file of theirs.
 */
import { lstat, mkdir, readFile, realpath, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { writeFileDurably } from '../durable-file.js';

/** Content of a file; undefined when it is not there, is no file, or lies outside of the worktree (links inside of it are followed). */
export async function readInWorktree(worktree: string, path: string): Promise<string | undefined> {
  try {
    const [top, real] = await Promise.all([realpath(worktree), realpath(join(worktree, path))]);
    const isInside =
      real.startsWith(top + sep) && real !== join(top, '.git') && !real.startsWith(join(top, '.git') + sep);
    return isInside && (await lstat(real)).isFile() ? await readFile(real, 'utf8') : undefined;
  } catch (error) {
    if (/^(?:ENOENT|ENOTDIR|ELOOP)$/.test((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Writes a file with its folders; a link, or whatever else stands where a folder has to be, makes way for it. */
export async function writeInWorktree(worktree: string, path: string, content: string): Promise<void> {
  const parts = dirname(path).split('/');
  for (let length = 1; length <= parts.length; length += 1) {
    const folder = join(worktree, ...parts.slice(0, length));
    const found = await lstat(folder).catch(() => undefined);
    if (found?.isDirectory() !== true) await rm(folder, { force: true });
    await mkdir(folder, { recursive: true });
  }
  const target = join(worktree, path);
  const found = await lstat(target).catch(() => undefined);
  if (found !== undefined && !found.isFile()) await rm(target, { recursive: true, force: true });
  await writeFileDurably(target, content);
}

/** Removes a file, folder or link; a link in the place of one of its folders goes instead, and nothing behind it. */
export async function removeInWorktree(worktree: string, path: string): Promise<void> {
  const parts = path.split('/').filter((part) => part !== '');
  for (let length = 1; length <= parts.length; length += 1) {
    const place = join(worktree, ...parts.slice(0, length));
    const found = await lstat(place).catch(() => undefined);
    if (found === undefined) return;
    if (length === parts.length || !found.isDirectory()) {
      await rm(place, { recursive: true, force: true });
      return;
    }
  }
}
