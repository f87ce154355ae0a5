/**
 * Reads and writes files of a worktree for a replay, and never anything else: a path that leads through a symbolic
 * link is refused, since the link may point anywhere (a story's code is not to be trusted with that).
 */
import { lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RecordingMismatch } from './replay-plan.js';

/** Content of a file in the worktree; undefined when it is not there. Throws {@link RecordingMismatch} for links. */
export async function readWorktreeFile(worktree: string, file: string): Promise<string | undefined> {
  return (await requirePlainPath(worktree, file)) ? await readFile(join(worktree, file), 'utf8') : undefined;
}

/** Makes a file hold `content`, or be gone for undefined. Throws {@link RecordingMismatch} for links. */
export async function setWorktreeFile(worktree: string, file: string, content: string | undefined): Promise<void> {
  const path = join(worktree, file);
  await requirePlainPath(worktree, file);
  if (content === undefined) {
    await rm(path, { force: true });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  // In place, so that its mode stays; a write that is cut off is made again by the next attempt.
  await writeFile(path, content);
}

/** Checks every part of the path; returns whether the file exists. */
async function requirePlainPath(worktree: string, file: string): Promise<boolean> {
  const parts = file.split('/');
  for (let length = 1; length <= parts.length; length += 1) {
    const part = parts.slice(0, length).join('/');
    const stat = await lstat(join(worktree, part)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (stat === undefined) return false;
    if (stat.isSymbolicLink())
      throw new RecordingMismatch(`${part} is a symbolic link, which a replay does not follow`);
    const isLast = length === parts.length;
    if (isLast ? !stat.isFile() : !stat.isDirectory()) {
      throw new RecordingMismatch(`${part} is not a ${isLast ? 'file' : 'folder'}`);
    }
  }
  return true;
}
