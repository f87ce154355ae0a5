/** Makes the bare repository that a project without a remote gets: its branches and pull requests live there. */
import { mkdir } from 'node:fs/promises';
import { git } from '../../git/git-command.js';
import { findCommit } from '../../git/revisions.js';

/** Makes the bare repository unless it is there, and pushes the branch that stories start from. Calling it again changes nothing. */
export async function ensureBareRemote(request: {
  /** Absolute path for the bare repository. */
  readonly remote: string;
  /** The user's checkout. */
  readonly repository: string;
  readonly branch: string;
}): Promise<void> {
  const { remote, repository, branch } = request;
  await mkdir(remote, { recursive: true });
  await git(['init', '--quiet', '--bare', `--initial-branch=${branch}`, '.'], { cwd: remote });
  if ((await findCommit(remote, `refs/heads/${branch}`)) !== undefined) return;
  await git(['push', '--quiet', '--no-verify', '--', remote, `refs/heads/${branch}:refs/heads/${branch}`], {
    cwd: repository,
  });
}
