import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitFiles, runGit, testRepository } from '../../test/support/git-repository.js';
import { restoreChange, withoutChange } from './without-change.js';

function changed() {
  const { checkout: worktree } = testRepository({ 'old.js': 'old\n', 'gone.js': 'gone\n', 'test/a.js': 'a\n' });
  const base = runGit(worktree, 'rev-parse', 'HEAD');
  runGit(worktree, 'rm', '--quiet', 'gone.js');
  commitFiles(worktree, { 'old.js': 'new\n', 'added.js': 'added\n', 'test/a.js': 'b\n', 'test/b.js': 'b\n' }, 'change');
  const read = (path: string) => (existsSync(join(worktree, path)) ? readFileSync(join(worktree, path), 'utf8') : null);
  const state = () => ['old.js', 'gone.js', 'added.js', 'test/a.js', 'test/b.js'].map(read);
  const options = {
    worktree,
    base,
    keeps: (path: string) => path.startsWith('test/'),
    signal: new AbortController().signal,
  };
  return { worktree, state, options };
}
const WITH = ['new\n', null, 'added\n', 'b\n', 'b\n'];
const WITHOUT = ['old\n', 'gone\n', null, 'b\n', 'b\n'];

describe('withoutChange', () => {
  it('takes the change out but for what is kept, and puts it back, whatever the body leaves or throws', async () => {
    const { worktree, state, options } = changed();
    const body = async () => {
      writeFileSync(join(worktree, 'left.txt'), '');
      await Promise.resolve();
      return state();
    };
    expect(await withoutChange(options, body)).toEqual(WITHOUT);
    expect(state()).toEqual(WITH);
    await expect(withoutChange(options, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(state()).toEqual(WITH);
    expect(runGit(worktree, 'status', '--porcelain')).toBe('');
    expect(await restoreChange(worktree)).toBe(false);
  });

  it('is put back by whoever comes next when it was killed in between', async () => {
    const { state, options } = changed();
    let reached = () => {};
    const inside = new Promise<void>((resolve) => (reached = resolve));
    // The body never ends: what a killed process leaves.
    void withoutChange(options, () => {
      reached();
      return new Promise(() => {});
    });
    await inside;
    expect(state()).toEqual(WITHOUT);
    expect(await restoreChange(options.worktree)).toBe(true);
    expect(state()).toEqual(WITH);
  });

  it('blends what has tests inside', async () => {
    const { state, options } = changed();
    const blend = (_path: string, before: string, head: string) => `${before}${head}`;
    expect((await withoutChange({ ...options, blend }, () => Promise.resolve(state())))[0]).toBe('old\nnew\n');
    expect(state()).toEqual(WITH);
  });
});
