/** The embedded service with a clock that skips, and a worker with scripted activities: a seven-day wait takes milliseconds. */
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { WorkflowBundle } from '@temporalio/worker';
import { startDevServer } from '@vishkar/temporal-embedded';
import { ensureSearchAttributes } from '../../src/client/search-attribute-setup.js';
import { ACCOUNT_TASK_QUEUE, WORKFLOW_TYPE } from '../../src/domain/wire-names.js';
import type { StoryResult } from '../../src/domain/story-input.js';
import type { ScriptedActivities } from './scripted-activities.js';

let bundle: Promise<WorkflowBundle> | undefined;

export interface WorkflowEnvironment {
  readonly address: string;
  readonly client: Client;
  start(scripted: ScriptedActivities, input?: unknown): Promise<StoryHandle>;
  /** Serves the books of accounts from now on. */
  serveAccounts(): Promise<void>;
  /** The story's result; waiting time is skipped until it is there. Otherwise time passes as usual. */
  result(handle: StoryHandle): Promise<StoryResult>;
  /** Replays the history of every workflow so far; what differs from it, in sentences by workflow id, and how many there were. */
  replayAll(): Promise<{ readonly histories: number; readonly differences: readonly string[] }>;
  close(): Promise<void>;
}

export type StoryHandle = WorkflowHandle<() => Promise<StoryResult>>;

export async function startWorkflowEnvironment(): Promise<WorkflowEnvironment> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../dist/workflows/index.js', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  const workflowBundle = await bundle;
  const server = await startDevServer({ port: 0, timeSkipping: true });
  const connection = await Connection.connect({ address: server.address });
  const native = await NativeConnection.connect({ address: server.address });
  await ensureSearchAttributes(connection, 'default');
  const client = new Client({ connection });
  const workers: { worker: Worker; done: Promise<void> }[] = [];
  let count = 0;
  return {
    address: server.address,
    client,
    start: async (scripted, input = { jira_key: 'DEMO-1' }) => {
      count += 1;
      const taskQueue = `stories-${String(count)}`;
      const worker = await Worker.create({
        connection: native,
        taskQueue,
        workflowBundle,
        activities: scripted.activities,
      });
      workers.push({ worker, done: worker.run() });
      return await client.workflow.start(WORKFLOW_TYPE, {
        workflowId: `sdlc-DEMO-1-${String(count)}`,
        taskQueue,
        args: [input],
      });
    },
    serveAccounts: async () => {
      const worker = await Worker.create({ connection: native, taskQueue: ACCOUNT_TASK_QUEUE, workflowBundle });
      workers.push({ worker, done: worker.run() });
    },
    result: async (handle) => {
      server.clock?.unlock();
      try {
        return await handle.result();
      } finally {
        server.clock?.lock();
      }
    },
    replayAll: async () => {
      const differences: string[] = [];
      let histories = 0;
      const all = client.workflow.list().intoHistories();
      for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, all)) {
        histories += 1;
        if (error) differences.push(`${workflowId}: ${error.message}`);
      }
      return { histories, differences };
    },
    close: async () => {
      for (const { worker, done } of workers) {
        worker.shutdown();
        await done;
      }
      await native.close();
      await connection.close();
      await server.close();
    },
  };
}
