/** The guarantees of `--db-filename`: what is refused, in which words, that it is left as it was, and who may hold it. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild, temporaryFolder } from '@vishkar/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { chooseDriver } from './choose-driver.js';
import {
  CorruptDatabaseError,
  DatabaseFileError,
  DatabaseInUseError,
  ForeignDatabaseError,
  NewerDatabaseError,
} from './database-errors.js';
import { openStore } from './open-store.js';

const HOLDER = fileURLToPath(new URL('../../test/chaos/store-writer.mjs', import.meta.url));
const value = (text: string) => new Uint8Array(Buffer.from(text));

let folder: string;
let filename: string;
beforeEach(() => {
  folder = temporaryFolder('database');
  filename = join(folder, 'a.db');
});

/** Every file in the folder with what is in it: a refusal must not change, add or remove any. */
const snapshot = () =>
  Object.fromEntries(
    readdirSync(folder).map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );

function expectRefusal(error: new (...args: never[]) => Error, sentence: RegExp): void {
  const before = snapshot();
  let thrown: unknown;
  try {
    openStore({ filename });
  } catch (cause) {
    thrown = cause;
  }
  expect(thrown).toBeInstanceOf(error);
  expect((thrown as Error).message).toMatch(sentence);
  expect(snapshot()).toEqual(before);
}

/** A file of ours, closed in good order, with enough in it to be more than a schema. */
async function makeOurs(): Promise<void> {
  const store = openStore({ filename });
  for (let index = 0; index < 300; index++)
    store.stage({ type: 'putSetting', key: `key-${String(index)}`, value: value('x'.repeat(300)) });
  await store.close();
}

/** A file of ours with its log, as a killed process leaves them. */
async function makeCrashed(): Promise<void> {
  const child = startChild(process.execPath, [HOLDER, filename, '300']);
  await child.waitForOutput(/^acknowledged 300$/m);
  child.kill();
  await child.exited;
  expect(readdirSync(folder)).toContain('a.db-wal');
}

function spoil(change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(filename);
  change(bytes);
  writeFileSync(filename, bytes);
}

describe('a database file', () => {
  it('is created where there is none, and in an empty file', async () => {
    await openStore({ filename }).close();
    writeFileSync(filename, '');
    await openStore({ filename }).close();
    expect(readdirSync(folder)).toEqual(['a.db']);
  });

  it('keeps what was committed over a close, and is one file again', async () => {
    await makeOurs();
    const store = openStore({ filename });
    expect(store.findSetting('key-299')?.byteLength).toBe(300);
    await store.close();
    expect(readdirSync(folder)).toEqual(['a.db']);
  });

  it('is opened after a kill with what its log holds', async () => {
    await makeCrashed();
    const store = openStore({ filename });
    expect(store.findSetting('row-300')).toBeDefined();
    await store.close();
    expect(readdirSync(folder)).toEqual(['a.db']);
  });

  it('is refused when it is no database', () => {
    writeFileSync(filename, 'hello, this is not a database');
    expectRefusal(ForeignDatabaseError, /not made by temporal-embedded.*--db-filename/);
  });

  it('is refused when another application made it', () => {
    const database = chooseDriver().open(filename);
    database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1);');
    database.close();
    expectRefusal(ForeignDatabaseError, /not made by temporal-embedded/);
  });

  it('is refused when another application has it in WAL mode, log and all', async () => {
    const child = startChild(process.execPath, [HOLDER, filename, '10']);
    await child.waitForOutput(/^acknowledged 10$/m);
    child.kill();
    await child.exited;
    spoil((bytes) => bytes.writeUInt32BE(0x1234, 68));
    expectRefusal(ForeignDatabaseError, /not made by temporal-embedded/);
  });

  it('is refused when a newer version made it', async () => {
    await makeOurs();
    spoil((bytes) => bytes.writeUInt32BE(99, 60));
    expectRefusal(NewerDatabaseError, /version 99.*Run a newer temporal-embedded/);
  });

  it.each<[string, (bytes: Buffer) => void]>([
    ['its schema is overwritten', (bytes) => bytes.fill(0xff, 100, 4096)],
    ['a page in the middle is overwritten', (bytes) => bytes.fill(0xa5, 8 * 4096, 9 * 4096)],
    ['the page size in its header makes no sense', (bytes) => bytes.writeUInt16BE(3, 16)],
  ])('is refused when %s', async (_title, change) => {
    await makeOurs();
    spoil(change);
    expectRefusal(CorruptDatabaseError, /damaged.*backup/);
  });

  it.each([100, 4096])('is refused when its last %i bytes are missing', async (missing) => {
    await makeOurs();
    truncateSync(filename, readFileSync(filename).length - missing);
    expectRefusal(CorruptDatabaseError, /damaged/);
  });

  it('is refused when it was damaged in a crash, and its log is kept as it is', async () => {
    await makeCrashed();
    // A root page that the log does not hold a newer copy of: the file as it was made, before the rows.
    spoil((bytes) => bytes.fill(0xa5, 4096));
    expectRefusal(CorruptDatabaseError, /damaged/);
  });

  it('is refused when it is a folder, and when its folder does not exist', () => {
    mkdirSync(filename);
    expect(() => openStore({ filename })).toThrow(/is a folder/);
    expect(() => openStore({ filename: join(folder, 'no', 'a.db') })).toThrow(/folder does not exist/);
  });

  it('is not created when a pragma is not a word', () => {
    expect(() => openStore({ filename, pragmas: { synchronous: 'FULL; DROP TABLE history' } })).toThrow(
      DatabaseFileError,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the lock on a database file', () => {
  it('keeps out a second opener in the same process, and a second process also after that', async () => {
    const store = openStore({ filename });
    expect(() => openStore({ filename })).toThrow(DatabaseInUseError);
    const child = startChild(process.execPath, [HOLDER, filename, '1']);
    expect((await child.exited).code).toBe(1);
    expect(child.stderr).toMatch(/in use by another process/);
    await store.close();
    await openStore({ filename }).close();
  });

  it('keeps out this process while another holds it, and is gone when that one is killed', async () => {
    const child = startChild(process.execPath, [HOLDER, filename, '5']);
    await child.waitForOutput(/^acknowledged 5$/m);
    expectRefusal(DatabaseInUseError, /in use by another process.*--db-filename/);
    child.kill();
    await child.exited;
    const store = openStore({ filename });
    expect(store.findSetting('row-5')).toBeDefined();
    await store.close();
  });
});
