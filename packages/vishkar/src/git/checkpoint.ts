/**
 * Commits and pushes of a story: what lies in the worktree becomes a commit that carries its marker as trailers, and the
 * branch goes to the remote. A retry finds the trailers and adopts the commit; a push adopts an equal remote branch.
 *
 * Commits are made from plumbing (write-tree, commit-tree, update-ref with the old value): no hook, editor, template or
 * signing prompt of the user can stop them, and the branch moves in one atomic step. Never forced over foreign commits.
 */
import { VishkarError } from '../errors.js';
import { git, gitText } from './git-command.js';
import { branchDiverged } from './git-error.js';
import { clearStaleLocks } from './live-git.js';
import { fetchBranch, remoteSha } from './remote.js';
import type { RemoteAccess } from './remote.js';
import { currentBranch, findCommit, headSha, isAncestor } from './revisions.js';

/** Who commits and comments in git; shown in `git log`. */
export interface CommitIdentity {
  readonly name: string;
  readonly email: string;
}

export const DEFAULT_IDENTITY: CommitIdentity = { name: 'Vishkar', email: 'vishkar@localhost' };

/** The marker of a commit: `{ 'Vishkar-Story': 'DEMO-1', 'Vishkar-Step': 'implement', 'Vishkar-Round': '1' }`. */
export type Trailers = Readonly<Record<string, string>>;

export interface CommitRequest {
  readonly message: string;
  readonly trailers: Trailers;
  readonly identity?: CommitIdentity;
  /** The story branch. When given, a worktree that an engine moved to a branch of its own is brought back to it. */
  readonly branch?: string;
  /** Head before the engine ran. When given, commits made since by somebody else in the worktree are folded into this one. */
  readonly parent?: string;
  /** Where the story began (its base SHA): a commit of an earlier run of the story before it is not adopted. Default `parent`. */
  readonly since?: string;
  readonly signal?: AbortSignal;
}

/** How far back an earlier attempt's commit is looked for: one story's commits are far fewer. */
const MARKER_SEARCH_DEPTH = 500;

/**
 * Commits everything in the worktree that is not ignored, and returns the SHA. Nothing changed: returns the commit that
 * carries these trailers already, else undefined. Throws VishkarError `WORKTREE_SWITCHED` when HEAD is on other work.
 */
export async function commitAll(worktree: string, request: CommitRequest): Promise<string | undefined> {
  await clearStaleLocks(worktree, request.signal);
  const branch = request.branch ?? (await currentBranch(worktree));
  const branchHead =
    branch === undefined ? await headSha(worktree) : await findCommit(worktree, `refs/heads/${branch}`);
  if (branchHead === undefined) {
    throw new VishkarError('BRANCH_NOT_FOUND', `The story branch ${branch} is gone from ${worktree}.`, {
      hint: 'The worktree is built again from the pushed branch when the story goes on.',
    });
  }
  await requireOwnWork(worktree, branch, branchHead);
  const since = request.since ?? request.parent;
  const done = await findMarkedCommit(worktree, branchHead, request.trailers, since);
  // What an earlier attempt committed may be pushed already, so it is built upon and never folded.
  const parent = request.parent === undefined ? branchHead : (done ?? request.parent);

  await git(['add', '--all', '--', '.'], { cwd: worktree });
  await unstageNestedRepositories(worktree, parent);
  const tree = await gitText(['write-tree'], { cwd: worktree });
  const isUnchanged = tree === (await gitText(['rev-parse', '--verify', `${parent}^{tree}`], { cwd: worktree }));
  // An engine that committed and took it back leaves the tree of `parent` under another head: then there is something to mend.
  if (isUnchanged && parent === branchHead) {
    await attachHead(worktree, branch);
    return done;
  }
  const sha = isUnchanged ? parent : await createCommit(worktree, { ...request, tree, parents: [parent] });
  await git(
    [
      'update-ref',
      '-m',
      'vishkar: checkpoint',
      branch === undefined ? 'HEAD' : `refs/heads/${branch}`,
      sha,
      branchHead,
    ],
    {
      cwd: worktree,
    },
  );
  await attachHead(worktree, branch);
  return isUnchanged ? done : sha;
}

/**
 * Newest commit at `from` or before it, and after `since`, that carries all of these trailers. Only first parents are
 * followed: what an earlier run of the same story merged lies behind a second parent and is not this run's work.
 */
export async function findMarkedCommit(
  folder: string,
  from: string,
  trailers: Trailers,
  since?: string,
): Promise<string | undefined> {
  const wanted = Object.entries(trailers).map(([name, value]) => `${name}: ${oneLine(value)}`);
  if (wanted.length === 0) return undefined;
  const format = '--format=%H%n%(trailers:only,unfold)';
  const range = since === undefined ? from : `${since}..${from}`;
  const log = await gitText(
    ['log', '-z', '--first-parent', '--no-show-signature', `--max-count=${MARKER_SEARCH_DEPTH}`, format, range, '--'],
    { cwd: folder },
  );
  for (const record of log.split('\0')) {
    const [sha, ...lines] = record.split('\n');
    if (sha !== undefined && sha !== '' && wanted.every((line) => lines.includes(line))) return sha;
  }
  return undefined;
}

