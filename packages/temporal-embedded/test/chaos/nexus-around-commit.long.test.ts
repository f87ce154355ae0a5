/**
 * Nexus operations under a service that dies around its commits: each call has one result in its caller's history, each
 * operation that is a workflow is one workflow, however often its handler had to be asked.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { chosenSeed, SeededRandom, temporaryFolder, waitUntil } from '@vishkar/testkit';
import { expect, it } from 'vitest';
import type { callMany } from '../conformance/nexus.workflows.js';
import { installQuietRuntime, uniqueName } from '../support/embedded-service.js';
import { eventTypes } from '../support/history-events.js';
import { createWorkerEndpoint, greetingHandlers } from '../support/nexus-handlers.js';
import { workflowBundle } from '../support/workflow-bundle.js';
import { KilledService } from './killed-service.js';

const SERVER = fileURLToPath(new URL('debug-point-server.mjs', import.meta.url));
const KILLS = process.env['VISHKAR_LONG_TESTS'] === 'short' ? 4 : 12;
const CALLERS = 6;
const CALLS = 10;
const MAX_COMMITS = 80;

it.each(['before-commit', 'after-commit'])(
  'killed %s, every operation ends once, with its result',
  async (point) => {
    installQuietRuntime();
    const random = new SeededRandom(chosenSeed());
    console.log(`seed ${random.seed} (CHAOS_SEED repeats it)`);
    const filename = join(temporaryFolder('nexus'), 'nexus.db');
    const service = await KilledService.create((port, n) => {
      // The first and the last life are left alone: one to prepare, one to finish.
      const target = n > 1 && n <= KILLS + 1 ? [point, String(random.between(1, MAX_COMMITS))] : [];
      return [SERVER, filename, String(port), ...target];
    });
    await service.start();
    const connection = await Connection.connect({ address: service.address });
    const native = await NativeConnection.connect({ address: service.address });
    const taskQueue = uniqueName('nexus');
    let requests = 0;
    const worker = await Worker.create({
      connection: native,
      taskQueue,
      workflowBundle: await workflowBundle(new URL('../conformance/nexus.workflows.ts', import.meta.url)),
      nexusServices: [greetingHandlers(() => (requests += 1))],
      shutdownGraceTime: 0,
    });
    const working = worker.run();
    try {
      const client = new Client({ connection });
      const endpoint = await createWorkerEndpoint(connection, uniqueName('endpoint'), taskQueue);
      const callers = await Promise.all(
        Array.from({ length: CALLERS }, () =>
          client.workflow.start<typeof callMany>('callMany', {
            taskQueue,
            workflowId: uniqueName('caller'),
            args: [endpoint, CALLS],
            workflowTaskTimeout: '1s',
          }),
        ),
      );
      const waiting: Promise<unknown>[] = [];
      await service.kill();
      for (let n = 1; n <= KILLS; n++) {
        const child = await service.start();
        const results = Promise.allSettled(callers.map((caller) => caller.result()));
        waiting.push(results);
        const isDead = child.exited.then(() => false);
        const areOver = results.then((all) => (all.every(({ status }) => status === 'fulfilled') ? true : isDead));
        // They may be done before the service has made as many commits as it was to die after.
        if (await Promise.race([isDead, areOver])) break;
      }
      await service.kill();
      await service.start();
      const expected = Array.from({ length: CALLS }, (_, n) => [`hello g${n}`, `letter: w${n}`]).flat();
      for (const caller of callers) {
        await waitUntil(async () => (await caller.describe()).status.name !== 'RUNNING', {
          what: `${caller.workflowId} to end`,
          timeoutMs: 120_000,
        });
        expect(await caller.result()).toEqual(expected);
        const types = await eventTypes(caller);
        expect(types.filter((type) => type === 'NexusOperationCompleted')).toHaveLength(2 * CALLS);
      }
      // Nothing may be asking any more when the connection closes.
      await Promise.all(waiting);
      const { count } = await client.workflow.count(`WorkflowType = "letter"`);
      expect(count).toBe(CALLERS * CALLS);
      console.log(`${KILLS} kills; ${2 * CALLERS * CALLS} operations, ${requests} requests to their handlers`);
    } finally {
      worker.shutdown();
      await working;
      await native.close();
      await connection.close();
      await service.stop();
    }
  },
  400_000,
);
