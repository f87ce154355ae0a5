import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitFiles, runGit, testRepository, writeFiles } from '../../test/support/git-repository.js';
import { commitAll, findMarkedCommit, pushBranch } from './checkpoint.js';
import { discardUncommitted, uncommittedFiles } from './uncommitted.js';
import { prepareWorktree } from './worktree.js';

const TRAILERS = { 'Vishkar-Story': 'DEMO-1', 'Vishkar-Step': 'implement', 'Vishkar-Round': '1' };

async function story() {
  const repository = testRepository({ 'src/a.ts': 'export const a = 1;\n', '.gitignore': 'node_modules/\n' });
  const prepared = await prepareWorktree({
    repository: repository.checkout,
    worktreesFolder: repository.worktrees,
    storyKey: 'DEMO-1',
    branch: 'vishkar/DEMO-1',
    baseBranch: 'main',
    remote: 'origin',
  });
  return { repository, ...prepared };
}

describe('commitAll', () => {
  it('commits new, changed and deleted files with the identity and the marker of the story', async () => {
    const { worktree } = await story();
    writeFiles(worktree, { 'ärger mit leerzeichen.ts': 'export {};\n', 'node_modules/x/index.js': 'ignored' });
    runGit(worktree, 'rm', '--quiet', 'src/a.ts');
    const sha = await commitAll(worktree, { message: 'feat: a thing\n\nWhy it is done.', trailers: TRAILERS });
    expect(runGit(worktree, 'rev-parse', 'HEAD')).toBe(sha);
    expect(runGit(worktree, 'show', '--no-patch', '--format=%an <%ae> %cn%n%B')).toBe(
      'Vishkar <vishkar@localhost> Vishkar\nfeat: a thing\n\nWhy it is done.\n\n' +
        'Vishkar-Story: DEMO-1\nVishkar-Step: implement\nVishkar-Round: 1',
    );
    expect(runGit(worktree, '-c', 'core.quotePath=false', 'show', '--name-status', '--format=')).toBe(
      'D\tsrc/a.ts\nA\tärger mit leerzeichen.ts',
    );
    expect(await uncommittedFiles(worktree)).toEqual([]);
  });

  it('adopts its commit when it is asked again, and returns undefined when there is none', async () => {
    const { worktree } = await story();
    expect(await commitAll(worktree, { message: 'nothing', trailers: TRAILERS })).toBeUndefined();
    writeFiles(worktree, { 'b.ts': 'b\n' });
    const first = await commitAll(worktree, { message: 'b', trailers: TRAILERS });
    writeFiles(worktree, { 'c.ts': 'c\n' });
    await commitAll(worktree, { message: 'c', trailers: { ...TRAILERS, 'Vishkar-Round': '2' } });
    expect(await commitAll(worktree, { message: 'b', trailers: TRAILERS })).toBe(first);
    expect(runGit(worktree, 'rev-list', '--count', 'HEAD')).toBe('3');
  });

  it('is not stopped by hooks or signing settings of the user', async () => {
    const { worktree, repository } = await story();
    const hook = join(repository.checkout, '.git', 'hooks', 'pre-commit');
    writeFiles(repository.checkout, { '.git/hooks/pre-commit': '#!/bin/sh\nexit 1\n' });
    chmodSync(hook, 0o755);
    runGit(repository.checkout, 'config', 'commit.gpgSign', 'true');
    writeFiles(worktree, { 'b.ts': 'b\n' });
    expect(await commitAll(worktree, { message: 'b', trailers: TRAILERS })).toBeDefined();
  });

  it('folds commits that an engine made into one of its own, on the story branch', async () => {
    const { worktree, branch, baseSha } = await story();
    runGit(worktree, 'switch', '--quiet', '--create', 'my-feature');
    commitFiles(worktree, { 'engine.ts': 'one\n' }, 'made by the engine');
    writeFiles(worktree, { 'engine.ts': 'two\n' });
    const sha = await commitAll(worktree, { message: 'work', trailers: TRAILERS, branch, parent: baseSha });
    expect(runGit(worktree, 'log', '--format=%H %s', branch)).toBe(`${sha} work\n${baseSha} first commit`);
    expect(runGit(worktree, 'branch', '--show-current')).toBe(branch);
    expect(runGit(worktree, 'status', '--porcelain')).toBe('');
  });

  it('builds on the commit of an earlier attempt, which may be pushed, instead of folding it', async () => {
    const { worktree, branch, baseSha } = await story();
    const request = { message: 'work', trailers: TRAILERS, branch, parent: baseSha };
    writeFiles(worktree, { 'b.ts': 'b\n' });
    const first = await commitAll(worktree, request);
    expect(await commitAll(worktree, request)).toBe(first);
    writeFiles(worktree, { 'c.ts': 'c\n' });
    await commitAll(worktree, request);
    expect(runGit(worktree, 'rev-parse', 'HEAD~1')).toBe(first);
  });

  it('does not adopt what an earlier run of the same story merged', async () => {
    const { worktree, repository } = await story();
    writeFiles(worktree, { 'b.ts': 'b\n' });
    const old = await commitAll(worktree, { message: 'b', trailers: TRAILERS });
    runGit(repository.checkout, 'merge', '--quiet', '--no-ff', '--message', 'merged', 'vishkar/DEMO-1');
    const merged = runGit(repository.checkout, 'rev-parse', 'HEAD');
    runGit(worktree, 'reset', '--quiet', '--hard', merged);
    expect(await findMarkedCommit(worktree, 'HEAD', TRAILERS)).toBeUndefined();
    expect(await findMarkedCommit(worktree, old ?? '', TRAILERS)).toBe(old);
    expect(await findMarkedCommit(worktree, old ?? '', TRAILERS, old)).toBeUndefined();
    expect(await commitAll(worktree, { message: 'b', trailers: TRAILERS })).toBeUndefined();
  });

  it('refuses a worktree that was switched to work which is not on top of the story', async () => {
    const { worktree, branch } = await story();
    writeFiles(worktree, { 'b.ts': 'b\n' });
    await commitAll(worktree, { message: 'b', trailers: TRAILERS });
    runGit(worktree, 'switch', '--quiet', '--detach', 'HEAD~1');
    await expect(commitAll(worktree, { message: 'x', trailers: TRAILERS, branch })).rejects.toMatchObject({
      code: 'WORKTREE_SWITCHED',
    });
    await discardUncommitted(worktree, { branch });
    expect(runGit(worktree, 'branch', '--show-current')).toBe(branch);
    expect(runGit(worktree, 'status', '--porcelain')).toBe('');
  });

  it('leaves out a repository that was cloned inside the worktree', async () => {
    const { worktree, repository } = await story();
    runGit(worktree, 'clone', '--quiet', repository.remote, 'vendor/cloned');
    writeFiles(worktree, { 'b.ts': 'b\n' });
    await commitAll(worktree, { message: 'b', trailers: TRAILERS });
    expect(runGit(worktree, 'ls-tree', '-r', '--name-only', 'HEAD')).not.toContain('vendor');
  });
});

