/**
 * Looks into a file of ours with SQLite before it is opened for good, and leaves it and its log byte for byte as they
 * are, also when they are damaged. After a crash that is not free: whoever opens such a file last folds the log into it
 * on closing. So the look is taken through a second name (a hard link to the file and its log), which is gone again
 * before the closing: SQLite does not write to a file that has lost its name.
 */
import { existsSync, linkSync, rmSync, statSync } from 'node:fs';
import { CorruptDatabaseError, NewerDatabaseError } from './database-errors.js';
import type { SqlDatabase, SqliteDriver, SqlValue } from './sqlite-driver.js';

/** All pages of a file up to this size are checked: about 45 ms (measured: 0.7 GB/s). Of a larger one, only the schema. */
const FULL_CHECK_BYTES = 32 * 1024 * 1024;

/** Throws what SQLite throws (in use, not readable), CorruptDatabaseError, or NewerDatabaseError. */
export function inspectDatabase(driver: SqliteDriver, filename: string, size: number, latestVersion: number): void {
  // A journal belongs to one name alone. It is only there after a crash within a switch of modes; SQLite mends that.
  if (isFilled(`${filename}-journal`)) return;
  const link = `${filename}-check`;
  const unlink = (): void => {
    for (const name of [link, `${link}-wal`]) rmSync(name, { force: true });
  };
  // A process that was killed right here has left its links.
  unlink();
  try {
    try {
      linkSync(filename, link);
      if (existsSync(`${filename}-wal`)) linkSync(`${filename}-wal`, `${link}-wal`);
    } catch {
      // A file system without hard links, or a folder that is not ours to write to: opening will tell.
      return;
    }
    const database = driver.open(link);
    try {
      check(database, filename, size, latestVersion);
    } finally {
      unlink();
      database.close();
    }
  } finally {
    unlink();
  }
}

function check(database: SqlDatabase, filename: string, size: number, latestVersion: number): void {
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0; PRAGMA temp_store = MEMORY;');
  // What the log says counts, which may be newer than the header in the file.
  const version = Number(readValue(database, 'SELECT report(user_version) FROM pragma_user_version'));
  if (version > latestVersion) throw new NewerDatabaseError(filename, version, latestVersion);
  const isWhole = size + sizeOf(`${filename}-wal`) <= FULL_CHECK_BYTES;
  const verdict = isWhole
    ? readValue(database, 'SELECT report(quick_check) FROM pragma_quick_check')
    : readValue(database, "SELECT report(iif(count(*) > 0, 'ok', 'empty')) FROM sqlite_schema");
  if (verdict !== 'ok') throw new CorruptDatabaseError(filename, new Error(String(verdict)));
}

/** By `exec` alone: some drivers keep a closed database locked until its prepared statements are collected. */
function readValue(database: SqlDatabase, sql: string): SqlValue {
  let reported: SqlValue = null;
  database.function('report', (value) => (reported = value));
  database.exec(sql);
  return reported;
}

const sizeOf = (filename: string): number => statSync(filename, { throwIfNoEntry: false })?.size ?? 0;
const isFilled = (filename: string): boolean => sizeOf(filename) > 0;
