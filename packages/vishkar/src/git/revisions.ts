/**
 * Questions about commits that several parts of git/ ask: where HEAD is, what contains what.
 * Read-only, and the same in a main checkout, a linked worktree and a bare repository.
 */
import { git, gitText } from './git-command.js';

/** SHA of HEAD. Throws VishkarError `GIT_FAILED` in a repository without commits. */
export async function headSha(folder: string): Promise<string> {
  return await gitText(['rev-parse', '--verify', 'HEAD^{commit}'], { cwd: folder });
}

/** The branch that is checked out; undefined on a detached HEAD. */
export async function currentBranch(folder: string): Promise<string | undefined> {
  const { stdout, exitCode } = await git(['symbolic-ref', '--quiet', '--short', 'HEAD'], {
    cwd: folder,
    acceptedExitCodes: [0, 1],
  });
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** SHA of the commit that `revision` names; undefined when there is none in this repository. */
export async function findCommit(folder: string, revision: string): Promise<string | undefined> {
  const { stdout, exitCode } = await git(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`],
    {
      cwd: folder,
      acceptedExitCodes: [0, 1, 128],
    },
  );
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** True when `ancestor` is `descendant` or one of the commits that it contains. */
export async function isAncestor(folder: string, ancestor: string, descendant: string): Promise<boolean> {
  const { exitCode } = await git(['merge-base', '--is-ancestor', ancestor, descendant], {
    cwd: folder,
    acceptedExitCodes: [0, 1],
  });
  return exitCode === 0;
}

/** The best common ancestor; undefined for unrelated histories. */
export async function mergeBase(folder: string, a: string, b: string): Promise<string | undefined> {
  const { stdout, exitCode } = await git(['merge-base', a, b], { cwd: folder, acceptedExitCodes: [0, 1] });
  return exitCode === 0 ? stdout.trim() : undefined;
}
