/**
 * The story's git worktree: made from the remote's default branch, adopted when it is there, rebuilt when it is broken.
 * Rule guarded here: what is committed on the story branch, pushed or not, is never lost by preparing or removing a worktree.
 *
 *   found                                        | done
 *   ---------------------------------------------+------------------------------------------------------
 *   intact worktree on a branch of the story     | stale locks cleared, adopted with what lies in it
 *   half-made, moved to another branch, damaged  | removed, then as below
 *   no worktree, branch local and/or remote      | added on the newer of both; diverged: BRANCH_DIVERGED
 *   nothing                                      | branch from the base branch, worktree added
 */
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { VishkarError } from '../errors.js';
import { git, gitText } from './git-command.js';
import { branchDiverged } from './git-error.js';
import { clearStaleLocks, waitForLiveGit } from './live-git.js';
import { fetchBranch, remoteBranches } from './remote.js';
import type { RemoteAccess } from './remote.js';
import { currentBranch, findCommit, headSha, isAncestor, mergeBase } from './revisions.js';
import { storyBranchPatterns } from './story-branch.js';
import { findWorktree, listWorktrees, removeWorktree } from './worktree-list.js';

export interface PrepareWorktreeRequest {
  /** The user's main checkout, or any folder of the repository. */
  readonly repository: string;
  /** Folder that holds one worktree per story, each named after its key. */
  readonly worktreesFolder: string;
  readonly storyKey: string;
  /** Name for a new branch, see `storyBranch`. A branch of the same key that exists already wins. */
  readonly branch: string;
  readonly baseBranch: string;
  /** Name of a configured remote, a URL or a path. */
  readonly remote: string;
  readonly access?: RemoteAccess | undefined;
  /** Step 1 only: a story branch without commits of its own is moved to the base branch as it is now. Default false. */
  readonly moveToBase?: boolean;
  readonly signal?: AbortSignal;
}

export interface PreparedWorktree {
  /** Absolute real path. */
  readonly worktree: string;
  readonly branch: string;
  /** Where the story branch leaves the base branch; record it once, since a later merge moves it. */
  readonly baseSha: string;
}

/** Last preparation per repository: steps that run side by side must not rebuild the same worktree under each other. */
const preparations = new Map<string, Promise<unknown>>();

/** Makes or adopts the story's worktree; calling it again changes nothing. Throws `BRANCH_DIVERGED`, `BRANCH_CHECKED_OUT` and git errors. */
export async function prepareWorktree(request: PrepareWorktreeRequest): Promise<PreparedWorktree> {
  const before = preparations.get(request.repository) ?? Promise.resolve();
  const turn = before.then(
    () => prepareAlone(request),
    () => prepareAlone(request),
  );
  preparations.set(request.repository, turn);
  try {
    return await turn;
  } finally {
    if (preparations.get(request.repository) === turn) preparations.delete(request.repository);
  }
}

async function prepareAlone(request: PrepareWorktreeRequest): Promise<PreparedWorktree> {
  request.signal?.throwIfAborted();
  await mkdir(request.worktreesFolder, { recursive: true });
  const worktree = join(await realpath(request.worktreesFolder), request.storyKey);
  const baseTip = await fetchBranch(request, request.baseBranch);

  let branch = await intactBranch(request, worktree);
  if (branch === undefined) {
    // A `worktree add` of a killed worker may still be running; its cleanup would take away what is made now.
    await waitForLiveGit(worktree, request.signal);
    await removeWorktree({ repository: request.repository, worktree });
    branch = await ensureBranch(request, baseTip);
    await addWorktree(request, worktree, branch);
  } else {
    await clearStaleLocks(worktree, request.signal);
  }
  if (request.moveToBase === true) await moveToBase(worktree, baseTip);
  const baseSha = await mergeBase(worktree, baseTip, 'HEAD');
  if (baseSha === undefined) {
    throw new VishkarError('BRANCH_UNRELATED', `${branch} and ${request.baseBranch} have no commit in common.`, {
      hint: `Rename or delete the branch ${branch}, or name the right base branch in the configuration.`,
    });
  }
  return { worktree, branch, baseSha };
}

