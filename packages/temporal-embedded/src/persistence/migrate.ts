/**
 * Brings a database to the latest version: numbered SQL files, each in a transaction of its own that sets the version
 * first. The version lives in the file's header (`user_version`), where it can be read without opening the database.
 */
import { readFileSync } from 'node:fs';
import type { SqlDatabase } from './sqlite-driver.js';

/** In order; the index plus one is the version that a file brings. */
const MIGRATIONS = ['0001_initial.sql', '0002_schedules.sql'] as const;

export const LATEST_VERSION = MIGRATIONS.length;

export function migrate(database: SqlDatabase): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  for (const [index, name] of MIGRATIONS.entries()) {
    if (index < version) continue;
    // `migrations/` lies beside `src/` and `dist/` alike.
    const sql = readFileSync(new URL(`../../migrations/${name}`, import.meta.url), 'utf8');
    database.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${String(index + 1)}; ${sql} COMMIT;`);
  }
  // The header in the main file is what the next start reads first; it must not lag behind in the log.
  if (version < LATEST_VERSION) database.exec('PRAGMA wal_checkpoint(TRUNCATE);');
}
