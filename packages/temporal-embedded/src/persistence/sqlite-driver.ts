/**
 * The port to SQLite, in the shape of `node:sqlite`'s DatabaseSync, so that the built-in module is one adapter and a
 * prebuilt package the other. It is the boundary to native code: nothing outside persistence/ sees a driver.
 *
 * What every driver must agree on is written as a test, `sqlite-driver.test.ts`. Known to differ, and not to be relied
 * on: how a JavaScript number binds (INTEGER or REAL; columns of STRICT tables settle it), and when a closed database
 * lets go of its file while statements of it are still referenced (`close` then waits for the garbage collector), and
 * text with a NUL in it (the prebuilt package cuts it there).
 */
export type SqlValue = null | number | bigint | string | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

export interface SqlStatement {
  run(...parameters: readonly SqlValue[]): unknown;
  get(...parameters: readonly SqlValue[]): SqlRow | undefined;
  /** Throws when an integer is beyond 2^53: such values are stored and compared, not read. */
  all(...parameters: readonly SqlValue[]): readonly SqlRow[];
}

export interface SqlDatabase {
  /** Runs one or more statements; rows they yield are dropped. */
  exec(sql: string): void;
  prepare(sql: string): SqlStatement;
  /** Makes a function of this process callable in SQL. */
  function(name: string, implementation: (value: SqlValue) => SqlValue): void;
  close(): void;
}

export interface SqliteDriver {
  readonly name: string;
  /** Opens a file, or `:memory:`. */
  open(filename: string): SqlDatabase;
}
