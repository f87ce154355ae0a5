/**
 * Programs that a test starts: a server that is to be killed with SIGKILL, a CLI whose output is read. Each
 * child leads its own process group, so that a signal reaches what it started too, and so that a signal sent
 * to one child never reaches the test runner. Whatever still runs when the runner exits is killed.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess as NodeChildProcess } from 'node:child_process';
import { waitUntil } from './wait-until.js';

/** How to start a child. */
export interface StartChildOptions {
  readonly cwd?: string;
  /** The whole environment. Default: the runner's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Written to the child's stdin, which is closed after it. Default: stdin is closed at once. */
  readonly input?: string;
}

/** How a child ended: by an exit code or by a signal, the other one is null. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const running = new Set<StartedChild>();
let isExitHookSet = false;

/** A started program; see {@link startChild}. */
export class StartedChild {
  /** Resolves when the child has ended and all its output was read. Rejects when it could not be started. */
  readonly exited: Promise<ChildExit>;
  readonly #commandLine: string;
  readonly #process: NodeChildProcess;
  #stdout = '';
  #stderr = '';
  #exit: ChildExit | undefined;

  /** @internal Use {@link startChild}. */
  constructor(command: string, args: readonly string[], options: StartChildOptions) {
    this.#commandLine = [command, ...args].join(' ');
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#process = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    // A child that ends without reading its input breaks the pipe; that is its choice, not a failure.
    child.stdin.on('error', () => undefined).end(options.input ?? '');
    this.exited = new Promise((resolve, reject) => {
      child.once('error', (cause) => {
        running.delete(this);
        reject(new Error(`Cannot start ${this.#commandLine}: ${cause.message}`, { cause }));
      });
      child.once('close', (code, signal) => {
        running.delete(this);
        this.#exit = { code, signal };
        resolve(this.#exit);
      });
    });
    // Who does not await `exited` learns of a failed start from waitForOutput instead.
    this.exited.catch(() => undefined);
  }

  /** Process id, and id of the group that the child leads. Throws when the child could not be started. */
  get pid(): number {
    if (this.#process.pid === undefined) throw new Error(`${this.#commandLine} was not started`);
    return this.#process.pid;
  }

  /** All that the child has written to stdout so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /** All that the child has written to stderr so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** How the child ended; undefined while it runs. */
  get exit(): ChildExit | undefined {
    return this.#exit;
  }

  /** Waits for stdout or stderr to match, and returns the match. Throws with all output when the child ends first. */
  async waitForOutput(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray> {
    const find = () => pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr);
    const match = await waitUntil(
      () => find() ?? (this.#exit || this.#process.pid === undefined ? 'ended' : undefined),
      {
        what: `${this.#commandLine} to print ${String(pattern)}`,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      },
    );
    if (match !== 'ended') return match;
    await this.exited;
    throw new Error(
      `${this.#commandLine} ended (code ${this.#exit?.code}, signal ${this.#exit?.signal}) before it printed ` +
        `${String(pattern)}\nstdout: ${this.#stdout}\nstderr: ${this.#stderr}`,
    );
  }

  /** Sends a signal to the child and all that it started (default SIGKILL), without waiting. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (this.#process.pid === undefined) return;
    try {
      process.kill(-this.#process.pid, signal);
    } catch (error) {
      // ESRCH: the whole group is gone already, which is what the caller wants.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Ends the child: SIGTERM to the group, SIGKILL after `graceMs` (default 5000). Returns how it ended. */
  async stop(graceMs = 5000): Promise<ChildExit> {
    this.kill('SIGTERM');
    const hardKill = setTimeout(() => this.kill('SIGKILL'), graceMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(hardKill);
      // What the child left behind in its group goes with it.
      this.kill('SIGKILL');
    }
  }
}

/**
 * Starts a program in its own process group and collects its output.
 *
 * @example
 * const server = startChild(process.execPath, ['dist/cli/main.js', 'server', 'start-dev', '--port', '0']);
 * await server.waitForOutput(/Temporal Server: +(\S+)/);
 * server.kill();
 */
export function startChild(
  command: string,
  args: readonly string[] = [],
  options: StartChildOptions = {},
): StartedChild {
  if (!isExitHookSet) {
    isExitHookSet = true;
    process.on('exit', () => running.forEach((child) => child.kill()));
  }
  const child = new StartedChild(command, args, options);
  running.add(child);
  return child;
}
