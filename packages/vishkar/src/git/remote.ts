/**
 * What a remote says now: its default branch and where its branches stand.
 * Fetched commits are kept under `refs/vishkar/`, apart from a person's remote-tracking branches, so that a remote may
 * be a configured name, a URL or a path, and nothing of theirs moves.
 */
import { VishkarError } from '../errors.js';
import { git, gitText } from './git-command.js';
import type { GitOptions, GitSetting } from './git-command.js';
import { findCommit } from './revisions.js';

/** What lets git in at a remote that asks who comes; read for each call, since tokens end. */
export type RemoteAccess = () => Promise<readonly GitSetting[]>;

export interface RemoteOptions {
  /** Any folder inside the repository: main checkout or worktree. */
  readonly repository: string;
  /** Name of a configured remote, a URL or a path. */
  readonly remote: string;
  /** Default: git's own configuration. */
  readonly access?: RemoteAccess | undefined;
  readonly signal?: AbortSignal;
}

async function gitOptions({ repository, access, signal }: RemoteOptions): Promise<GitOptions> {
  return { cwd: repository, secretSettings: await access?.(), ...(signal === undefined ? {} : { signal }) };
}

/** Name of the remote's default branch (`main`). Throws VishkarError `NO_DEFAULT_BRANCH` when it has none, e.g. when it is empty. */
export async function defaultBranch(options: RemoteOptions): Promise<string> {
  const listed = await gitText(['ls-remote', '--symref', '--', options.remote, 'HEAD'], await gitOptions(options));
  const head = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(listed)?.[1];
  if (head !== undefined && /^[0-9a-f]{40,64}\tHEAD$/m.test(listed)) return head;
  // HEAD of the remote points to a branch that was never pushed: a single branch is still unambiguous.
  const branches = [...(await remoteBranches(options, [])).keys()];
  const [only] = branches;
  if (branches.length === 1 && only !== undefined) return only;
  throw new VishkarError(
    'NO_DEFAULT_BRANCH',
    branches.length === 0
      ? `The remote ${options.remote} has no branches yet.`
      : `The remote ${options.remote} has no default branch, but ${branches.length} branches.`,
    {
      hint:
        branches.length === 0
          ? `Push the main branch first: git push ${options.remote} main.`
          : 'Set `baseBranch` in the configuration, or HEAD of the remote.',
    },
  );
}

/** Branches of the remote with their SHAs; `patterns` (`vishkar/DEMO-1-*`) narrow it down, none means all. */
export async function remoteBranches(
  options: RemoteOptions,
  patterns: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const refs = patterns.map((pattern) => `refs/heads/${pattern}`);
  const { stdout } = await git(['ls-remote', '--heads', '--', options.remote, ...refs], await gitOptions(options));
  const branches = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const match = /^([0-9a-f]{40,64})\trefs\/heads\/(.+)$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) branches.set(match[2], match[1]);
  }
  return branches;
}

/** SHA of one branch on the remote, read now; undefined when it is not there. */
export async function remoteSha(options: RemoteOptions, branch: string): Promise<string | undefined> {
  // `ls-remote` matches the end of a name (`x/main` for `main`), so the exact one is picked from what it lists.
  return (await remoteBranches(options, [branch])).get(branch);
}

/** Fetches one branch and returns its SHA. Throws VishkarError `BRANCH_NOT_FOUND` when the remote has none with this name. */
export async function fetchBranch(options: RemoteOptions, branch: string): Promise<string> {
  const sha = await remoteSha(options, branch);
  if (sha === undefined) {
    throw new VishkarError('BRANCH_NOT_FOUND', `The remote ${options.remote} has no branch ${branch}.`, {
      hint: 'Push it, or name another base branch in the configuration.',
    });
  }
  // Steps ask often and the remote moves seldom.
  if ((await findCommit(options.repository, fetchedRef(branch))) === sha) return sha;
  await git(
    [
      'fetch',
      '--no-tags',
      '--no-write-fetch-head',
      '--',
      options.remote,
      `+refs/heads/${branch}:${fetchedRef(branch)}`,
    ],
    await gitOptions(options),
  );
  return await gitText(['rev-parse', '--verify', `${fetchedRef(branch)}^{commit}`], await gitOptions(options));
}

/** Where `fetchBranch` keeps what it has fetched. */
export function fetchedRef(branch: string): string {
  return `refs/vishkar/fetched/${branch}`;
}
