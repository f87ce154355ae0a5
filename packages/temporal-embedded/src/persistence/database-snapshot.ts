/**
 * A copy of a database file as it is at one moment, also while a server in another process writes to it. That server
 * holds SQLite's lock for as long as it runs, so the copy is made of the files, below SQLite.
 *
 * Why it is whole: a server writes to the log; the main file changes only by pages that are moved into it out of the
 * log. The main file is copied first, the log after it. As long as the log was not begun anew meanwhile, it still holds
 * every page that was moved, so whatever the copy of the main file lacks or has in half is in the copy of the log, and a
 * transaction that the log holds in part is none. A log that is begun anew has other salts in its header: then the copy
 * is thrown away and made again.
 */
import { closeSync, constants, copyFileSync, existsSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { asDatabaseFileError, DatabaseFileError, DatabaseInUseError } from './database-errors.js';
import { inspectHeader } from './database-header.js';
import { isHeld } from './held-files.js';
import { LATEST_VERSION } from './migrate.js';
import type { SqliteDriver } from './sqlite-driver.js';

/** A server begins its log anew after some 16 MB of writes, so the second try nearly always does. */
const TRIES = 20;
/** Of the log's header; https://www.sqlite.org/fileformat.html section 4.1: the salts are its bytes 16 to 23. */
const LOG_HEADER_BYTES = 32;

/** Writes a copy to `target`, which is one file, with no log. Throws DatabaseFileError, and leaves both as they were. */
export function snapshotDatabase(driver: SqliteDriver, filename: string, target: string): void {
  // POSIX drops the lock of a process on a file when it closes any descriptor of it.
  if (isHeld(filename)) throw new DatabaseInUseError(filename);
  if (existsSync(target)) throw new DatabaseFileError(`${target} is there already. Name a file that is not.`);
  if (inspectHeader(filename, LATEST_VERSION) === undefined)
    throw new DatabaseFileError(`${filename} is no database: it is absent or empty.`);
  const copy = `${target}-unfinished`;
  try {
    copyWhole(filename, copy);
    foldLog(driver, copy);
    renameSync(copy, target);
  } catch (error) {
    throw asDatabaseFileError(filename, error);
  } finally {
    for (const name of [copy, `${copy}-wal`, `${copy}-journal`, `${copy}-shm`]) rmSync(name, { force: true });
  }
}

function copyWhole(filename: string, copy: string): void {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    // In other journal modes than the log pages are written in place, and only SQLite knows when.
    if (existsSync(`${filename}-journal`)) throw new DatabaseInUseError(filename);
    const before = logGeneration(filename);
    try {
      copyFileSync(filename, copy, constants.COPYFILE_FICLONE);
      rmSync(`${copy}-wal`, { force: true });
      if (before !== undefined) copyFileSync(`${filename}-wal`, `${copy}-wal`, constants.COPYFILE_FICLONE);
    } catch (error) {
      // A server that stops takes its log with it.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw new DatabaseFileError(`${filename} can't be copied: ${(error as Error).message}`, error);
    }
    if (logGeneration(filename) === before) return;
  }
  throw new DatabaseFileError(
    `${filename} is written to faster than it can be copied. Try again when there is less to do, or stop the server.`,
  );
}

/** What tells one log from the next one; undefined: there is no log. */
function logGeneration(filename: string): string | undefined {
  let file: number;
  try {
    file = openSync(`${filename}-wal`, 'r');
  } catch {
    return undefined;
  }
  try {
    const header = Buffer.alloc(LOG_HEADER_BYTES);
    readSync(file, header, 0, LOG_HEADER_BYTES, 0);
    return header.toString('hex');
  } finally {
    closeSync(file);
  }
}

function foldLog(driver: SqliteDriver, copy: string): void {
  const database = driver.open(copy);
  try {
    // By `exec` alone, and with a lock of its own, so that no index of the log is left beside the copy.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL;');
    database.exec('SELECT count(*) FROM sqlite_schema;');
  } finally {
    database.close();
  }
}
