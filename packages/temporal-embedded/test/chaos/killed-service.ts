/**
 * The service under chaos: a process of the built package that is killed and started again on the same file and the
 * same port, so that clients and workers find it again by themselves.
 */
import { createServer } from 'node:net';
import { startChild } from '@vishkar/testkit';
import type { StartedChild } from '@vishkar/testkit';

/** The command line that serves a file on a port; `n` counts the starts from 1. */
export type ServiceCommand = (port: number, n: number) => readonly string[];

export class KilledService {
  readonly port: number;
  readonly #command: ServiceCommand;
  #child: StartedChild | undefined;
  #starts = 0;

  private constructor(port: number, command: ServiceCommand) {
    this.port = port;
    this.#command = command;
  }

  static async create(command: ServiceCommand): Promise<KilledService> {
    return new KilledService(await steadyPort(), command);
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Starts the process; resolves at once, before it serves. */
  spawn(): StartedChild {
    this.#starts += 1;
    this.#child = startChild(process.execPath, this.#command(this.port, this.#starts));
    return this.#child;
  }

  /** Starts the process; resolves when it serves. Rejects with its output when it ends before. */
  async start(): Promise<StartedChild> {
    const child = this.spawn();
    await child.waitForOutput(/Temporal Server:/);
    return child;
  }

  /** The process that was started last. Throws when none was. */
  running(): StartedChild {
    if (!this.#child) throw new Error('The service was not started.');
    return this.#child;
  }

  /** SIGKILL, wherever the process is. */
  async kill(): Promise<void> {
    this.#child?.kill();
    await this.#child?.exited;
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }
}

/**
 * A free port below those that the system gives to outgoing connections: while the service is down, one of its own
 * clients' attempts could otherwise be given the very port that it is connecting to.
 */
async function steadyPort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) return port;
  }
  throw new Error('No free port between 20000 and 32000.');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
