/** Which SQLite runs under the store: the one that Node brings, else the prebuilt package. */
import { findNodeSqlite } from './drivers/node-sqlite.js';
import { loadPhotostructureSqlite } from './drivers/photostructure.js';
import type { SqliteDriver } from './sqlite-driver.js';

export function chooseDriver(): SqliteDriver {
  return findNodeSqlite() ?? loadPhotostructureSqlite();
}
