import fc from 'fast-check';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitFiles, runGit, testRepository, writeFiles } from '../../test/support/git-repository.js';
import { changedFiles, unifiedDiff } from './diff.js';
import { isInDiff, parseDiff } from './parse-diff.js';

/** Diff from one set of files to another, as git writes it. */
async function diffOf(before: Record<string, string | Uint8Array>, after: (folder: string) => void) {
  const { checkout } = testRepository({ keep: 'x\n' });
  const base = commitFiles(checkout, before, 'before');
  after(checkout);
  commitFiles(checkout, {}, 'after');
  const text = await unifiedDiff({ folder: checkout, base });
  return { text, files: parseDiff(text), changed: await changedFiles({ folder: checkout, base }) };
}

describe('parseDiff on what git writes', () => {
  it('reads changed line ranges of a modified file', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
    const { files } = await diffOf({ 'a.ts': `${lines.join('\n')}\n` }, (folder) => {
      const changed = lines.with(4, 'five').toSpliced(19, 1, 'twenty', 'and more', 'still more');
      writeFiles(folder, { 'a.ts': `${changed.join('\n')}\n` });
    });
    expect(files).toMatchObject([
      {
        path: 'a.ts',
        change: 'modified',
        addedLines: [
          { start: 5, end: 5 },
          { start: 20, end: 22 },
        ],
        shownLines: [
          { start: 2, end: 8 },
          { start: 17, end: 25 },
        ],
        additions: 4,
        deletions: 2,
      },
    ]);
    expect([1, 2, 8, 9, 17].map((line) => isInDiff(files, 'a.ts', line))).toEqual([false, true, true, false, true]);
    expect([isInDiff(files, 'a.ts', 0), isInDiff(files, 'other.ts', 0)]).toEqual([true, false]);
  });

  it('reads additions, deletions, renames, binaries, empty files, mode changes and hard names', async () => {
    const names = { odd: 'tab\tand "quote" \\ ö.txt', spaced: 'with space b/with space.txt' };
    const { files, changed } = await diffOf(
      {
        'gone.txt': 'a\nb\n',
        'old name.txt': 'one\ntwo\nthree\nfour\n',
        'picture.png': new Uint8Array([0, 1, 2, 3]),
        'run.sh': 'echo\n',
      },
      (folder) => {
        rmSync(join(folder, 'gone.txt'));
        runGit(folder, 'mv', 'old name.txt', 'neuer Näme.txt');
        runGit(folder, 'update-index', '--chmod=+x', 'run.sh');
        runGit(folder, 'config', 'core.fileMode', 'false');
        writeFiles(folder, {
          'neuer Näme.txt': 'one\ntwo\nthree\n4\n',
          'picture.png': new Uint8Array([0, 9, 9]),
          'empty.txt': '',
          [names.odd]: 'x\n',
          [names.spaced]: 'y\n',
        });
      },
    );
    const summary = files.map(({ path, change, isBinary, oldPath, additions, deletions }) =>
      [path, change, isBinary ? 'binary' : `+${additions}-${deletions}`, oldPath].filter((part) => part !== undefined),
    );
    expect(summary.sort()).toEqual(
      [
        ['empty.txt', 'added', '+0-0'],
        ['gone.txt', 'deleted', '+0-2'],
        ['neuer Näme.txt', 'renamed', '+1-1', 'old name.txt'],
        ['picture.png', 'modified', 'binary'],
        ['run.sh', 'modified', '+0-0'],
        [names.odd, 'added', '+1-0'],
        [names.spaced, 'added', '+1-0'],
      ].sort(),
    );
    const byPath = new Map(changed.map((file) => [file.path, file]));
    expect([...byPath.keys()].sort()).toEqual(files.map((file) => file.path).sort());
    expect(byPath.get('neuer Näme.txt')).toEqual({
      path: 'neuer Näme.txt',
      change: 'renamed',
      oldPath: 'old name.txt',
    });
  });

  it('reads CRLF, a lone CR, a missing last line end, and content that looks like diff syntax', async () => {
    const { files } = await diffOf({ 'a.sql': '-- a comment\nkeep\n' }, (folder) => {
      writeFiles(folder, { 'a.sql': 'keep\r\n++ b/fake\n@@ -1 +1 @@\ndiff --git a/x b/x\nlone\rCR\nno end' });
    });
    expect(files).toHaveLength(1);
    expect(files[0]?.lines.filter((line) => line.kind === 'added').map((line) => line.text)).toEqual([
      'keep',
      '++ b/fake',
      '@@ -1 +1 @@',
      'diff --git a/x b/x',
      'lone\rCR',
      'no end',
    ]);
    expect(files[0]?.lines.filter((line) => line.kind === 'removed').map((line) => line.text)).toEqual([
      '-- a comment',
      'keep',
    ]);
  });

  it('does not change with the diff settings of a user', async () => {
    const { checkout } = testRepository({ 'a.ts': 'one\n' });
    const base = runGit(checkout, 'rev-parse', 'HEAD');
    commitFiles(checkout, { 'a.ts': 'two\n' }, 'two');
    const plain = await unifiedDiff({ folder: checkout, base });
    for (const setting of ['diff.noprefix', 'diff.mnemonicPrefix', 'color.diff', 'diff.suppressBlankEmpty']) {
      runGit(checkout, 'config', setting, setting === 'color.diff' ? 'always' : 'true');
    }
    runGit(checkout, 'config', 'diff.external', '/bin/false');
    runGit(checkout, 'config', 'diff.context', '0');
    expect(await unifiedDiff({ folder: checkout, base })).toBe(plain);
  });
});

