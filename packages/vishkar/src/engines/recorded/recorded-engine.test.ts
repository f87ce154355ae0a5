import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { engineFixture, runOptions } from '../../../test/engines/engine-fixture.js';
import { RecordedEngine } from './recorded-engine.js';

const provenance = {
  engine: 'goose 1.52.0',
  model: 'some-model',
  recordedAt: '2026-11-23T00:00:00Z',
  note: 'for a test',
};

/** A recording's folder with one round of `implement`, or with whatever else is given. */
function recording(edits: readonly unknown[], rest: Record<string, unknown> = {}, files: Record<string, string> = {}) {
  const folder = temporaryFolder('recording');
  const rounds = [{ kind: 'implement', round: 1, edits, say: 'That was it.' }];
  writeFileSync(join(folder, 'recording.json'), JSON.stringify({ schemaVersion: 1, provenance, rounds, ...rest }));
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  return new RecordedEngine({ folder, editDelayMs: 1 });
}

const base = { 'README.md': 'Hello\n', 'src/a.ts': 'one\ntwo\n', 'src/old.ts': 'old\n' };
const edits = [
  { op: 'write', file: 'src/deep/new.ts', contentFile: 'implement-1/new.ts' },
  { op: 'replace', file: 'src/a.ts', before: 'two', after: 'two $& two' },
  { op: 'replace', file: 'src/a.ts', before: 'one', after: 'zero\none' },
  { op: 'delete', file: 'src/old.ts' },
];
const files = { 'implement-1/new.ts': 'new\n' };

