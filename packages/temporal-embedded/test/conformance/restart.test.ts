/** What is under way when the service stops goes on when it starts again on the same file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDevServer } from '../../src/dev-server.js';
import { installQuietRuntime, uniqueName } from '../support/embedded-service.js';
import { eventTypes } from '../support/history-events.js';
import { featureActivities } from '../support/run-feature.js';
import { workflowBundle } from '../support/workflow-bundle.js';
import { poke } from './features.workflows.js';

let folder: string;
beforeAll(async () => {
  installQuietRuntime();
  folder = await mkdtemp(join(tmpdir(), 'temporal-embedded-restart-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `body` against a service on the file, and closes everything after it. */
async function serve<T>(dbFilename: string, taskQueue: string, body: (client: Client) => Promise<T>): Promise<T> {
  const server = await startDevServer({ port: 0, dbFilename });
  const connection = await Connection.connect({ address: server.address });
  const nativeConnection = await NativeConnection.connect({ address: server.address });
  try {
    const worker = await Worker.create({
      connection: nativeConnection,
      taskQueue,
      workflowBundle: await workflowBundle(new URL('./features.workflows.ts', import.meta.url)),
      activities: featureActivities,
      shutdownGraceTime: 0,
    });
    return await worker.runUntil(() => body(new Client({ connection })));
  } finally {
    await connection.close();
    await nativeConnection.close();
    await server.close();
  }
}

test('timers, signals, activities and stickiness survive a restart', async () => {
  const dbFilename = join(folder, 'restart.db');
  const taskQueue = uniqueName('restart');
  const ids = { timer: uniqueName('timer'), busy: uniqueName('busy'), activity: uniqueName('activity') };
  await serve(dbFilename, taskQueue, async (client) => {
    await client.workflow.start('sleeps', { taskQueue, workflowId: ids.timer, args: [1500] });
    const busy = await client.workflow.start('signalledWhileBusy', { taskQueue, workflowId: ids.busy });
    await busy.signal(poke, 1);
    await client.workflow.start('activityScheduleToStart', { taskQueue, workflowId: ids.activity });
    await expect.poll(() => eventTypes(client.workflow.getHandle(ids.timer))).toContain('TimerStarted');
    await expect.poll(() => eventTypes(busy)).toContain('MarkerRecorded');
    await expect.poll(() => eventTypes(client.workflow.getHandle(ids.activity))).toContain('ActivityTaskScheduled');
  });
  await serve(dbFilename, taskQueue, async (client) => {
    const busy = client.workflow.getHandle(ids.busy);
    await busy.signal(poke, 2);
    await busy.signal(poke, 3);
    expect(await busy.result()).toBe(3);
    expect(await client.workflow.getHandle(ids.timer).result()).toBe('slept');
    expect(await client.workflow.getHandle(ids.activity).result()).toContain('ScheduleToStart timeout');
  });
});

test('a task that nobody has taken is handed out after a restart', async () => {
  const dbFilename = join(folder, 'handout.db');
  const taskQueue = uniqueName('handout');
  const workflowId = uniqueName('handout');
  const server = await startDevServer({ port: 0, dbFilename });
  const connection = await Connection.connect({ address: server.address });
  await new Client({ connection }).workflow.start('activityOk', { taskQueue, workflowId });
  await connection.close();
  await server.close();
  await serve(dbFilename, taskQueue, async (client) => {
    expect(await client.workflow.getHandle(workflowId).result()).toBe('ok');
  });
});
