/** `node:sqlite`, built in from Node 22.13 on. */
import type { SqlDatabase, SqliteDriver } from '../sqlite-driver.js';

interface NodeSqlite {
  readonly DatabaseSync: new (filename: string) => SqlDatabase;
}

/** Undefined where this Node has none. Asked for by name at run time, since a static import would not even load on Node 20. */
export function findNodeSqlite(): SqliteDriver | undefined {
  const getBuiltin = (process as { getBuiltinModule?: (id: string) => unknown }).getBuiltinModule;
  const module = getBuiltin?.call(process, 'node:sqlite') as NodeSqlite | undefined;
  if (module === undefined) return undefined;
  return { name: 'node:sqlite', open: (filename) => new module.DatabaseSync(filename) };
}
