/** Opens the durable store on a file of ours, or one in memory that ends with the process. */
import { chooseDriver } from './choose-driver.js';
import { openDatabase } from './database-file.js';
import { SqliteStore } from './sqlite-store.js';
import type { DebugPoint } from './sqlite-store.js';

export interface OpenStoreOptions {
  /** Path of the database file. Default: in memory. */
  readonly filename?: string;
  /** Over our own pragmas (WAL, synchronous=FULL). Default none. */
  readonly pragmas?: Readonly<Record<string, string>>;
  /** Called around each commit; for tests that kill the process there. */
  readonly onDebugPoint?: (point: DebugPoint) => void;
}

/** Throws DatabaseFileError, in a sentence, when the file is foreign, newer, damaged or in use; it is then left untouched. */
export function openStore(options: OpenStoreOptions = {}): SqliteStore {
  const database = openDatabase(chooseDriver(), {
    filename: options.filename ?? ':memory:',
    pragmas: options.pragmas ?? {},
  });
  return new SqliteStore(database, { onDebugPoint: options.onDebugPoint, flush: database.flush });
}
