/**
 * Service and worker of the demo: in this process, or as two processes of their own that are killed on the way. Both are
 * the same code that `vishkar serve` runs.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createStoryTools } from '../composition/create-story-tools.js';
import type { Project } from '../config/project.js';
import { accessTemporal, runningAccess } from '../service/temporal-access.js';
import type { TemporalAccess } from '../service/temporal-access.js';
import { startStoryWorker } from '../worker/story-worker.js';

export type Part = 'service' | 'worker';

export interface DemoParts {
  readonly access: TemporalAccess;
  /** False where all is one process: a kill would be our own end. */
  readonly canKill: boolean;
  /** SIGKILLs a part with everything it started, and starts it again. */
  kill(part: Part): Promise<void>;
  /** Rejects when a part that can't be started again has failed; never resolves. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

export async function startInProcess(project: Project): Promise<DemoParts> {
  const tools = await createStoryTools(project);
  const access = await accessTemporal(project);
  const worker = access.kind === 'running' ? undefined : await startStoryWorker(access, tools);
  return {
    access,
    canKill: false,
    failed: failureOf(worker?.done),
    kill: () => Promise.resolve(),
    stop: async () => {
      await worker?.stop();
      await access.close();
    },
  };
}

function failureOf(done: Promise<void> | undefined): Promise<never> {
  const failed = new Promise<never>((_resolve, reject) => done?.catch(reject));
  // Raced for while the story runs; a failure while stopping is nobody's any more.
  failed.catch(() => undefined);
  return failed;
}

const CLI = fileURLToPath(new URL('../cli/main.js', import.meta.url));
const READY_WITHIN_MS = 60_000;
const RESTART_AFTER_MS = 200;
const HARD_END_AFTER_MS = 30_000;

export async function startAsProcesses(project: Project): Promise<DemoParts> {
  // One port for the whole demo: clients and workers come back to it by themselves.
  const port = await freePort();
  const children = new Map<Part, ChildProcess>();
  let isStopping = false;
  const start = (part: Part) => {
    const only = ['--with-parent', '--only', part, '--repository', project.repository];
    const child = spawn(
      process.execPath,
      [CLI, 'serve', ...only, ...(part === 'service' ? ['--port', String(port)] : [])],
      {
        // A group of its own, so that one signal reaches whatever it started.
        detached: true,
        // Its end of the pipe closes when we die, however we die: no part outlives the demo.
        stdio: ['pipe', 'ignore', 'ignore'],
      },
    );
    children.set(part, child);
    // Killed, or given up because the other part was away just then: either way it is wanted again.
    child.once('exit', () => {
      setTimeout(() => {
        if (!isStopping) start(part);
      }, RESTART_AFTER_MS);
    });
  };
  const ready = async () => {
    for (const until = Date.now() + READY_WITHIN_MS; ;) {
      const access = await runningAccess(project);
      if (access !== undefined) return access;
      if (Date.now() > until) throw new Error(`the service did not answer within ${String(READY_WITHIN_MS / 1000)} s`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  start('service');
  const access = await ready();
  start('worker');
  return {
    access,
    canKill: true,
    failed: failureOf(undefined),
    kill: async (part) => {
      await endGroup(children.get(part), 'SIGKILL');
      if (part === 'service') await ready();
    },
    stop: async () => {
      isStopping = true;
      await endGroup(children.get('worker'), 'SIGTERM');
      await endGroup(children.get('service'), 'SIGTERM');
    },
  };
}

/** Signals a child's whole group and waits for the child; one that does not end when asked to is ended. */
async function endGroup(child: ChildProcess | undefined, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const { pid } = child;
  process.kill(-pid, signal);
  const hardEnd = setTimeout(() => process.kill(-pid, 'SIGKILL'), HARD_END_AFTER_MS);
  await ended;
  clearTimeout(hardEnd);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
