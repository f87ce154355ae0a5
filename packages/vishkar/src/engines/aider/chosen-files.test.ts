import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { engineFixture } from '../../../test/engines/engine-fixture.js';
import { chooseFiles, listCandidates } from './chosen-files.js';

const files = (...paths: readonly string[]) => paths.map((path) => ({ path, bytes: 100 }));

describe('chooseFiles', () => {
  it('gives all files of a small repository, but for what tools write and for large ones', () => {
    const candidates = [
      ...files('README.md', 'package-lock.json', 'src/a.ts', 'dist/a.min.js', '.reviews/1.md'),
      { path: 'data.csv', bytes: 150_000 },
    ];
    expect(chooseFiles(candidates, '', 1_000)).toEqual(['README.md', 'src/a.ts']);
  });

  it('of a large one it gives those that the task speaks of, nearest first, as far as they fit', () => {
    const candidates = files('src/other.ts', 'src/slugify.ts', 'src/index.ts', 'test/slugify.test.ts');
    const task = 'In `src/index.ts:4`, mend slugify (see slugify.test.ts).';
    expect(chooseFiles(candidates, task, 390)).toEqual(['src/slugify.ts', 'src/index.ts', 'test/slugify.test.ts']);
    expect(chooseFiles(candidates, task, 200)).toEqual(['src/index.ts', 'test/slugify.test.ts']);
    expect(chooseFiles(candidates, task, 50)).toEqual([]);
  });

  it('takes the list of files in a task for no word on any of them', () => {
    const candidates = files('src/one.ts', 'src/two.ts');
    expect(chooseFiles(candidates, 'Files:\nsrc/one.ts\nsrc/two.ts\n', 150)).toEqual([]);
  });
});

describe('listCandidates', () => {
  it('knows tracked and new files, and leaves out ignored and deleted ones, links and what is not text', async () => {
    const { worktree } = engineFixture({ 'a.txt': 'a\n', 'gone.txt': 'x\n', '.gitignore': 'ignored.txt\n' });
    rmSync(join(worktree, 'gone.txt'));
    mkdirSync(join(worktree, 'new'));
    writeFileSync(join(worktree, 'new/b.txt'), 'bb\n');
    writeFileSync(join(worktree, 'ignored.txt'), 'secret\n');
    writeFileSync(join(worktree, 'picture.bin'), Buffer.from([1, 0, 2]));
    symlinkSync('/etc/hostname', join(worktree, 'link'));
    const found = (await listCandidates(worktree)).toSorted((one, other) => (one.path < other.path ? -1 : 1));
    expect(found).toEqual([
      { path: '.gitignore', bytes: 12 },
      { path: 'a.txt', bytes: 2 },
      { path: 'new/b.txt', bytes: 3 },
    ]);
  });
});
