/**
 * A program that we started, as one thing that can be ended: it leads a process group of its own, carries a run stamp,
 * and is over only when its group, and whatever left the group, is over too.
 *
 *   running --exit by itself--> survivors ended --> over
 *   running --stop()--> SIGTERM to the group --grace--> SIGKILL to the group --> survivors ended --> over
 */
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { VishkarError } from '../errors.js';
import { endSurvivors } from './orphan-sweep.js';
import { processStart } from './process-table.js';
import { ownerIdentity, stampVariables, writeStampFile } from './run-stamp.js';

export interface ProcessGroupOptions {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment; see `childEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ProcessExit {
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  readonly signalName?: NodeJS.Signals;
}

const DEFAULT_GRACE_MS = 3_000;
/** How long output that is still in the pipes may take to arrive after everything that could write is gone. */
const DRAIN_MS = 1_000;

export class ProcessGroup {
  readonly pid: number;
  readonly runId: string;
  readonly stdin: Writable;
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
  readonly #child: ChildProcessWithoutNullStreams;
  /** The leader's exit; others of its group may still run until `over`. */
  readonly exited: Promise<ProcessExit>;
  /** Resolves when nothing of the run is left and all its output was handed out. */
  readonly over: Promise<ProcessExit>;

  /** @internal Use {@link startProcessGroup}. */
  constructor(child: ChildProcessWithoutNullStreams, pid: number, runId: string, cleanUp: () => Promise<void>) {
    this.#child = child;
    this.pid = pid;
    this.runId = runId;
    this.stdin = child.stdin;
    // Piped at once: Node throws away what nobody reads by the time a child exits.
    this.stdout = child.stdout.pipe(new PassThrough());
    this.stderr = child.stderr.pipe(new PassThrough());
    // A program that ends without reading its input breaks the pipe: its choice, told by its exit.
    child.stdin.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signalName) => {
        resolve({ exitCode: code ?? -1, ...(signalName === null ? {} : { signalName }) });
      });
    });
    const closed = once(child, 'close');
    this.over = this.exited.then(async (exit) => {
      await cleanUp();
      await Promise.race([closed, pause(DRAIN_MS, undefined, { ref: false })]);
      // Somebody beyond our reach may hold the other end of a pipe; the run is over all the same.
      for (const [pipe, copy] of [[child.stdout, this.stdout] as const, [child.stderr, this.stderr] as const]) {
        if (pipe.destroyed) continue;
        pipe.unpipe(copy).destroy();
        copy.end();
      }
      return exit;
    });
    // Who does not wait for the end learns of a failed sweep from the next one.
    this.over.catch(() => undefined);
  }

  /** Asks the group to end, makes it after `graceMs` (default 3,000), and waits until nothing of it is left. */
  async stop(graceMs: number = DEFAULT_GRACE_MS): Promise<ProcessExit> {
    const ended = new AbortController();
    this.#signal('SIGTERM');
    await Promise.race([this.exited, pause(graceMs, undefined, { signal: ended.signal }).catch(() => undefined)]);
    ended.abort();
    this.#signal('SIGKILL');
    return await this.over;
  }

  #signal(name: NodeJS.Signals): void {
    // Once the leader is reaped its number may belong to somebody else; the sweep looks closer and does the rest.
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    try {
      // Windows has no process groups.
      process.kill(process.platform === 'win32' ? this.pid : -this.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Starts a program as the leader of its own group. Throws VishkarError `PROCESS_NOT_STARTED` when it can't be. */
export async function startProcessGroup(options: ProcessGroupOptions): Promise<ProcessGroup> {
  const [program, ...args] = options.argv;
  if (program === undefined) throw new TypeError('argv names no program');
  const [cwd, owner] = await Promise.all([realpath(options.cwd), ownerIdentity()]);
  const { runId, variables } = stampVariables(cwd, owner);
  const child = spawn(program, args, {
    cwd,
    env: { ...options.env, ...variables },
    detached: process.platform !== 'win32',
    stdio: 'pipe',
    windowsHide: true,
  });
  const { pid } = child;
  if (pid === undefined) {
    const [cause] = (await once(child, 'error')) as [NodeJS.ErrnoException];
    const why = cause.code === 'ENOENT' ? 'there is no such program' : cause.message;
    throw new VishkarError('PROCESS_NOT_STARTED', `${program} can't be started: ${why}.`, {
      hint: `Install ${program} or name its full path.`,
      cause,
    });
  }
  const stamped = stampLeader(pid, { runId, folder: cwd, owner });
  // Made before anything is awaited, so that no event and no output of a short-lived child is missed.
  const group = new ProcessGroup(child, pid, runId, async () => {
    const { leader, removeStamp } = await stamped;
    await endSurvivors(runId, leader);
    await removeStamp();
  });
  try {
    await stamped;
  } catch (error) {
    // Without its file the group could outlive us unnoticed on some hosts: better not to run it.
    child.kill('SIGKILL');
    throw error;
  }
  return group;
}

async function stampLeader(pid: number, run: { runId: string; folder: string; owner: string }) {
  // A leader that ended before we looked has no start time; what it left is then found by group and environment.
  const leader = { pid, startedAt: (await processStart(pid)) ?? 'ended' };
  return { leader, removeStamp: await writeStampFile({ ...run, leader }) };
}
