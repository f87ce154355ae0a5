/**
 * What a test of a user's own can make go wrong, through the unmodified SDK: calls that are late, refused, or done without
 * the caller hearing of it, and a service that ends as by `kill -9` and goes on from its file.
 */
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { temporaryFolder } from '@vishkar/testkit';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { startDevServer } from '../../src/dev-server.js';
import type { DevServer } from '../../src/dev-server.js';
import { GrpcStatus } from '../../src/errors.js';
import { Faults } from '../../src/faults/faults.js';
import { installQuietRuntime, withWorker } from '../support/embedded-service.js';
import type { EmbeddedService } from '../support/embedded-service.js';

const WORKFLOWS = new URL('../conformance/workflow-basics.workflows.ts', import.meta.url);

let faults: Faults;
let dbFilename: string;
beforeEach(() => {
  installQuietRuntime();
  faults = new Faults();
  dbFilename = join(temporaryFolder('faults'), 'a.db');
});

async function serve(port = 0): Promise<EmbeddedService> {
  const server: DevServer = await startDevServer({ port, dbFilename, faults });
  const connection = await Connection.connect({ address: server.address });
  const nativeConnection = await NativeConnection.connect({ address: server.address });
  onTestFinished(async () => {
    await connection.close();
    await nativeConnection.close();
    await server.close();
  });
  return { server, connection, nativeConnection, client: new Client({ connection }) };
}

const start = ({ client }: EmbeddedService, taskQueue: string) =>
  client.workflow.start('instant', { workflowId: taskQueue, taskQueue, args: [7] });

it('refuses as many calls as it is told to, and the SDK tries again', async () => {
  const service = await serve();
  const refused = faults.add({ at: 'StartWorkflowExecution', action: 'fail', times: 2 });
  await start(service, 'refused');
  expect(refused.happened).toBe(2);
});

it('refuses with the code that it is told', async () => {
  const service = await serve();
  faults.add({ at: 'StartWorkflowExecution', action: 'fail', code: 'PERMISSION_DENIED' });
  await expect(start(service, 'refused')).rejects.toMatchObject({ cause: { code: GrpcStatus.PERMISSION_DENIED } });
});

it('does what is asked and lets the caller think that it failed: the retry finds it done', async () => {
  const service = await serve();
  const lost = faults.add({ at: 'StartWorkflowExecution', when: 'after', action: 'fail' });
  const handle = await start(service, 'lost');
  expect(lost.happened).toBe(1);
  expect((await handle.describe()).status.name).toBe('RUNNING');
  expect((await service.client.workflow.count()).count).toBe(1);
});

it('delays only the calls that match, and none once it is removed', async () => {
  const service = await serve();
  // Without interceptors: that of the SDK would go on trying when the service is gone.
  const connection = await Connection.connect({ address: service.server.address, interceptors: [] });
  onTestFinished(() => connection.close());
  const impatient = { ...service, client: new Client({ connection }) };
  const late = faults.add({
    at: 'StartWorkflowExecution',
    action: 'delay',
    delayMs: 600_000,
    times: 100,
    matches: (request) => request['workflowId'] === 'late',
  });
  await start(service, 'prompt');
  const waiting = expect(start(impatient, 'late')).rejects.toThrow();
  await late.firstTime;
  late.remove();
  await start(service, 'late');
  expect(late.happened).toBe(1);
  await service.server.crash();
  await waiting;
});

it.each(['before-commit', 'after-commit'] as const)(
  'ends as by kill -9 at %s; a new service on the file goes on, and the workflow ends once',
  async (at) => {
    const service = await serve();
    await withWorker(service, { taskQueue: 'crash', workflows: WORKFLOWS }, async () => {
      const handle = await start(service, 'crash');
      expect(await handle.result()).toBe(8);
      const crashed = faults.add({ at, action: 'crash' });
      const next = start(service, 'crash-2').catch((error: unknown) => error);
      await crashed.firstTime;
      await service.server.close();
      const again = await serve(service.server.port);
      await next;
      const result = withWorker(again, { taskQueue: 'crash-2', workflows: WORKFLOWS }, () =>
        again.client.workflow.getHandle('crash-2').result(),
      );
      expect(await result).toBe(8);
      expect(await again.client.workflow.getHandle('crash').result()).toBe(8);
    });
  },
);

it.each([
  [{ at: 'StartWorkflow', action: 'fail' }, /no rpc/],
  [{ at: 'before-commit', action: 'delay' }, /only a crash/],
  [{ at: 'after-commit', when: 'after', action: 'crash' }, /leave out/],
  [{ at: 'StartWorkflowExecution', action: 'fail', times: 0 }, /from 1 on/],
] as const)('says at once that %j cannot happen', (fault, message) => {
  expect(() => faults.add(fault)).toThrow(message);
});
