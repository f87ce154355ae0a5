/**
 * Opens the file: decides before anything is written whether it is ours and sound; takes the lock that keeps a second
 * process out and dies with this one; sets the pragmas; brings the schema up to date.
 *
 *   file is absent or empty            -> created
 *   not SQLite, or another application -> ForeignDatabaseError
 *   our application, a newer version   -> NewerDatabaseError
 *   cut off, or damaged                -> CorruptDatabaseError
 *   another opener holds the lock      -> DatabaseInUseError
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { asDatabaseFileError, DatabaseFileError, DatabaseInUseError } from './database-errors.js';
import { APPLICATION_ID, inspectHeader } from './database-header.js';
import { inspectDatabase } from './database-inspection.js';
import { hold, isHeld } from './held-files.js';
import { LATEST_VERSION, migrate } from './migrate.js';
import type { SqlDatabase, SqliteDriver } from './sqlite-driver.js';
import { WriteAheadLog } from './write-ahead-log.js';

export interface OpenDatabaseOptions {
  /** Path, or `:memory:`. */
  readonly filename: string;
  /** Overrides of our own pragmas, name to value. */
  readonly pragmas: Readonly<Record<string, string>>;
}

/** `flush` brings what was committed to the disk; absent where COMMIT does, or where the user's pragmas waive it. */
export interface OpenedDatabase extends SqlDatabase {
  readonly flush?: () => Promise<void>;
}

/** Throws DatabaseFileError; the file is then as it was, or, if it was not there, still is not. */
export function openDatabase(driver: SqliteDriver, options: OpenDatabaseOptions): OpenedDatabase {
  const { filename } = options;
  for (const text of Object.entries(options.pragmas).flat()) requirePragmaWord(text);
  if (filename === ':memory:') return prepareDatabase(driver.open(filename), options);
  if (!existsSync(dirname(filename)))
    throw new DatabaseFileError(`${filename} can't be created: its folder does not exist. Make the folder first.`);
  if (isHeld(filename)) throw new DatabaseInUseError(filename);
  const size = inspectHeader(filename, LATEST_VERSION);
  try {
    if (size !== undefined) inspectDatabase(driver, filename, size, LATEST_VERSION);
    return openFile(driver, options);
  } catch (error) {
    throw asDatabaseFileError(filename, error);
  }
}

function openFile(driver: SqliteDriver, options: OpenDatabaseOptions): OpenedDatabase {
  const database = driver.open(options.filename);
  try {
    prepareDatabase(database, options);
  } catch (error) {
    closeUnread(database);
    throw error;
  }
  const release = hold(options.filename, database);
  const log = flushesItsLog(options) ? new WriteAheadLog(options.filename) : undefined;
  return {
    ...(log && { flush: () => log.flush() }),
    exec: (sql) => {
      database.exec(sql);
    },
    prepare: (sql) => database.prepare(sql),
    function: (name, implementation) => {
      database.function(name, implementation);
    },
    close: () => {
      log?.close();
      // A driver may keep its handle until its statements are collected, so the lock is let go in so many words: the
      // log is folded into the file first, since only then can exclusive locking end.
      database.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT count(*) FROM sqlite_schema;');
      database.close();
      release();
    },
  };
}

/** For a database that is refused: nothing may be written to it. */
function closeUnread(database: SqlDatabase): void {
  try {
    database.exec('PRAGMA locking_mode = NORMAL; SELECT count(*) FROM sqlite_schema;');
  } catch {
    // It could not be read before either; that error is the one to report.
  }
  database.close();
}

function prepareDatabase(database: SqlDatabase, { filename, pragmas }: OpenDatabaseOptions): SqlDatabase {
  // With exclusive locking the first access takes the lock and keeps it; a killed process's lock goes with it.
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0;');
  const isNew = Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] ?? 0) === 0;
  if (isNew) database.exec(`PRAGMA application_id = ${String(APPLICATION_ID)};`);
  const effective: Record<string, string> = {
    journal_mode: filename === ':memory:' ? 'MEMORY' : 'WAL',
    // An acknowledged write survives power loss: by the flush that follows a group's commit, else by the commit itself.
    synchronous: 'FULL',
    cache_size: '-16384',
    temp_store: 'MEMORY',
    wal_autocheckpoint: '4000',
    ...pragmas,
    ...(flushesItsLog({ filename, pragmas }) && { synchronous: 'NORMAL' }),
  };
  for (const [name, value] of Object.entries(effective)) database.exec(`PRAGMA ${name} = ${value};`);
  migrate(database);
  return database;
}

/** True with pragmas that promise what our own do: then the log is flushed beside the event loop. */
function flushesItsLog({ filename, pragmas }: OpenDatabaseOptions): boolean {
  const { journal_mode: journal = 'WAL', synchronous = 'FULL' } = pragmas;
  return filename !== ':memory:' && journal.toUpperCase() === 'WAL' && /^(FULL|2)$/i.test(synchronous);
}

/** Pragmas can't be bound as parameters; what a user gives is therefore limited to words and numbers. */
function requirePragmaWord(text: string): void {
  if (!/^-?[A-Za-z0-9_.]+$/.test(text)) throw new DatabaseFileError(`"${text}" is not a pragma name or value.`);
}