describe('pushBranch', () => {
  it('pushes once, adopts the second time and fast-forwards the third', async () => {
    const { worktree, branch, repository } = await story();
    const first = await pushBranch({ worktree, remote: 'origin', branch });
    expect(first.adopted).toBe(false);
    expect(await pushBranch({ worktree, remote: 'origin', branch })).toEqual({ ...first, adopted: true });
    writeFiles(worktree, { 'b.ts': 'b\n' });
    const sha = await commitAll(worktree, { message: 'b', trailers: TRAILERS });
    expect(await pushBranch({ worktree, remote: repository.remote, branch })).toEqual({ sha, adopted: false });
    expect(runGit(repository.remote, 'rev-parse', branch)).toBe(sha);
  });

  it('never overwrites commits that somebody else pushed', async () => {
    const { worktree, branch, repository } = await story();
    await pushBranch({ worktree, remote: 'origin', branch });
    const person = join(repository.root, 'person');
    runGit(repository.root, 'clone', '--quiet', '--branch', branch, repository.remote, person);
    const theirs = commitFiles(person, { 'theirs.ts': 'x\n' }, 'theirs');
    runGit(person, 'push', '--quiet', 'origin', branch);
    writeFiles(worktree, { 'ours.ts': 'x\n' });
    await commitAll(worktree, { message: 'ours', trailers: TRAILERS });
    await expect(pushBranch({ worktree, remote: 'origin', branch })).rejects.toMatchObject({ code: 'BRANCH_DIVERGED' });
    expect(runGit(repository.remote, 'rev-parse', branch)).toBe(theirs);
  });

  it('adopts a branch on which somebody built further, so that a conflict resolved by hand lets the story go on', async () => {
    const { worktree, branch, repository } = await story();
    const { sha } = await pushBranch({ worktree, remote: 'origin', branch });
    const person = join(repository.root, 'person');
    runGit(repository.root, 'clone', '--quiet', '--branch', branch, repository.remote, person);
    const theirs = commitFiles(person, { 'theirs.ts': 'x\n' }, 'theirs');
    runGit(person, 'push', '--quiet', 'origin', branch);
    expect(await pushBranch({ worktree, remote: 'origin', branch })).toEqual({ sha, adopted: true });
    expect(runGit(repository.remote, 'rev-parse', branch)).toBe(theirs);
  });

  it("tells a refusal by the remote's own rules apart", async () => {
    const { worktree, branch, repository } = await story();
    writeFiles(repository.remote, { 'hooks/pre-receive': '#!/bin/sh\necho not on a Friday; exit 1\n' });
    chmodSync(join(repository.remote, 'hooks/pre-receive'), 0o755);
    await expect(pushBranch({ worktree, remote: 'origin', branch })).rejects.toMatchObject({ code: 'PUSH_REJECTED' });
  });
});

describe('discardUncommitted', () => {
  it('returns to the last commit and keeps what is ignored', async () => {
    const { worktree } = await story();
    writeFiles(worktree, { 'src/a.ts': 'broken', 'new/file.ts': 'x', 'node_modules/x/index.js': 'kept' });
    expect(await uncommittedFiles(worktree)).toEqual(['src/a.ts', 'new/file.ts']);
    await discardUncommitted(worktree);
    expect(await uncommittedFiles(worktree)).toEqual([]);
    expect(runGit(worktree, 'status', '--porcelain', '--ignored')).toBe('!! node_modules/');
  });
});
