/** Who is told what, and when, while a flush takes its time or fails. */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { GroupCommit } from './group-commit.js';

/** A GroupCommit whose flushes end when the test says so. */
function underTest(): {
  readonly groups: GroupCommit;
  readonly log: string[];
  readonly flushes: PromiseWithResolvers<undefined>[];
  readonly note: (name: string) => void;
} {
  const log: string[] = [];
  const flushes: PromiseWithResolvers<undefined>[] = [];
  const groups = new GroupCommit({
    commit: () => log.push('commit'),
    rollBack: (error) => log.push(`roll back: ${error.message}`),
    flush: () => {
      const flush = withResolvers();
      flushes.push(flush);
      return flush.promise;
    },
  });
  const note = (name: string): void => {
    groups.settled().then(
      () => log.push(`${name} told`),
      (error: unknown) => log.push(`${name} refused: ${(error as Error).message}`),
    );
  };
  return { groups, log, flushes, note };
}

/** A first group, committed and on its way to the disk. */
async function flushing(groups: GroupCommit, note: (name: string) => void): Promise<void> {
  groups.begin();
  note('first');
  await turn();
  await turn();
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function withResolvers(): PromiseWithResolvers<undefined> {
  let resolve!: (value: undefined) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<undefined>((onDone, onFailure) => {
    resolve = onDone;
    reject = onFailure;
  });
  return { promise, resolve, reject };
}

it('tells nobody before the flush has ended, also who wants to read what is not flushed yet', async () => {
  const { groups, log, flushes, note } = underTest();
  groups.begin();
  note('writer');
  await turn();
  await turn();
  note('reader');
  await turn();
  expect(log).toEqual(['commit']);
  flushes[0]?.resolve(undefined);
  await turn();
  expect(log).toEqual(['commit', 'writer told', 'reader told']);
});

it('gathers while an earlier group is flushed, and commits it all at once then', async () => {
  const { groups, log, flushes, note } = underTest();
  await flushing(groups, note);
  for (const name of ['second', 'third']) {
    groups.begin();
    note(name);
    await turn();
  }
  expect(log).toEqual(['commit']);
  flushes[0]?.resolve(undefined);
  await turn();
  expect(log).toEqual(['commit', 'commit', 'first told']);
  flushes[1]?.resolve(undefined);
  await turn();
  expect(log.slice(3)).toEqual(['second told', 'third told']);
});

it('accepts nothing any more after a flush that failed', async () => {
  const { groups, log, flushes, note } = underTest();
  await flushing(groups, note);
  groups.begin();
  note('second');
  flushes[0]?.reject(new Error('EIO'));
  await turn();
  expect(log).toEqual([
    'commit',
    expect.stringMatching(/^roll back: .*EIO/),
    expect.stringMatching(/^first refused: .*EIO/),
    expect.stringMatching(/^second refused: .*EIO/),
  ]);
  expect(() => {
    groups.begin();
  }).toThrow(/did not confirm a write \(EIO\).*start the service again/);
  await groups.drain();
});

it('drains: commits and flushes what is there, in order', async () => {
  const { groups, log, flushes, note } = underTest();
  await flushing(groups, note);
  groups.begin();
  note('second');
  const drained = groups.drain().then(() => log.push('drained'));
  await turn();
  flushes[0]?.resolve(undefined);
  await turn();
  flushes[1]?.resolve(undefined);
  await drained;
  expect(log).toEqual(['commit', 'commit', 'first told', 'second told', 'drained']);
});
