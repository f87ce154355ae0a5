/**
 * One round of one contender: a fresh server on a fresh database, the driver's load, and what was left on disk.
 * The bytes per workflow are the growth of the file over that of a server which only started and stopped.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServerProcess } from './server-process.mjs';

const DRIVER = fileURLToPath(new URL('./driver.mjs', import.meta.url));

/** Throws when the server does not start, or the driver fails or takes longer than the plan allows. */
export async function measureContender(contender, plan) {
  const folder = mkdtempSync(join(tmpdir(), 'temporal-bench-'));
  try {
    const empty = contender.hasFile ? await emptyDatabaseBytes(contender, folder) : undefined;
    const server = await ServerProcess.start(contender, { file: join(folder, 'bench.db') });
    let result;
    let rssIdleBytes;
    try {
      rssIdleBytes = await server.idleBytes();
      result = await drive({ address: server.address, pid: server.pid, plan });
    } finally {
      await server.stop();
    }
    return {
      ...result,
      readyMs: server.readyMs,
      rssIdleBytes,
      databaseBytesPerWorkflow: empty === undefined ? undefined : (server.databaseBytes - empty) / result.closed,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function emptyDatabaseBytes(contender, folder) {
  const server = await ServerProcess.start(contender, { file: join(folder, 'empty.db') });
  await server.stop();
  return server.databaseBytes;
}

async function drive(order) {
  const driver = fork(DRIVER, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(driver, 'exit');
  const limitMs = order.plan.limitMs;
  const limit = setTimeout(() => driver.kill('SIGKILL'), limitMs);
  let answer;
  driver.once('message', (message) => (answer = message));
  try {
    driver.send(order);
    await ended;
  } finally {
    clearTimeout(limit);
  }
  if (answer?.result) return answer.result;
  throw new Error(answer?.failure ?? `The driver did not come to an end within ${limitMs / 1000} s.`);
}
