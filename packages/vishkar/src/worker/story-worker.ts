/**
 * A worker for one project's stories: the workflow bundle, the activities, and a clean way to stop. SIGTERM hands
 * unfinished activities back; SIGKILL is survived because everything that matters is in history, git and the tracker.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { LogLevel } from '@temporalio/worker';
import { createActivities } from '../activities/create-activities.js';
import type { StoryTools } from '../activities/story-tools.js';
import { releaseLostAttempts } from './lost-attempts.js';
import { writeLogEntry } from './worker-log.js';
import { ACCOUNT_TASK_QUEUE } from '../domain/wire-names.js';
import type { TemporalAccess } from '../service/temporal-access.js';

export interface StoryWorker {
  /** Ends when the worker has stopped; rejects when it failed. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/** How much a worker holds at a time. */
export const WORKER_LIMITS = {
  // Engines and test runs are heavy; reviews of one story run four at a time.
  maxConcurrentActivityTaskExecutions: 8,
  // Most stories wait for a person, for days. One in the cache takes some 3 MiB; one that is not is replayed when it moves.
  maxCachedWorkflows: 50,
} as const;

const BUNDLE = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
const WORKFLOWS = fileURLToPath(new URL('../workflows/index.js', import.meta.url));

/** Without `tools` it only runs workflow code: stories take messages and answer queries, and no activity starts here. */
export async function startStoryWorker(
  access: TemporalAccess,
  tools: StoryTools | undefined,
  logLevel: LogLevel = 'WARN',
): Promise<StoryWorker> {
  installRuntime(logLevel);
  const connection = await NativeConnection.connect(access.connectionOptions);
  const options = {
    connection,
    namespace: access.namespace,
    ...(tools === undefined ? {} : { identity: tools.identity }),
    // Bundled by the build; a development tree without it is bundled now, which takes a second or two.
    ...(existsSync(BUNDLE) ? { workflowBundle: { codePath: BUNDLE } } : { workflowsPath: WORKFLOWS }),
    // How long a task waits for a worker that was killed before any other gets it; ours are on the same host.
    stickyQueueScheduleToStartTimeout: '3 seconds',
    shutdownGraceTime: '5 seconds',
    shutdownForceTime: '20 seconds',
  } as const;
  const workers = [
    await Worker.create({
      ...options,
      ...WORKER_LIMITS,
      taskQueue: access.taskQueue,
      ...(tools === undefined ? {} : { activities: createActivities(tools) }),
    }),
  ];
  if (tools?.hasAccountBudget === true)
    workers.push(await Worker.create({ ...options, taskQueue: ACCOUNT_TASK_QUEUE, maxCachedWorkflows: 5 }));
  // A convenience: when it can't be done, the heartbeat timeouts do it later.
  if (tools !== undefined) await releaseLostAttempts(access).catch(() => 0);
  const stop = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  // One that fails takes the other along.
  const run = workers.map(async (worker) => await worker.run().finally(stop));
  const done = Promise.allSettled(run)
    .then(async () => void (await Promise.all(run)))
    .finally(() => connection.close());
  // Whoever stops the worker awaits `done`; until then a failure must not be unhandled.
  done.catch(() => undefined);
  return {
    done,
    stop: async () => {
      stop();
      await done;
    },
  };
}

let isInstalled = false;

function installRuntime(logLevel: LogLevel): void {
  if (isInstalled) return;
  isInstalled = true;
  Runtime.install({
    logger: new DefaultLogger(logLevel, writeLogEntry),
    // Else the SDK's native part writes to stdout, where results of commands stand.
    telemetryOptions: { logging: { filter: { core: logLevel, other: 'ERROR' }, forward: {} } },
    shutdownSignals: [],
  });
}
