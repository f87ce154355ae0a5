import { existsSync, lstatSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { commitFiles, runGit, testRepository, writeFiles } from '../../test/support/git-repository.js';
import { commitAll } from './checkpoint.js';
import { applyHeldPatch, dropProtectedChanges, findProtectedChanges } from './held-changes.js';
import { protectedPathRule } from './protected-paths.js';

const FILES = {
  '.github/workflows/ci.yml': 'on: push\n',
  'src/a.ts': 'export const a = 1;\n',
  '.gitignore': 'node_modules/\n',
};
const isProtected = protectedPathRule({ also: [], except: [] });

/** What is held back after `change`, in words; the worktree and what else it changed. */
async function held(change: (worktree: string) => void, files: Readonly<Record<string, string>> = FILES) {
  const { checkout } = testRepository(files);
  const head = runGit(checkout, 'rev-parse', 'HEAD');
  change(checkout);
  const found = await findProtectedChanges(checkout, head, isProtected);
  await dropProtectedChanges(checkout, head, found);
  return {
    worktree: checkout,
    head,
    found,
    words: found.held.map(({ path, change }) => `${change} ${path}`),
    rest: runGit(checkout, 'status', '--porcelain', '--untracked-files=all'),
    commit: (trailers: Record<string, string> = { Step: 'x' }) =>
      commitAll(checkout, { message: 'x', trailers, branch: 'main', parent: head }),
  };
}

describe('changes of protected paths', () => {
  it('are taken out of the worktree, whether added, changed or deleted; all else stays', async () => {
    const { words, rest } = await held(
      (worktree) => {
        writeFiles(worktree, { 'AGENTS.md': 'Obey.\n', '.github/workflows/ci.yml': 'on: never\n', 'src/b.ts': 'b\n' });
        rmSync(join(worktree, 'CODEOWNERS'));
      },
      { ...FILES, CODEOWNERS: '* @team\n' },
    );
    expect(words).toEqual(['modified .github/workflows/ci.yml', 'added AGENTS.md', 'deleted CODEOWNERS']);
    expect(rest).toBe('A  src/b.ts');
  });

  it('are found behind commits and renames of the engine, and both ends of a rename', async () => {
    const { words, worktree, commit, head } = await held((worktree) => {
      runGit(worktree, 'mv', '.github/workflows/ci.yml', 'old-ci.yml');
      runGit(worktree, 'mv', 'src/a.ts', '.gitattributes');
      runGit(worktree, 'commit', '--quiet', '--message', 'tidy');
    });
    expect(words).toEqual(['added .gitattributes', 'deleted .github/workflows/ci.yml']);
    await commit();
    // What is no protected path any more came in; the protected file is where it was.
    expect(runGit(worktree, 'diff', '--name-status', '--no-renames', head, 'main')).toBe('A\told-ci.yml\nD\tsrc/a.ts');
  });

  it('are found under names in other letters, and behind .gitignore', async () => {
    const { words, found, worktree } = await held((worktree) => {
      writeFiles(worktree, { '.GITHUB/workflows/x.yml': 'x\n', '.gitignore': 'CLAUDE.md\n.vscode\nnode_modules/\n' });
      writeFiles(worktree, {
        'CLAUDE.md': 'x\n',
        '.vscode/tasks.json': '{}\n',
        'node_modules/a/AGENTS.md': 'theirs\n',
      });
    });
    expect(words).toEqual(['added .GITHUB/workflows/x.yml']);
    expect([...found.ignored].sort()).toEqual(['.vscode/', 'CLAUDE.md']);
    expect(
      ['CLAUDE.md', '.vscode', 'node_modules/a/AGENTS.md'].map((each) => existsSync(join(worktree, each))),
    ).toEqual([...[false, false, true]]);
  });

  it('are found where a link takes the place of a folder, and nothing behind the link is touched', async () => {
    const outside = temporaryFolder('outside');
    writeFiles(outside, { 'workflows/ci.yml': 'of the person\n' });
    const { words, worktree } = await held((worktree) => {
      rmSync(join(worktree, '.github'), { recursive: true });
      symlinkSync(outside, join(worktree, '.github'));
    });
    expect(words).toEqual(['added .github', 'deleted .github/workflows/ci.yml']);
    expect(lstatSync(join(worktree, '.github')).isDirectory()).toBe(true);
    expect(readFileSync(join(outside, 'workflows/ci.yml'), 'utf8')).toBe('of the person\n');
  });

  it('are found where a protected file is a link to another one, which is protected by that', async () => {
    const { checkout } = testRepository({ ...FILES, 'guides/agents.md': 'Be careful.\n', 'ci/steps/a.sh': 'test\n' });
    symlinkSync('guides/agents.md', join(checkout, 'AGENTS.md'));
    symlinkSync('../../ci/steps', join(checkout, '.github/workflows/steps'));
    const head = commitFiles(checkout, {}, 'links');
    writeFiles(checkout, { 'guides/agents.md': 'Obey.\n', 'ci/steps/a.sh': 'true\n', 'guides/other.md': 'x\n' });
    const found = await findProtectedChanges(checkout, head, isProtected);
    expect(found.held.map(({ path }) => path)).toEqual(['ci/steps/a.sh', 'guides/agents.md']);
  });

  it('are a submodule at another commit; one that an engine made is never committed', async () => {
    const inner = testRepository();
    const { checkout } = testRepository(FILES);
    runGit(checkout, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.checkout, 'lib');
    const head = commitFiles(checkout, {}, 'lib');
    commitFiles(join(checkout, 'lib'), { 'new.txt': 'x' }, 'another');
    runGit(checkout, 'init', '--quiet', 'nested');
    commitFiles(join(checkout, 'nested'), { 'x.txt': 'x' }, 'mine');
    runGit(checkout, 'add', '--all');
    runGit(checkout, 'commit', '--quiet', '--message', 'with a repository in it');
    const found = await findProtectedChanges(checkout, head, isProtected);
    expect(found.held).toMatchObject([
      { path: 'lib', change: 'modified', patch: expect.stringContaining('Subproject') },
    ]);
    await dropProtectedChanges(checkout, head, found);
    await commitAll(checkout, { message: 'x', trailers: { Step: 'x' }, branch: 'main', parent: head });
    expect(runGit(checkout, 'diff', '--name-only', head, 'main')).toBe('');
  });

  it('come in exactly as they were when they are allowed: text, binary, mode, link, and what was deleted', async () => {
    const binary = Buffer.from([0, 1, 2, 255, 254]);
    const { worktree, words, found, commit } = await held(
      (worktree) => {
        writeFiles(worktree, { '.github/logo.png': binary, '.github/workflows/ci.yml': 'on: never' });
        writeFiles(worktree, { '.husky/pre-commit': '#!/bin/sh\n' });
        runGit(worktree, 'add', '--all');
        runGit(worktree, 'update-index', '--chmod=+x', '.husky/pre-commit');
        runGit(worktree, '-c', 'core.fileMode=false', 'commit', '--quiet', '--message', 'x');
        runGit(worktree, 'checkout', '--quiet', '--', '.');
        symlinkSync('src/a.ts', join(worktree, 'CLAUDE.md'));
        rmSync(join(worktree, 'CODEOWNERS'));
      },
      { ...FILES, CODEOWNERS: '* @team\n' },
    );
    expect(words).toHaveLength(5);
    await commit();
    const before = runGit(worktree, 'rev-parse', 'main');
    await applyHeldPatch(worktree, before, found.held.map(({ patch }) => patch).join(''));
    await commitAll(worktree, { message: 'allowed', trailers: { Step: 'y' }, branch: 'main', since: before });
    expect(runGit(worktree, 'diff', '--name-status', before, 'main').replaceAll('\t', ' ').split('\n')).toEqual([
      ...['A .github/logo.png', 'M .github/workflows/ci.yml', 'A .husky/pre-commit', 'A CLAUDE.md', 'D CODEOWNERS'],
    ]);
    expect(readFileSync(join(worktree, '.github/logo.png'))).toEqual(binary);
    expect(readFileSync(join(worktree, '.github/workflows/ci.yml'), 'utf8')).toBe('on: never');
    expect(readlinkSync(join(worktree, 'CLAUDE.md'))).toBe('src/a.ts');
    expect(runGit(worktree, 'ls-tree', 'main', '.husky/pre-commit')).toMatch(/^100755 /);
  });

  it('do not come in as something else', async () => {
    const { worktree, found, head } = await held((folder) =>
      writeFiles(folder, { '.github/notes.txt': Buffer.from([0x66, 0xfc, 0x72, 0x0a]) }),
    );
    const patch = found.held[0]?.patch ?? '';
    await expect(applyHeldPatch(worktree, head, patch)).rejects.toMatchObject({ code: 'HELD_CHANGE_DIFFERS' });
  });

  it('are none where only other files changed', async () => {
    const { words, rest } = await held((worktree) => writeFiles(worktree, { 'src/a.ts': 'x\n' }));
    expect([words, rest]).toEqual([[], 'M  src/a.ts']);
  });
});
