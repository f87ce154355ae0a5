/**
 * One server process under measurement: started on a free loopback port with a database of its own, timed until it
 * answers, and ended by this process. Nothing that was not started here is ever signalled.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as elapse } from 'node:timers/promises';
import { residentBytes } from './process-usage.mjs';
import { RawClient } from './raw-client.mjs';

const READY_WITHIN_MS = 60_000;
/** Idle means: ready, a client has called, and nothing has happened for this long. */
const IDLE_AFTER_MS = 1_000;
/** How long a server may take to close its file before it is killed. */
const STOP_WITHIN_MS = 15_000;

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class ServerProcess {
  #child;
  #output = '';
  #exited;
  #file;
  address;
  /** From the spawn to the first answer of the default namespace. */
  readyMs;

  static async start(contender, { file }) {
    const server = new ServerProcess();
    const port = await freePort();
    const [command, args] = contender.command(port, file);
    const startedAtMs = performance.now();
    server.#file = contender.hasFile ? file : undefined;
    server.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(server.#child);
    server.#exited = once(server.#child, 'close').finally(() => running.delete(server.#child));
    for (const stream of [server.#child.stdout, server.#child.stderr]) {
      stream.on('data', (text) => (server.#output = `${server.#output}${text}`.slice(-4000)));
    }
    server.address = `127.0.0.1:${port}`;
    try {
      await server.#waitUntilReady(startedAtMs);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Resident memory once nothing has happened for a while. */
  async idleBytes() {
    await elapse(IDLE_AFTER_MS);
    return residentBytes(this.pid);
  }

  get pid() {
    return this.#child.pid;
  }

  /** Bytes of the database and its log; of a server that is stopped. */
  get databaseBytes() {
    if (this.#file === undefined) return undefined;
    return ['', '-wal'].reduce((sum, suffix) => sum + fileBytes(`${this.#file}${suffix}`), 0);
  }

  async stop() {
    this.#child.kill('SIGTERM');
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS);
    await this.#exited;
    clearTimeout(kill);
  }

  async #waitUntilReady(startedAtMs) {
    const client = new RawClient(this.address);
    try {
      while (true) {
        try {
          await client.call('DescribeNamespace', { namespace: 'default' }, 1_000);
          this.readyMs = performance.now() - startedAtMs;
          return;
        } catch (error) {
          if (this.#child.exitCode !== null) throw new Error(`The server ended: ${this.#output}`, { cause: error });
          if (performance.now() - startedAtMs > READY_WITHIN_MS) {
            throw new Error(`The server did not get ready: ${error.message}\n${this.#output}`, { cause: error });
          }
          await elapse(5);
        }
      }
    } finally {
      client.close();
    }
  }
}

function fileBytes(path) {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The real dev server cannot be told port 0, so all get a port that was free a moment ago. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
