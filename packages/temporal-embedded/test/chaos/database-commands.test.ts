/** The `db` commands of the built package, on a file that a server is writing to, that nobody has, and that is damaged. */
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { freePort, startChild, temporaryFolder } from '@vishkar/testkit';
import type { StartedChild } from '@vishkar/testkit';
import { expect, it } from 'vitest';
import { startDevServer } from '../../src/dev-server.js';
import { chooseDriver } from '../../src/persistence/choose-driver.js';
import { completeWorkflowExecution } from '../support/scripts/commands.js';
import { databaseFaults } from '../support/database-faults.js';
import { BIN } from '../support/embedded-executable.js';
import { Stage } from '../support/service-stage.js';

async function db(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = startChild(process.execPath, [BIN, 'db', ...args]);
  const { code } = await child.exited;
  return { code, stdout: child.stdout, stderr: child.stderr };
}

async function startServer(filename: string): Promise<{ child: StartedChild; address: string }> {
  const port = await freePort();
  const args = ['server', 'start-dev', '--port', String(port), '--db-filename', filename];
  const child = startChild(process.execPath, [BIN, ...args]);
  await child.waitForOutput(/Temporal Server:/);
  return { child, address: `127.0.0.1:${port}` };
}

/** Starts workflows until it is told to stop; each name that it returns was acknowledged. */
async function writeUntil(address: string, isOver: () => boolean): Promise<string[]> {
  const connection = await Connection.connect({ address });
  const acknowledged: string[] = [];
  while (!isOver()) {
    const stage = new Stage(connection, 'default', `written-${acknowledged.length}`);
    await stage.start();
    if (acknowledged.length % 2 === 0) await stage.turn([completeWorkflowExecution()]);
    acknowledged.push(stage.name);
  }
  await connection.close();
  return acknowledged;
}

it('backs up and checks a file that a server is writing to, and leaves compacting to when it is free', async () => {
  const folder = temporaryFolder('db-commands');
  const filename = join(folder, 'served.db');
  const copy = join(folder, 'copy.db');
  const { child, address } = await startServer(filename);
  let isOver = false;
  const writing = writeUntil(address, () => isOver);
  const check = await db('check', filename);
  expect(check).toMatchObject({ code: 0, stderr: '' });
  expect(check.stdout).toMatch(/is sound: \d+ runs/);
  const backup = await db('backup', filename, copy);
  expect(backup).toMatchObject({ code: 0, stderr: '' });
  expect(backup.stdout).toMatch(/, and sound\./);
  const compact = await db('compact', filename);
  expect(compact).toMatchObject({ code: 1, stdout: '' });
  expect(compact.stderr).toMatch(/is in use by another process/);
  isOver = true;
  const acknowledged = await writing;
  await child.stop();

  // Nothing was lost to being looked at, and what the copy holds can be served.
  expect(databaseFaults(filename)).toEqual([]);
  const kept = chooseDriver().open(filename);
  expect(Number(kept.prepare('SELECT count(*) AS n FROM executions').get()?.['n'])).toBe(acknowledged.length);
  kept.close();
  const server = await startDevServer({ port: 0, dbFilename: copy });
  await server.close();
  expect(await db('backup', filename, copy)).toMatchObject({ code: 1, stderr: expect.stringMatching(/there already/) });
  expect(await db('compact', filename)).toMatchObject({ code: 0, stderr: '' });
  expect(databaseFaults(filename)).toEqual([]);
});

it('finds damage in a page, in a run and between tables, and changes nothing', async () => {
  const folder = temporaryFolder('db-damage');
  const filename = join(folder, 'a.db');
  const server = await startDevServer({ port: 0, dbFilename: filename });
  let written = 0;
  await writeUntil(server.address, () => ++written > 4);
  await server.close();

  const damaged = (sql: string): string => {
    const copy = join(folder, 'damaged.db');
    copyFileSync(filename, copy);
    const database = chooseDriver().open(copy);
    database.exec(sql);
    database.close();
    return databaseFaults(copy).join('\n');
  };
  expect(damaged('')).toBe('');
  expect(damaged("UPDATE executions SET state = x'ffff' WHERE run_key = 1")).toMatch(/"written-0": it cannot be read/);
  expect(damaged('DELETE FROM history WHERE run_key = 2 AND first_event_id = 1')).toMatch(
    /"written-1": its first event does not start it/,
  );
  expect(damaged('UPDATE executions SET status = 2 WHERE run_key = 2')).toMatch(
    /its status is 2, its last event says 1/,
  );
  expect(damaged('DELETE FROM executions WHERE run_key = 1')).toMatch(/has events and no run/);

  const bytes = readFileSync(filename);
  // Page 4 and those behind it.
  bytes.fill(0xa5, 3 * 4096, 6 * 4096);
  const file = join(folder, 'bytes.db');
  writeFileSync(file, bytes);
  const report = await db('check', file);
  expect(report.code).toBe(1);
  expect(report.stdout + report.stderr).toMatch(/damaged/);
  expect(readFileSync(file).equals(bytes)).toBe(true);
});

it('says how it is used, and what it cannot find', async () => {
  const missing = join(temporaryFolder('db-usage'), 'none.db');
  expect(await db('check')).toMatchObject({ code: 2, stderr: expect.stringContaining('db check FILE') });
  expect(await db('mend', missing)).toMatchObject({ code: 2 });
  expect(await db('check', missing)).toMatchObject({ code: 1, stderr: expect.stringContaining('absent or empty') });
  expect(await db('compact', missing)).toMatchObject({ code: 1, stderr: expect.stringContaining('does not exist') });
  expect(statSync(missing, { throwIfNoEntry: false })).toBeUndefined();
});