describe('RecordedEngine', () => {
  it('describes itself as a replay and says of what', async () => {
    expect(await recording([]).describe()).toEqual({
      name: 'recorded',
      version: '1',
      model: 'none',
      recordedFrom: 'goose 1.52.0 with some-model, 2026-11-23T00:00:00Z: for a test',
    });
  });

  it('replays the edits of the round that is asked for, with progress', async () => {
    const { worktree, task } = engineFixture(base);
    const { options, seen } = runOptions();
    const run = await recording(edits, {}, files).run(task(), options);
    expect(run).toMatchObject({ outcome: 'edited', resumed: false, usage: { source: 'none' } });
    expect(readFileSync(join(worktree, 'src/deep/new.ts'), 'utf8')).toBe('new\n');
    expect(readFileSync(join(worktree, 'src/a.ts'), 'utf8')).toBe('zero\none\ntwo $& two\n');
    expect(existsSync(join(worktree, 'src/old.ts'))).toBe(false);
    expect(seen.map(({ toolCalls }) => toolCalls)).toEqual([1, 2, 3, 4]);
    expect(readFileSync(run.transcriptPath, 'utf8')).toContain('That was it.');
  });

  it.each([0, 1, 2, 3, 4])(
    'ends in the same state when it was stopped after %i edits and runs again',
    async (stopAfter) => {
      const { worktree, task, git } = engineFixture(base);
      const engine = recording(edits, {}, files);
      const { stop, options } = runOptions();
      if (stopAfter === 0) stop.abort();
      const onProgress = ({ toolCalls }: { toolCalls: number }) => {
        if (toolCalls === stopAfter) stop.abort();
      };
      const first = await engine.run(task(), { ...options, onProgress });
      expect(first.outcome).toBe(stopAfter === 4 ? 'edited' : 'cancelled');
      // A write that was cut off by SIGKILL leaves a part of the file.
      if (stopAfter === 2) writeFileSync(join(worktree, 'src/a.ts'), 'ze');

      expect((await engine.run(task(), runOptions().options)).outcome).toBe('edited');
      expect(readFileSync(join(worktree, 'src/a.ts'), 'utf8')).toBe('zero\none\ntwo $& two\n');
      expect(
        git('status', '--porcelain', '-uall')
          .split('\n')
          .map((line) => line.trim()),
      ).toEqual(['M src/a.ts', 'D src/old.ts', '?? src/deep/new.ts']);
    },
  );

  it('changes nothing for a round that it does not have, and names those that it has', async () => {
    const run = await recording([]).run(engineFixture().task({ round: 3 }), runOptions().options);
    expect(run).toMatchObject({
      outcome: 'no_change',
      detail: 'The recording has no round 3 of implement (rounds of it: 1).',
    });
    const other = await recording([]).run(engineFixture().task({ kind: 'fix-ci' }), runOptions().options);
    expect(other.detail).toContain('rounds of it: none');
  });

  it('says so when its edits are in the commit already', async () => {
    const engine = recording([{ op: 'write', file: 'README.md', content: 'Hello\n' }]);
    expect(await engine.run(engineFixture().task(), runOptions().options)).toMatchObject({ outcome: 'no_change' });
  });

  it.each([
    ['a text that is not there', { op: 'replace', file: 'src/a.ts', before: 'three', after: '' }, 'stands 0 times'],
    ['a text that is there twice', { op: 'replace', file: 'src/a.ts', before: 'two', after: '' }, 'stands 2 times'],
    ['a file that is not there', { op: 'delete', file: 'src/b.ts' }, 'does not exist'],
    ['a content file that is not there', { op: 'write', file: 'b', contentFile: 'c' }, "own file c can't be read"],
    ['a folder', { op: 'write', file: 'src', content: '' }, 'src is not a file'],
    ['a file as a folder', { op: 'write', file: 'README.md/x', content: '' }, 'README.md is not a folder'],
  ])('that needs %s changes nothing and is not tried again', async (_title, edit, reason) => {
    const { task, git } = engineFixture(base);
    const run = await recording([edits[1], edit]).run(task(), runOptions().options);
    expect(run).toMatchObject({ outcome: 'engine_error', retryable: false });
    expect(run.detail).toContain(reason);
    expect(git('status', '--porcelain')).toBe('');
  });

  it('does not follow a symbolic link out of the worktree, for a file or for a folder', async () => {
    const { folder, worktree, task } = engineFixture();
    writeFileSync(join(folder, 'outside.txt'), 'mine');
    symlinkSync(join(folder, 'outside.txt'), join(worktree, 'link.txt'));
    symlinkSync(folder, join(worktree, 'linked'));
    for (const file of ['link.txt', 'linked/outside.txt', 'linked/new.txt']) {
      const run = await recording([{ op: 'write', file, content: 'theirs' }]).run(task(), runOptions().options);
      expect(run).toMatchObject({ outcome: 'engine_error', retryable: false });
      expect(run.detail).toContain('symbolic link');
    }
    expect(readFileSync(join(folder, 'outside.txt'), 'utf8')).toBe('mine');
    expect(existsSync(join(folder, 'new.txt'))).toBe(false);
  });

  it.each(['../x', '/etc/x', 'a/../../x', 'a//x', './x', '.git/hooks/pre-commit', 'sub/.GIT/config', 'C:\\x', ''])(
    'refuses a recording that names the path %j',
    async (file) => {
      await expect(recording([{ op: 'delete', file }]).describe()).rejects.toMatchObject({ code: 'RECORDING_INVALID' });
    },
  );

  it('refuses a recording that is not one, with the reason and the place', async () => {
    await expect(new RecordedEngine({ folder: '/no/such/folder' }).describe()).rejects.toThrow('it can not be read');
    await expect(recording([], { rounds: [] }).describe()).rejects.toThrow('rounds: ');
    await expect(recording([], { extra: 1 }).describe()).rejects.toThrow('extra');
    await expect(recording([{ op: 'write', file: 'a' }]).describe()).rejects.toThrow(
      'either "content" or "contentFile"',
    );
    const twice = [1, 1].map((round) => ({ kind: 'implement', round, edits: [] }));
    await expect(recording([], { rounds: twice }).describe()).rejects.toThrow('stands in a recording once');
  });
});
