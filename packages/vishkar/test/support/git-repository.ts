/**
 * A real repository for tests: a bare remote and a checkout of it with one commit on `main`, both in temporary folders
 * whose names hold a space and letters outside ASCII, because users' folders do.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';

export interface TestRepository {
  readonly root: string;
  /** The user's main checkout. */
  readonly checkout: string;
  /** The bare remote, configured as `origin`. */
  readonly remote: string;
  readonly worktrees: string;
}

/** Makes the repository; it is removed when the running test is over. */
export function testRepository(
  files: Readonly<Record<string, string | Uint8Array>> = { 'README.md': '# Demo\n' },
): TestRepository {
  const root = join(temporaryFolder('git'), 'Projekte für alle');
  const checkout = join(root, 'demo');
  const remote = join(root, 'demo remote.git');
  mkdirSync(checkout, { recursive: true });
  runGit(root, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
  runGit(checkout, 'init', '--quiet', '--initial-branch=main');
  runGit(checkout, 'remote', 'add', 'origin', remote);
  commitFiles(checkout, files, 'first commit');
  runGit(checkout, 'push', '--quiet', 'origin', 'main');
  return { root, checkout, remote, worktrees: join(root, 'worktrees') };
}

/** Runs git as a person of the tests would, and returns what it printed, trimmed. */
export function runGit(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** Writes files below `folder`. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Writes and commits files as a person, and returns the SHA. */
export function commitFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  message: string,
): string {
  writeFiles(folder, files);
  runGit(folder, 'add', '--all');
  runGit(folder, 'commit', '--quiet', '--allow-empty', '--message', message);
  return runGit(folder, 'rev-parse', 'HEAD');
}