/** The branch of a worktree that can be used as it is; undefined when there is none or it has to be rebuilt. */
async function intactBranch(request: PrepareWorktreeRequest, worktree: string): Promise<string | undefined> {
  const entry = await findWorktree(request.repository, worktree);
  // git holds this lock while it fills a new worktree: whoever made it was killed.
  if (entry === undefined || entry.lockReason === 'initializing') return undefined;
  if (!(await isIntactWorktree(worktree))) return undefined;
  const branch = await currentBranch(worktree);
  return branch !== undefined && (await storyBranches(request)).has(branch) ? branch : undefined;
}

/** False when it is damaged (missing folder, unreadable index or HEAD): its commits are in the repository, and it can be built again. */
export async function isIntactWorktree(worktree: string): Promise<boolean> {
  try {
    // A folder whose `.git` file is gone answers for the repository around it, hence the comparison.
    if ((await gitText(['rev-parse', '--show-toplevel'], { cwd: worktree })) !== worktree) return false;
    await git(['status', '--porcelain', '--untracked-files=no'], { cwd: worktree });
    return (await findCommit(worktree, 'HEAD')) !== undefined;
  } catch (error) {
    if (error instanceof VishkarError && !error.retryable) return false;
    throw error;
  }
}

/** Local branches of this story with their SHAs. */
async function storyBranches(request: PrepareWorktreeRequest): Promise<ReadonlyMap<string, string>> {
  const patterns = storyBranchPatterns(request.branch, request.storyKey).map((pattern) => `refs/heads/${pattern}`);
  const listed = await gitText(['for-each-ref', '--format=%(objectname) %(refname:lstrip=2)', ...patterns], {
    cwd: request.repository,
  });
  const lines = listed === '' ? [] : listed.split('\n');
  return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))] as const));
}

/** Sees to it that the story's branch exists locally, at the newest of what is known of it, and returns its name. */
async function ensureBranch(request: PrepareWorktreeRequest, baseTip: string): Promise<string> {
  const { repository } = request;
  const local = await storyBranches(request);
  const pushed = await remoteBranches(request, storyBranchPatterns(request.branch, request.storyKey));
  const known = new Set([...local.keys(), ...pushed.keys()]);
  const branch = known.has(request.branch) ? request.branch : ([...known].sort()[0] ?? request.branch);
  const localSha = local.get(branch);
  const remoteSha = pushed.has(branch) ? await fetchBranch(request, branch) : undefined;

  if (localSha === undefined) {
    await git(['branch', '--no-track', '--', branch, remoteSha ?? baseTip], { cwd: repository });
  } else if (remoteSha !== undefined && !(await isAncestor(repository, remoteSha, localSha))) {
    if (!(await isAncestor(repository, localSha, remoteSha))) throw branchDiverged(branch, localSha, remoteSha);
    await git(['update-ref', `refs/heads/${branch}`, remoteSha, localSha], { cwd: repository });
  }
  return branch;
}

async function addWorktree(request: PrepareWorktreeRequest, worktree: string, branch: string): Promise<void> {
  const holder = (await listWorktrees(request.repository)).find((entry) => entry.branch === branch);
  if (holder?.isMissing === true) {
    await removeWorktree({ repository: request.repository, worktree: holder.path });
  } else if (holder !== undefined) {
    throw new VishkarError('BRANCH_CHECKED_OUT', `${branch} is checked out in ${holder.path}.`, {
      hint: 'Switch that checkout to another branch, then let the story go on.',
    });
  }
  await git(['worktree', 'add', '--', worktree, branch], {
    cwd: request.repository,
    // A large repository takes its time to be written out.
    timeoutMs: 600_000,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
}

async function moveToBase(worktree: string, baseTip: string): Promise<void> {
  const head = await headSha(worktree);
  if (head === baseTip || !(await isAncestor(worktree, head, baseTip))) return;
  const { stdout } = await git(['status', '--porcelain', '--untracked-files=all'], { cwd: worktree });
  if (stdout === '') await git(['reset', '--hard', baseTip], { cwd: worktree });
}
