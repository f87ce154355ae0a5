/**
 * What a service does whose storage is not what it was: one run's rows are damaged, or the disk is full. The one run, or
 * what needs room, is refused in a sentence; everything else is served, also after a start on the same file.
 */
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { temporaryFolder } from '@vishkar/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { startDevServer } from '../../src/dev-server.js';
import type { DevServer } from '../../src/dev-server.js';
import type { DevServerOptions } from '../../src/dev-server-options.js';
import { GrpcStatus } from '../../src/errors.js';
import { chooseDriver } from '../../src/persistence/choose-driver.js';
import { databaseFaults } from '../support/database-faults.js';
import {
  completeWorkflowExecution,
  payloads,
  scheduleActivityTask,
  seconds,
  startTimer,
} from '../support/scripts/commands.js';
import { Stage } from '../support/service-stage.js';

interface Refusal {
  readonly code: number;
  readonly details: string;
}

async function serve(options: DevServerOptions): Promise<{ server: DevServer; connection: Connection }> {
  const server = await startDevServer({ port: 0, ...options });
  onTestFinished(() => server.close());
  // Without interceptors, since that of the SDK would try again what is refused here, ten times.
  const connection = await Connection.connect({ address: server.address, interceptors: [] });
  onTestFinished(() => connection.close());
  return { server, connection };
}

const refusalOf = (call: Promise<unknown>): Promise<Refusal> =>
  call.then(
    () => ({ code: 0, details: '' }),
    (error: unknown) => error as Refusal,
  );

/** An open run with a timer that is due at once, an activity and a workflow task to hand out. */
async function openRun(connection: Connection, name: string): Promise<Stage> {
  const stage = new Stage(connection, 'default', name);
  await stage.start();
  await stage.turn([
    startTimer({ timerId: 'soon', startToFireTimeout: seconds(0.2) }),
    scheduleActivityTask({
      activityId: 'a',
      activityType: { name: 'type' },
      taskQueue: { name },
      startToCloseTimeout: seconds(60),
    }),
  ]);
  await stage.signal('wake');
  return stage;
}

it.each([
  ['its state', "UPDATE executions SET state = x'ffffffff' WHERE workflow_id = 'poisoned'"],
  ['a pending item', "UPDATE pending_items SET data = x'ffffffff' WHERE run_key = 1"],
  ['a pending item of a kind that nobody knows', 'UPDATE pending_items SET kind = 99 WHERE run_key = 1'],
  ['an event', "UPDATE history SET events = x'ffffffff' WHERE run_key = 1"],
])('a run with %s damaged is refused by name; the others are served, and the service starts', async (_what, sql) => {
  const dbFilename = join(temporaryFolder('poisoned'), 'a.db');
  const before = await serve({ dbFilename });
  await openRun(before.connection, 'poisoned');
  const sound = await openRun(before.connection, 'sound');
  await before.connection.close();
  await before.server.close();
  const database = chooseDriver().open(dbFilename);
  database.exec(sql);
  database.close();
  expect(databaseFaults(dbFilename).join()).toContain('"poisoned"');

  const { connection } = await serve({ dbFilename });
  const api = connection.workflowService;
  const execution = { workflowId: 'poisoned' };
  const refusals = await Promise.all([
    refusalOf(api.getWorkflowExecutionHistory({ namespace: 'default', execution })),
    refusalOf(api.signalWorkflowExecution({ namespace: 'default', workflowExecution: execution, signalName: 's' })),
    refusalOf(api.describeWorkflowExecution({ namespace: 'default', execution })),
  ]);
  const told = refusals.filter(({ code }) => code !== 0);
  expect(told.length).toBeGreaterThan(0);
  for (const refusal of told) {
    expect(refusal).toMatchObject({ code: GrpcStatus.DATA_LOSS });
    expect(refusal.details).toMatch(/poisoned.*damaged.*db check/);
  }

  // The other run goes on from where it was.
  const after = new Stage(connection, 'default', sound.name);
  await after.until('EVENT_TYPE_TIMER_FIRED');
  await after.turn([completeWorkflowExecution()]);
  await after.untilClosed();
  const list = await api.listWorkflowExecutions({ namespace: 'default' });
  expect(list.executions.map((each) => each.execution?.workflowId).sort()).toEqual(['poisoned', 'sound']);
});

it('refuses what a full disk has no room for, loses nothing, and goes on when there is room again', async () => {
  const dbFilename = join(temporaryFolder('full'), 'a.db');
  // A limit of SQLite's own, which fails like a disk: 150 pages of 4 kB.
  const { connection, server } = await serve({ dbFilename, sqlitePragmas: { max_page_count: '150' } });
  const api = connection.workflowService;
  const start = (workflowId: string): Promise<Refusal> =>
    refusalOf(
      api.startWorkflowExecution({
        namespace: 'default',
        workflowId,
        workflowType: { name: 'type' },
        taskQueue: { name: 'queue' },
        requestId: workflowId,
        input: payloads('x'.repeat(20_000)),
      }),
    );
  const acknowledged: string[] = [];
  let refusal: Refusal = { code: 0, details: '' };
  for (let n = 0; refusal.code === 0 && n < 200; n++) {
    refusal = await start(`full-${n}`);
    if (refusal.code === 0) acknowledged.push(`full-${n}`);
  }
  expect(refusal.code).toBe(GrpcStatus.RESOURCE_EXHAUSTED);
  expect(refusal.details).toMatch(/disk.*full/);
  // Reading goes on.
  for (const workflowId of acknowledged) {
    const reply = await api.describeWorkflowExecution({ namespace: 'default', execution: { workflowId } });
    expect(reply.workflowExecutionInfo?.execution?.workflowId).toBe(workflowId);
  }
  // What is deleted makes room.
  for (const workflowId of acknowledged.slice(0, 10)) {
    await api.deleteWorkflowExecution({ namespace: 'default', workflowExecution: { workflowId } });
  }
  expect(await start('after')).toMatchObject({ code: 0 });
  await connection.close();
  await server.close();
  expect(databaseFaults(dbFilename)).toEqual([]);
});
