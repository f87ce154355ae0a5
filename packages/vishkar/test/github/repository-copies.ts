/**
 * Copies of a repository that was made once for a file of tests: to start git a dozen times for each test would take longer than
 * the tests themselves.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createTemporaryFolder, temporaryFolder } from '@vishkar/testkit';
import { afterAll } from 'vitest';
import { commitFiles, runGit, testRepository } from '../support/git-repository.js';
import type { TestRepository } from '../support/git-repository.js';

const made = new Map<string, { readonly copy: (root: string) => TestRepository; readonly remove: () => void }>();

afterAll(() => {
  for (const { remove } of made.values()) remove();
  made.clear();
});

/** A checkout and its bare remote, removed with the running test; with `branch` pushed when its files are given. */
export function repositoryCopy(branch?: {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
}): TestRepository {
  const key = JSON.stringify(branch ?? null);
  const template = made.get(key) ?? makeTemplate(branch);
  made.set(key, template);
  return template.copy(join(temporaryFolder('git'), 'Projekte für alle'));
}

function makeTemplate(branch: Parameters<typeof repositoryCopy>[0]) {
  const origin = testRepository();
  if (branch !== undefined) pushFiles(origin.checkout, branch.name, branch.files);
  const kept = createTemporaryFolder('git-template');
  cpSync(origin.root, kept.path, { recursive: true });
  return {
    copy: (root: string): TestRepository => {
      cpSync(kept.path, root, { recursive: true });
      const [checkout, remote] = [origin.checkout, origin.remote].map((path) => join(root, basename(path))) as [
        string,
        string,
      ];
      const config = join(checkout, '.git', 'config');
      writeFileSync(config, readFileSync(config, 'utf8').replace(origin.remote, remote));
      return { root, checkout, remote, worktrees: join(root, 'worktrees') };
    },
    remove: kept.remove,
  };
}

/** Commits files on a branch, from `main` when it is new, as a person does, and pushes it; returns the SHA. */
export function pushFiles(checkout: string, branch: string, files: Readonly<Record<string, string>>): string {
  const isKnown = runGit(checkout, 'branch', '--list', branch) !== '';
  runGit(checkout, 'switch', '--quiet', ...(isKnown ? [branch] : ['--create', branch, 'origin/main']));
  if (branch === 'main') runGit(checkout, 'pull', '--quiet', '--ff-only', 'origin', 'main');
  const sha = commitFiles(checkout, files, `change ${branch}`);
  runGit(checkout, 'push', '--quiet', 'origin', branch);
  return sha;
}
