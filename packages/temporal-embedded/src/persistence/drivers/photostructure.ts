/** @photostructure/sqlite: `node:sqlite`'s own shape, prebuilt in its package, for Nodes without the built-in module. */
import { createRequire } from 'node:module';
import type { SqlDatabase, SqliteDriver } from '../sqlite-driver.js';

interface PhotostructureSqlite {
  readonly DatabaseSync: new (filename: string) => SqlDatabase;
}

/** Loaded on demand: with the built-in module there is no reason to load native code from a package. */
export function loadPhotostructureSqlite(): SqliteDriver {
  const require = createRequire(import.meta.url);
  const module = require('@photostructure/sqlite') as PhotostructureSqlite;
  return { name: '@photostructure/sqlite', open: (filename) => new module.DatabaseSync(filename) };
}