describe('parseDiff', () => {
  const line = fc.constantFrom(
    '',
    'a',
    'b',
    '-- x',
    '++ y',
    '@@ -1,2 +3,4 @@',
    'diff --git a/a b/a',
    '\\ No newline',
    ' \r',
  );

  it('rebuilds both sides of any change from its lines', async () => {
    const { checkout } = testRepository();
    const base = commitFiles(checkout, { 'f.txt': 'x\n' }, 'base');
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 25 }), fc.array(line, { maxLength: 25 }), async (before, after) => {
        runGit(checkout, 'reset', '--quiet', '--hard', base);
        const from = commitFiles(checkout, { 'f.txt': before.map((each) => `${each}\n`).join('') }, 'from');
        commitFiles(checkout, { 'f.txt': after.map((each) => `${each}\n`).join('') }, 'to');
        const [file] = parseDiff(await unifiedDiff({ folder: checkout, base: from }));
        const strip = (text: string) => text.replace(/\r$/, '');
        for (const { newLine, oldLine, text } of file?.lines ?? []) {
          if (newLine !== undefined) expect(text).toBe(strip(after[newLine - 1] ?? 'missing'));
          if (oldLine !== undefined) expect(text).toBe(strip(before[oldLine - 1] ?? 'missing'));
        }
        expect((file?.additions ?? 0) - (file?.deletions ?? 0)).toBe(after.length - before.length);
      }),
      { numRuns: 25 },
    );
  });

  it('refuses a diff that was cut off at any line inside a hunk', () => {
    const whole = ['diff --git a/f b/f', '--- a/f', '+++ b/f', '@@ -1,2 +1,3 @@', ' a', '-b', '+c', '+d', ''];
    expect(parseDiff(whole.join('\n'))).toMatchObject([{ path: 'f', additions: 2, deletions: 1 }]);
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 7 }), (end) => {
        expect(() => parseDiff(whole.slice(0, end).join('\n'))).toThrow(/can't be read/);
      }),
    );
  });

  it('finds nothing in an empty diff', () => {
    expect(parseDiff('')).toEqual([]);
  });
});
