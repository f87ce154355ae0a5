/**
 * Finds git processes that still work in a folder, and clears the locks of those that were killed.
 *
 * A worker that is SIGKILLed leaves its git child running (it ends by itself soon) or, when the whole group was killed,
 * leaves `*.lock` files that stop every later git. Rule guarded here: a lock is removed only when no live git works there.
 * A git of ours is recognised by the `-C <folder>` in its argv, a git of an engine by its working directory (Linux only).
 */
import { execa } from 'execa';
import { readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { VishkarError } from '../errors.js';
import { gitText } from './git-command.js';

const WAIT_FOR_LIVE_GIT_MS = 30_000;
const POLL_MS = 50;

/** Process ids of live git processes that work in `folder` or below it. */
export async function findLiveGit(folder: string): Promise<readonly number[]> {
  return process.platform === 'linux' ? await findInProc(folder) : await findWithPs(folder);
}

/**
 * Waits for git processes of an earlier attempt to end, then removes the lock files that they left in a worktree's own
 * git folder and on its branch. Throws VishkarError `GIT_LOCKED` (retryable) when one still runs after 30 s.
 */
export async function clearStaleLocks(worktree: string, signal?: AbortSignal): Promise<void> {
  const options = { cwd: worktree, ...(signal === undefined ? {} : { signal }) };
  const gitFolder = await gitText(['rev-parse', '--absolute-git-dir'], options);
  const head = await gitText(['rev-parse', '--symbolic-full-name', 'HEAD'], {
    ...options,
    acceptedExitCodes: [0, 128],
  });
  const locks = (await readdir(gitFolder))
    .filter((name) => name.endsWith('.lock'))
    .map((name) => join(gitFolder, name));
  if (head.startsWith('refs/heads/')) {
    // Only this story writes its branch, so a lock on it is ours as well; locks of other refs are left alone.
    const common = await gitText(['rev-parse', '--path-format=absolute', '--git-common-dir'], options);
    locks.push(`${join(common, head)}.lock`);
  }
  const found = (await Promise.all(locks.map(lockId))).filter((id) => id !== undefined);
  if (found.length === 0) return;
  await waitForLiveGit(worktree, signal);
  for (const lock of locks) {
    // One that was made while we waited belongs to a git that began since.
    const id = await lockId(lock);
    if (id !== undefined && found.includes(id)) await rm(lock, { force: true });
  }
}

/** Tells a lock file from a later one of the same name; undefined when it is not there. */
async function lockId(lock: string): Promise<string | undefined> {
  try {
    const { ino, mtimeMs } = await stat(lock);
    return `${lock} ${ino} ${mtimeMs}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Waits until no git works in `folder`. Throws VishkarError `GIT_LOCKED` (retryable) after 30 s. */
export async function waitForLiveGit(folder: string, signal?: AbortSignal): Promise<void> {
  const waitedSince = performance.now();
  for (;;) {
    const live = await findLiveGit(folder);
    if (live.length === 0) return;
    if (performance.now() - waitedSince > WAIT_FOR_LIVE_GIT_MS) {
      throw new VishkarError('GIT_LOCKED', `git (process ${live.join(', ')}) still works in ${folder}.`, {
        hint: 'Let it finish, or end it if it hangs; the step is tried again.',
        retryable: true,
      });
    }
    await pause(POLL_MS, undefined, signal === undefined ? {} : { signal });
  }
}

async function findInProc(folder: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const argv = (await readFile(`/proc/${entry}/cmdline`, 'utf8')).split('\0');
      if (!isGitProgram(argv[0])) continue;
      if (argv.includes(folder) || isInside(await readlink(`/proc/${entry}/cwd`), folder)) found.push(Number(entry));
    } catch {
      // The process ended while it was looked at, or belongs to somebody else: not a git that could hold our lock.
    }
  }
  return found;
}

/** Without /proc only argv can be seen, as one string; a path that ends elsewhere at most makes us wait. */
async function findWithPs(folder: string): Promise<readonly number[]> {
  const { stdout } = await execa('ps', ['-axo', 'pid=,args='], { reject: false });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\S+)\s(.*)$/.exec(line);
    return match !== null && isGitProgram(match[2]) && `${match[3]} `.includes(`${folder} `) ? [Number(match[1])] : [];
  });
}

function isGitProgram(program: string | undefined): boolean {
  return program !== undefined && /^git(\.exe)?$/.test(basename(program));
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}
