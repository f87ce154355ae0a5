/**
 * What every driver must agree on, run over each one that this machine has. It is also where a difference between them
 * would be found first when one of them is upgraded.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeNeeds, need, temporaryFolder } from '@vishkar/testkit';
import { beforeEach, expect, it } from 'vitest';
import { chooseDriver } from './choose-driver.js';
import { findNodeSqlite } from './drivers/node-sqlite.js';
import { loadPhotostructureSqlite } from './drivers/photostructure.js';
import type { SqlDatabase, SqlValue } from './sqlite-driver.js';

const drivers = [
  need('node:sqlite (Node >= 22.13)', findNodeSqlite),
  need('@photostructure/sqlite (npm install)', loadPhotostructureSqlite),
];

it('takes the built-in module where there is one', () => {
  expect(chooseDriver().name).toBe(findNodeSqlite() === undefined ? '@photostructure/sqlite' : 'node:sqlite');
});

for (const driverNeed of drivers) {
  describeNeeds({ driver: driverNeed }, driverNeed.what.split(' ')[0] ?? '', ({ driver }) => {
    let database: SqlDatabase;
    beforeEach(() => {
      database = driver.open(':memory:');
      database.exec('CREATE TABLE t (i INTEGER, r REAL, s TEXT, b BLOB) STRICT');
      return () => {
        database.close();
      };
    });
    const insert = (...values: readonly SqlValue[]) =>
      database.prepare('INSERT INTO t (i, r, s, b) VALUES (?, ?, ?, ?)').run(...values);

    it('gives back what was stored, each type as itself', () => {
      insert(7, 1.5, 'größe ✓ 𝄞', new Uint8Array([0, 255, 1]));
      insert(-1, 2, '', new Uint8Array(0));
      insert(null, null, null, null);
      const [first, second, third] = database.prepare('SELECT * FROM t ORDER BY rowid').all();
      expect({ ...first, b: undefined }).toEqual({ i: 7, r: 1.5, s: 'größe ✓ 𝄞', b: undefined });
      expect(first?.['b']).toBeInstanceOf(Uint8Array);
      expect([...(first?.['b'] as Uint8Array)]).toEqual([0, 255, 1]);
      expect(second?.['r']).toBe(2);
      expect((second?.['b'] as Uint8Array).byteLength).toBe(0);
      expect({ ...third }).toEqual({ i: null, r: null, s: null, b: null });
    });

    it('stores a whole number in an INTEGER column as an integer, however the driver binds it', () => {
      insert(1_700_000_000_123, 3, 'x', null);
      const row = database.prepare('SELECT typeof(i) AS i, typeof(r) AS r FROM t WHERE i = ?').get(1_700_000_000_123);
      expect({ ...row }).toEqual({ i: 'integer', r: 'real' });
    });

    it('refuses a fraction in an INTEGER column', () => {
      expect(() => insert(1.5, 0, 'x', null)).toThrow(/cannot store REAL|datatype|constraint/i);
    });

    it('compares and orders integers beyond 2^53 exactly, and reads them only as text', () => {
      const nanoseconds = 1_795_000_000_123_456_789n;
      for (const value of [nanoseconds, nanoseconds + 1n, nanoseconds - 1n]) insert(value, 0, String(value), null);
      const find = database.prepare('SELECT s FROM t WHERE i >= ? ORDER BY i');
      expect(find.all(nanoseconds).map((row) => row['s'])).toEqual([String(nanoseconds), String(nanoseconds + 1n)]);
      expect(database.prepare('SELECT CAST(i AS TEXT) AS i FROM t WHERE i < ?').get(nanoseconds)?.['i']).toBe(
        String(nanoseconds - 1n),
      );
      expect(() => database.prepare('SELECT i FROM t').all()).toThrow();
    });

    it('takes numbers for LIMIT and in comparisons of rows', () => {
      for (const i of [1, 2, 3, 4]) insert(i, 0, 'x', null);
      const page = database.prepare('SELECT i FROM t WHERE (i, r) < (?, ?) ORDER BY i DESC LIMIT ?');
      expect(page.all(4, 0, 2).map((row) => row['i'])).toEqual([3, 2]);
    });

    it('answers undefined when there is no row, and runs a statement again after it has failed', () => {
      expect(database.prepare('SELECT * FROM t').get()).toBeUndefined();
      database.exec('CREATE TABLE u (k INTEGER PRIMARY KEY) STRICT');
      const put = database.prepare('INSERT INTO u (k) VALUES (?)');
      put.run(1);
      expect(() => put.run(1)).toThrow(/UNIQUE/);
      put.run(2);
      expect(database.prepare('SELECT count(*) AS n FROM u').get()?.['n']).toBe(2);
    });

    it('rolls a transaction back as a whole', () => {
      database.exec('BEGIN IMMEDIATE');
      insert(1, 0, 'x', null);
      database.exec('ROLLBACK');
      expect(database.prepare('SELECT count(*) AS n FROM t').get()?.['n']).toBe(0);
    });

    it('calls functions of this process', () => {
      const seen: unknown[] = [];
      database.function('report', (value) => {
        seen.push(value);
        return null;
      });
      database.exec("SELECT report('a'); SELECT report(2)");
      expect(seen).toEqual(['a', 2]);
    });

    it('removes the log of a file when it is closed', () => {
      const filename = join(temporaryFolder('driver'), 'a.db');
      const file = driver.open(filename);
      file.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (i INTEGER) STRICT; INSERT INTO t VALUES (1)');
      expect(existsSync(`${filename}-wal`)).toBe(true);
      file.close();
      expect(existsSync(`${filename}-wal`)).toBe(false);
    });
  });
}
