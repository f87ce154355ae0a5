/**
 * Merges inside a bare repository, without a checkout, and recognises merges that a person made by hand.
 * The base branch moves by compare-and-swap together with a check of the story branch: what is merged is exactly the
 * head that was asked for, on top of exactly the base that was merged with.
 */
import { VishkarError } from '../../errors.js';
import { createCommit } from '../../git/checkpoint.js';
import type { CommitIdentity, Trailers } from '../../git/checkpoint.js';
import { git, gitText } from '../../git/git-command.js';
import { findCommit, isAncestor } from '../../git/revisions.js';

export interface MergeRequest {
  /** Path of the bare repository. */
  readonly remote: string;
  readonly branch: string;
  readonly baseBranch: string;
  readonly headSha: string;
  readonly message: string;
  readonly trailers: Trailers;
  readonly identity: CommitIdentity;
}

/** Other stories may merge at the same time; each round that we lose, one of them has won. */
const MAX_ROUNDS = 20;

/** Makes the merge commit and moves the base branch to it; returns its SHA. Throws `MERGE_CONFLICT` and `HEAD_MOVED`. */
export async function mergeBranch(request: MergeRequest): Promise<string> {
  const { remote, branch, baseBranch, headSha } = request;
  for (let round = 1; ; round += 1) {
    const base = await requireBranch(remote, baseBranch);
    const tree = await mergeTrees(request, base);
    const merge = await createCommit(remote, { ...request, tree, parents: [base, headSha] });
    const transaction = [
      'start',
      `verify refs/heads/${branch} ${headSha}`,
      `update refs/heads/${baseBranch} ${merge} ${base}`,
      'commit',
    ];
    try {
      await git(['update-ref', '--stdin'], { cwd: remote, input: `${transaction.join('\n')}\n` });
      return merge;
    } catch (error) {
      if (!(error instanceof VishkarError) || error.code !== 'GIT_LOCKED' || round === MAX_ROUNDS) throw error;
      const head = await findCommit(remote, `refs/heads/${branch}`);
      if (head !== headSha) throw headMoved(branch, headSha, head);
    }
  }
}

/** The commit by which the base branch came to contain `headSha`: the merge commit, or the head itself after a fast-forward. */
export async function findMerge(remote: string, headSha: string, baseBranch: string): Promise<string> {
  const base = await requireBranch(remote, baseBranch);
  if (base === headSha) return headSha;
  const list = ['rev-list', '--first-parent', '--reverse', '--parents', `${headSha}..${base}`];
  const commits = (await gitText(list, { cwd: remote })).split('\n').map((line) => line.split(' '));
  if (commits[0]?.[1] === headSha) return headSha;
  // Once a commit of the base contains the head, all later ones do.
  let low = 0;
  let high = commits.length - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await isAncestor(remote, headSha, commits[middle]?.[0] ?? base)) high = middle;
    else low = middle + 1;
  }
  return commits[low]?.[0] ?? base;
}

/** The error for a head that is not the one that was asked for. */
export function headMoved(branch: string, expected: string, found: string | undefined): VishkarError {
  return new VishkarError('HEAD_MOVED', `${branch} is at ${found ?? 'nothing'} now, not at ${expected}.`, {
    hint: 'What was reviewed and approved is another commit: the story goes back to review the new one.',
  });
}

/** SHA of a branch of the bare repository. Throws VishkarError `BRANCH_NOT_FOUND`. */
export async function requireBranch(remote: string, branch: string): Promise<string> {
  const sha = await findCommit(remote, `refs/heads/${branch}`);
  if (sha !== undefined) return sha;
  throw new VishkarError('BRANCH_NOT_FOUND', `${remote} has no branch ${branch}.`, {
    hint: 'Push it, then let the story go on.',
  });
}

async function mergeTrees(request: MergeRequest, base: string): Promise<string> {
  const { stdout, exitCode } = await git(
    ['merge-tree', '--write-tree', '--no-messages', '--name-only', '-z', base, request.headSha],
    { cwd: request.remote, acceptedExitCodes: [0, 1] },
  );
  const [tree = '', ...files] = stdout.split('\0').filter((part) => part !== '');
  if (exitCode === 0) return tree;
  throw new VishkarError(
    'MERGE_CONFLICT',
    `${request.branch} can't be merged into ${request.baseBranch}: both change ${files.slice(0, 10).join(', ')}.`,
    { hint: `Merge ${request.baseBranch} into the branch and resolve the conflicts, then let the story go on.` },
  );
}