/** Writes a commit object with the story's identity and trailers; moves no branch. */
export async function createCommit(
  folder: string,
  commit: {
    readonly tree: string;
    readonly parents: readonly string[];
    readonly message: string;
    readonly trailers: Trailers;
    readonly identity?: CommitIdentity;
  },
): Promise<string> {
  const { name, email } = commit.identity ?? DEFAULT_IDENTITY;
  const trailers = Object.entries(commit.trailers).map(([key, value]) => `${key}: ${oneLine(value)}`);
  const message = [
    commit.message.replaceAll('\0', '').trim(),
    ...(trailers.length === 0 ? [] : [trailers.join('\n')]),
  ].join('\n\n');
  return await gitText(['commit-tree', commit.tree, ...commit.parents.flatMap((parent) => ['-p', parent]), '-F', '-'], {
    cwd: folder,
    input: `${message}\n`,
    env: {
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
    },
  });
}

export interface PushRequest {
  readonly worktree: string;
  /** Name of a configured remote, a URL or a path. */
  readonly remote: string;
  readonly access?: RemoteAccess | undefined;
  readonly branch: string;
  readonly signal?: AbortSignal;
}

/**
 * Pushes the story branch. The remote has it already, alone or with commits on top: adopted. Throws VishkarError
 * `BRANCH_DIVERGED` when each side has commits that the other lacks, `PUSH_REJECTED` when its rules refuse ours; it is never forced.
 */
export async function pushBranch(request: PushRequest): Promise<{ readonly sha: string; readonly adopted: boolean }> {
  const { worktree, remote, access, branch, signal } = request;
  const options = { cwd: worktree, ...(signal === undefined ? {} : { signal }) };
  const sha = await gitText(['rev-parse', '--verify', `refs/heads/${branch}^{commit}`], options);
  const remoteOptions = { repository: worktree, remote, access, ...(signal === undefined ? {} : { signal }) };
  const there = await remoteSha(remoteOptions, branch);
  if (there === sha) return { sha, adopted: true };
  if (there !== undefined) {
    const fetched = await fetchBranch(remoteOptions, branch);
    // Somebody built on what we pushed: it is there, and whoever watches the branch sees the newer head.
    if (await isAncestor(worktree, sha, fetched)) return { sha, adopted: true };
    if (!(await isAncestor(worktree, fetched, sha))) throw branchDiverged(branch, sha, fetched);
  }
  try {
    // The lease makes it compare-and-swap: a push that came in between is refused instead of overwritten.
    await git(
      [
        'push',
        '--no-follow-tags',
        '--no-verify',
        `--force-with-lease=refs/heads/${branch}:${there ?? ''}`,
        '--',
        remote,
        `${sha}:refs/heads/${branch}`,
      ],
      { ...options, timeoutMs: 600_000, secretSettings: await access?.() },
    );
  } catch (error) {
    if (!isRejected(error)) throw error;
    // A push that the network carried out twice is refused the second time: what counts is where the branch is now.
    const now = await remoteSha(remoteOptions, branch);
    if (now === sha) return { sha, adopted: true };
    throw pushError(error, branch, sha, now);
  }
  return { sha, adopted: false };
}

function isRejected(error: unknown): error is VishkarError {
  return error instanceof VishkarError && /\[(remote )?rejected\]/.test(error.message);
}

function pushError(error: VishkarError, branch: string, sha: string, now: string | undefined): VishkarError {
  if (/stale info|non-fast-forward|fetch first/.test(error.message))
    return branchDiverged(branch, sha, now ?? 'nothing');
  return new VishkarError('PUSH_REJECTED', `The remote refuses ${branch}: ${error.message}`, {
    hint: 'Allow pushes to branches under vishkar/ (branch protection, server-side hooks), then let the story go on.',
    cause: error,
  });
}

/** HEAD is where the story left it, or on something built on it; anything else would turn foreign work into ours. */
async function requireOwnWork(worktree: string, branch: string | undefined, branchHead: string): Promise<void> {
  if (branch === undefined || (await currentBranch(worktree)) === branch) return;
  const head = await findCommit(worktree, 'HEAD');
  if (head !== undefined && (await isAncestor(worktree, branchHead, head))) return;
  throw new VishkarError('WORKTREE_SWITCHED', `${worktree} is no longer on ${branch} but on other work.`, {
    hint: 'The attempt is dropped and the worktree is put back on the story branch.',
    retryable: true,
  });
}

async function attachHead(worktree: string, branch: string | undefined): Promise<void> {
  if (branch === undefined || (await currentBranch(worktree)) === branch) return;
  await git(['symbolic-ref', '-m', 'vishkar: back to the story branch', 'HEAD', `refs/heads/${branch}`], {
    cwd: worktree,
  });
}

/** A repository that an engine cloned inside the worktree, and perhaps committed, would be committed as a link to nowhere. */
async function unstageNestedRepositories(worktree: string, parent: string): Promise<void> {
  const { stdout } = await git(['diff-index', '--cached', '-z', '--diff-filter=A', parent, '--'], { cwd: worktree });
  const fields = stdout.split('\0');
  const nested = fields.flatMap((field, index) => (/^:\d+ 160000 /.test(field) ? [fields[index + 1] ?? ''] : []));
  if (nested.length > 0) await git(['rm', '--cached', '--quiet', '--force', '--', ...nested], { cwd: worktree });
}

function oneLine(value: string): string {
  return value.replace(/\s+/g, ' ').trim();
}
