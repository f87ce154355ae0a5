/**
 * A power loss at any moment loses nothing that was acknowledged, keeps no part of a group, and leaves a sound file. A
 * process writes to the store with its system calls on record; from the record come the states in which a disk may have
 * been left, sector by sector. That this finds a loss is shown with flushing turned off.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  chosenSeed,
  describeNeeds,
  findProgram,
  need,
  SeededRandom,
  startChild,
  temporaryFolder,
} from '@vishkar/testkit';
import { expect, it } from 'vitest';
import { openStore } from '../../src/persistence/open-store.js';
import { databaseFaults } from '../support/database-faults.js';
import { parseJournal, writeStateAtPowerLoss } from './power-loss.js';
import type { JournalEntry } from './power-loss.js';

const WRITER = fileURLToPath(new URL('store-writer.mjs', import.meta.url));
const JOURNAL_SOURCE = fileURLToPath(new URL('write-journal.c', import.meta.url));
const IS_SHORT = process.env['VISHKAR_LONG_TESTS'] !== 'full';
const LOSSES = IS_SHORT ? 50 : 500;
const LIMIT_MS = 600_000;
const ROWS = 600;
/** A checkpoint every so many pages, so that the log is used again several times. */
const CHECKPOINT_PAGES = '40';

const compiler = need('Linux and a C compiler (apt-get install gcc)', () =>
  process.platform === 'linux' ? (findProgram('gcc') ?? findProgram('cc')) : undefined,
);

/** Runs the writer to its last row, or kills it there, and returns what it did. */
async function recordWriter(cc: string, pragmas: Record<string, string>): Promise<readonly JournalEntry[]> {
  const folder = temporaryFolder('power');
  const [library, journal, data] = ['journal.so', 'journal', 'data'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  execFileSync(cc, ['-shared', '-fPIC', '-O2', '-o', library, JOURNAL_SOURCE, '-lpthread']);
  mkdirSync(data);
  const child = startChild(process.execPath, [WRITER, join(data, 'a.db'), String(ROWS)], {
    env: {
      ...process.env,
      LD_PRELOAD: library,
      JOURNAL_FOLDER: data,
      JOURNAL_FILE: journal,
      STORE_PRAGMAS: JSON.stringify({ wal_autocheckpoint: CHECKPOINT_PAGES, ...pragmas }),
    },
  });
  await child.waitForOutput(new RegExp(`^acknowledged ${ROWS}$`, 'm'));
  child.kill();
  await child.exited;
  return parseJournal(readFileSync(journal));
}

/** The highest row that the process had told of before the cut; undefined before its store was open. */
function toldBefore(entries: readonly JournalEntry[], cut: number): number | undefined {
  const prints = entries.slice(0, cut).filter(({ kind }) => kind === 'print');
  const last = prints.at(-1)?.bytes.toString();
  return last === undefined ? undefined : Number(/ (\d+)\n$/.exec(last)?.[1]);
}

/** Groups begin at rows 0, 1, 3, 7, 15, ...: as long as the row's last digit says, and one more. */
function isEndOfGroup(row: number): boolean {
  let end = 0;
  while (end < row) end = Math.min(ROWS, end + 1 + (end % 10));
  return end === row;
}

/** What a power loss there breaks, in a sentence; undefined when nothing. */
async function brokenBy(filename: string, told: number): Promise<string | undefined> {
  let row = 0;
  try {
    const store = openStore({ filename });
    while (store.findSetting(`row-${String(row + 1)}`)?.length === 200) row += 1;
    await store.close();
  } catch (error) {
    return `after ${String(told)} acknowledged rows: ${(error as Error).message}`;
  }
  if (row < told) return `${String(told)} rows were acknowledged, ${String(row)} are there`;
  if (!isEndOfGroup(row)) return `${String(row)} rows are there, which is a part of a group`;
  return databaseFaults(filename)[0];
}

async function losses(entries: readonly JournalEntry[], random: SeededRandom, count: number): Promise<string[]> {
  const folder = temporaryFolder('after');
  const opened = entries.findIndex(({ kind }) => kind === 'print');
  const broken: string[] = [];
  for (let n = 0; n < count; n++) {
    const cut = random.between(opened + 1, entries.length);
    const target = join(folder, String(n));
    writeStateAtPowerLoss(entries, cut, target, random);
    const found = await brokenBy(join(target, 'a.db'), toldBefore(entries, cut) ?? 0);
    if (found) broken.push(`cut at ${String(cut)}: ${found}`);
  }
  return broken;
}

describeNeeds({ cc: compiler }, 'a power loss', ({ cc }) => {
  const random = new SeededRandom(chosenSeed());
  console.log(`seed ${String(random.seed)} (CHAOS_SEED repeats it)`);

  it.each([
    ['the log is flushed beside the event loop', {}],
    ['SQLite flushes with each commit', { synchronous: 'EXTRA' }],
  ])(
    `loses nothing acknowledged where %s, in ${String(LOSSES)} states of the disk`,
    async (_how, pragmas) => {
      const entries = await recordWriter(cc, pragmas);
      const checkpoints = entries.filter(({ kind, path }) => kind === 'flushed' && path === 'a.db').length;
      expect(checkpoints).toBeGreaterThan(5);
      expect(await losses(entries, random, LOSSES)).toEqual([]);
    },
    LIMIT_MS,
  );

  it.each(['OFF', 'NORMAL'])('is found to lose what was acknowledged with synchronous=%s', async (synchronous) => {
    const entries = await recordWriter(cc, { synchronous });
    expect((await losses(entries, random, 20)).length).toBeGreaterThan(3);
  });
});
