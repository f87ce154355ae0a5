import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitFiles, runGit, testRepository, writeFiles } from '../../test/support/git-repository.js';
import type { TestRepository } from '../../test/support/git-repository.js';
import { commitAll, pushBranch } from './checkpoint.js';
import { listWorktrees, removeWorktree } from './worktree-list.js';
import { prepareWorktree } from './worktree.js';

const TRAILERS = { 'Vishkar-Story': 'DEMO-1', 'Vishkar-Step': 'implement', 'Vishkar-Round': '1' };

function prepare(repository: TestRepository, overrides: Partial<Parameters<typeof prepareWorktree>[0]> = {}) {
  return prepareWorktree({
    repository: repository.checkout,
    worktreesFolder: repository.worktrees,
    storyKey: 'DEMO-1',
    branch: 'vishkar/DEMO-1-parse-durations',
    baseBranch: 'main',
    remote: 'origin',
    ...overrides,
  });
}

describe('prepareWorktree', () => {
  it('makes branch and worktree from the remote as it is now, not from the local checkout', async () => {
    const repository = testRepository();
    const pushed = commitFiles(repository.checkout, { 'a.txt': 'pushed\n' }, 'pushed');
    runGit(repository.checkout, 'push', '--quiet', 'origin', 'main');
    commitFiles(repository.checkout, { 'a.txt': 'mine alone\n' }, 'not pushed');

    const prepared = await prepare(repository);

    expect(prepared).toEqual({
      worktree: join(repository.worktrees, 'DEMO-1'),
      branch: 'vishkar/DEMO-1-parse-durations',
      baseSha: pushed,
    });
    expect(readFileSync(join(prepared.worktree, 'a.txt'), 'utf8')).toBe('pushed\n');
    expect(runGit(repository.checkout, 'status', '--porcelain')).toBe('');
  });

  it('adopts what an earlier attempt made, with the work that lies in it, also when the title has changed', async () => {
    const repository = testRepository();
    const first = await prepare(repository);
    writeFiles(first.worktree, { 'new.ts': 'export {};\n' });

    const second = await prepare(repository, { branch: 'vishkar/DEMO-1-another-title' });

    expect(second).toEqual(first);
    expect(existsSync(join(second.worktree, 'new.ts'))).toBe(true);
  });

  it('does not take the branch of a story whose key merely begins the same', async () => {
    const repository = testRepository();
    await prepare(repository, { storyKey: 'DEMO-10', branch: 'vishkar/DEMO-10-other' });
    expect((await prepare(repository)).branch).toBe('vishkar/DEMO-1-parse-durations');
  });

  it.each(['folder deleted', 'git link deleted', 'half made'])('rebuilds a broken worktree: %s', async (damage) => {
    const repository = testRepository();
    const { worktree, branch } = await prepare(repository);
    writeFiles(worktree, { 'work.ts': 'export const work = 1;\n' });
    const sha = await commitAll(worktree, { message: 'work', trailers: TRAILERS });
    if (damage === 'folder deleted') rmSync(worktree, { recursive: true });
    if (damage === 'git link deleted') rmSync(join(worktree, '.git'));
    if (damage === 'half made') {
      writeFileSync(join(repository.checkout, '.git', 'worktrees', 'DEMO-1', 'locked'), 'initializing');
    }

    const rebuilt = await prepare(repository);

    expect(rebuilt).toMatchObject({ worktree, branch });
    expect(runGit(rebuilt.worktree, 'rev-parse', 'HEAD')).toBe(sha);
    expect(await listWorktrees(repository.checkout)).toHaveLength(2);
  });

  it('is made once when several steps ask for it at the same time', async () => {
    const repository = testRepository();
    const prepared = await Promise.all([1, 2, 3, 4].map(() => prepare(repository)));
    expect(new Set(prepared.map((each) => JSON.stringify(each))).size).toBe(1);
  });

  it('rebuilds from the pushed branch on another host', async () => {
    const repository = testRepository();
    const { worktree, branch } = await prepare(repository);
    writeFiles(worktree, { 'work.ts': 'export const work = 1;\n' });
    const sha = await commitAll(worktree, { message: 'work', trailers: TRAILERS });
    await pushBranch({ worktree, remote: 'origin', branch });
    const otherHost = join(repository.root, 'other host');
    runGit(repository.root, 'clone', '--quiet', repository.remote, otherHost);

    const rebuilt = await prepare(repository, { repository: otherHost, worktreesFolder: join(repository.root, 'wt2') });

    expect(rebuilt.branch).toBe(branch);
    expect(runGit(rebuilt.worktree, 'rev-parse', 'HEAD')).toBe(sha);
  });

  it('removes the index lock of a git that was killed', async () => {
    const repository = testRepository();
    const { worktree } = await prepare(repository);
    const lock = join(repository.checkout, '.git', 'worktrees', 'DEMO-1', 'index.lock');
    writeFileSync(lock, '');
    await prepare(repository);
    expect(existsSync(lock)).toBe(false);
    writeFiles(worktree, { 'b.txt': 'b\n' });
    writeFileSync(lock, '');
    expect(await commitAll(worktree, { message: 'b', trailers: TRAILERS })).toMatch(/^[0-9a-f]{40}$/);
  });

  it('says where the branch is checked out when a person holds it', async () => {
    const repository = testRepository();
    runGit(repository.checkout, 'switch', '--quiet', '--create', 'vishkar/DEMO-1-parse-durations');
    await expect(prepare(repository)).rejects.toMatchObject({ code: 'BRANCH_CHECKED_OUT' });
  });

  it('moves a branch without own commits to the base as it is now when the story starts anew', async () => {
    const repository = testRepository();
    await prepare(repository);
    const moved = commitFiles(repository.checkout, { 'a.txt': 'later\n' }, 'later');
    runGit(repository.checkout, 'push', '--quiet', 'origin', 'main');
    expect((await prepare(repository)).baseSha).not.toBe(moved);
    expect((await prepare(repository, { moveToBase: true })).baseSha).toBe(moved);
  });

  it('reports a base branch that the remote does not have', async () => {
    await expect(prepare(testRepository(), { baseBranch: 'trunk' })).rejects.toMatchObject({
      code: 'BRANCH_NOT_FOUND',
    });
  });
});

describe('removeWorktree', () => {
  it('removes the folder and keeps the branch, and does nothing the second time', async () => {
    const repository = testRepository();
    const { worktree, branch } = await prepare(repository);
    writeFiles(worktree, { 'left over/x': 'x' });
    await removeWorktree({ repository: repository.checkout, worktree });
    await removeWorktree({ repository: repository.checkout, worktree });
    expect(existsSync(worktree)).toBe(false);
    expect(await listWorktrees(repository.checkout)).toHaveLength(1);
    expect(runGit(repository.checkout, 'branch', '--list', branch)).toContain(branch);
  });

  it('refuses the main checkout and what holds it', async () => {
    const repository = testRepository();
    for (const worktree of [repository.checkout, repository.root]) {
      await expect(removeWorktree({ repository: repository.checkout, worktree })).rejects.toMatchObject({
        code: 'WORKTREE_IS_MAIN',
      });
    }
    expect(existsSync(join(repository.checkout, 'README.md'))).toBe(true);
  });
});
