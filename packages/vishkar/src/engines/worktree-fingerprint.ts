/**
 * What a worktree holds beyond the commit a turn began with: the ground on which an engine is judged.
 * Its exit code and its own words never say whether it changed anything; this does.
 */
import { createHash } from 'node:crypto';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { headSha } from '../git/revisions.js';
import { uncommittedFiles } from '../git/uncommitted.js';

export interface WorktreeFingerprint {
  readonly headSha: string;
  /** Digest of every file that differs from HEAD, new ones included, ignored ones not; empty when none does. */
  readonly changes: string;
}

export type ReadFingerprint = (worktree: string) => Promise<WorktreeFingerprint>;

export async function worktreeFingerprint(worktree: string): Promise<WorktreeFingerprint> {
  const files = [...(await uncommittedFiles(worktree))].sort();
  if (files.length === 0) return { headSha: await headSha(worktree), changes: '' };
  const digest = createHash('sha256');
  for (const file of files) digest.update(`${file}\0${await describeEntry(join(worktree, file))}\0`);
  return { headSha: await headSha(worktree), changes: digest.digest('hex') };
}

/** True when a turn left something: uncommitted changes (of this attempt or one before it) or commits. */
export function leftWork(before: WorktreeFingerprint, after: WorktreeFingerprint): boolean {
  return after.changes !== '' || after.headSha !== before.headSha;
}

async function describeEntry(path: string): Promise<string> {
  const stat = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (stat === undefined) return 'deleted';
  if (stat.isSymbolicLink()) return `link ${await readlink(path)}`;
  // A folder stands here only for a repository inside the worktree, which git lists by its name.
  if (!stat.isFile()) return 'other';
  const content = createHash('sha256').update(await readFile(path));
  return `${(stat.mode & 0o100) === 0 ? 'file' : 'program'} ${content.digest('hex')}`;
}
