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
  const worker = await Worker.create({
    connection,
    namespace: access.namespace,
    taskQueue: access.taskQueue,
    ...(tools === undefined ? {} : { identity: tools.identity, activities: createActivities(tools) }),
    // Bundled by the build; a development tree without it is bundled now, which takes a second or two.
    ...(existsSync(BUNDLE) ? { workflowBundle: { codePath: BUNDLE } } : { workflowsPath: WORKFLOWS }),
    ...WORKER_LIMITS,
    // How long a task waits for a worker that was killed before any other gets it; ours are on the same host.
    stickyQueueScheduleToStartTimeout: '3 seconds',
    shutdownGraceTime: '5 seconds',
    shutdownForceTime: '20 seconds',
  });
  // A convenience: when it can't be done, the heartbeat timeouts do it later.
  if (tools !== undefined) await releaseLostAttempts(access).catch(() => 0);
  const done = worker.run().finally(() => connection.close());
  // Whoever stops the worker awaits `done`; until then a failure must not be unhandled.
  done.catch(() => undefined);
  return {
    done,
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
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
