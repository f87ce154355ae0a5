/** Worker deployments by the official SDK: which version of a worker gets what, before and after a restart of the service. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { itNeeds, temporalDevServer, waitUntil } from '@vishkar/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDevServer } from '../../src/dev-server.js';
import { uniqueName, useEmbeddedService } from '../support/embedded-service.js';
import { runOfficialCli } from '../support/official-cli.js';
import { workflowBundle } from '../support/workflow-bundle.js';
import { goOn } from './worker-deployments.workflows.js';
import type { pinned } from './worker-deployments.workflows.js';

const service = useEmbeddedService();
const namespace = 'default';
const rpc = () => service.connection.workflowService;

/** A worker of one version, until the test ends. */
async function runVersion(taskQueue: string, deploymentName: string, buildId: string): Promise<void> {
  const worker = await Worker.create({
    connection: service.nativeConnection,
    taskQueue,
    workflowBundle: await workflowBundle(new URL('./worker-deployments.workflows.ts', import.meta.url)),
    activities: { version: () => Promise.resolve(buildId) },
    // Each workflow task comes with the whole history: it may move to another worker.
    maxCachedWorkflows: 0,
    workerDeploymentOptions: {
      version: { deploymentName, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  });
  const running = worker.run();
  onTestFinished(async () => {
    worker.shutdown();
    await running;
  });
}

/** Makes a version current as soon as its worker has been seen. */
async function makeCurrent(deploymentName: string, buildId: string): Promise<void> {
  await waitUntil(
    () =>
      rpc()
        .setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId, identity: 'test' })
        .then(
          () => true,
          () => false,
        ),
    { what: `${deploymentName}.${buildId} to be current` },
  );
}

const versionOf = async (handle: WorkflowHandle) => {
  const { workflowExecutionInfo } = (await handle.describe()).raw;
  return workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
};

describe('versions of workers', () => {
  it('leaves pinned workflows where they are and moves others to the version that is current', async () => {
    const taskQueue = uniqueName('versions');
    const deploymentName = uniqueName('deployment');
    await runVersion(taskQueue, deploymentName, 'one');
    await makeCurrent(deploymentName, 'one');
    const start = (type: string) =>
      service.client.workflow.start(type, { args: [], taskQueue, workflowId: uniqueName(type) });
    const staying = await start('pinned');
    const moving = await start('autoUpgrade');
    await waitUntil(async () => (await versionOf(staying)) === 'one' && (await versionOf(moving)) === 'one', {
      what: 'both to belong to version one',
    });
    await runVersion(taskQueue, deploymentName, 'two');
    await makeCurrent(deploymentName, 'two');
    await staying.signal(goOn);
    await moving.signal(goOn);
    expect(await staying.result()).toEqual(['one', 'one']);
    expect(await moving.result()).toEqual(['one', 'two']);
    const found = service.client.workflow.list({
      query: `TemporalWorkerDeploymentVersion = '${deploymentName}:two' AND WorkflowType = 'autoUpgrade'`,
    });
    const ids: string[] = [];
    for await (const { workflowId } of found) ids.push(workflowId);
    expect(ids).toEqual([moving.workflowId]);
  }, 30_000);

  it('gives no new work to a version that is not current', async () => {
    const taskQueue = uniqueName('versions');
    const deploymentName = uniqueName('deployment');
    await runVersion(taskQueue, deploymentName, 'one');
    await waitUntil(
      async () => {
        const { workerDeployments } = await rpc().listWorkerDeployments({ namespace });
        return workerDeployments.some(({ name }) => name === deploymentName);
      },
      { what: 'the worker to be seen' },
    );
    const waiting = await service.client.workflow.start<typeof pinned>('pinned', {
      taskQueue,
      workflowId: uniqueName('pinned'),
    });
    await waiting.signal(goOn);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { raw } = await waiting.describe();
    expect(raw.pendingWorkflowTask?.attempt).toBe(1);
    expect(raw.pendingWorkflowTask?.startedTime ?? null).toBeNull();
    await makeCurrent(deploymentName, 'one');
    expect(await waiting.result()).toEqual(['one', 'one']);
  }, 30_000);
});

describe('versioning overrides', () => {
  it('send a workflow to the version that its start names, current or not', async () => {
    const taskQueue = uniqueName('override');
    const deploymentName = uniqueName('deployment');
    await runVersion(taskQueue, deploymentName, 'one');
    const handle = await service.client.workflow.start<typeof pinned>('pinned', {
      taskQueue,
      workflowId: uniqueName('pinned'),
      versioningOverride: { pinnedTo: { deploymentName, buildId: 'one' } },
    });
    await handle.signal(goOn);
    expect(await handle.result()).toEqual(['one', 'one']);
  }, 30_000);

  itNeeds(
    { temporal: temporalDevServer },
    'move pinned workflows by the official CLI, one or all of a query',
    async ({ temporal }) => {
      const taskQueue = uniqueName('override');
      const deploymentName = uniqueName('deployment');
      const cli = async (...args: string[]) => {
        const { code, output } = await runOfficialCli(temporal, service, ...args);
        expect([code, output]).toEqual([0, expect.anything()]);
      };
      await runVersion(taskQueue, deploymentName, 'one');
      await makeCurrent(deploymentName, 'one');
      await runVersion(taskQueue, deploymentName, 'two');
      const handles = await Promise.all(
        [1, 2].map(() =>
          service.client.workflow.start<typeof pinned>('pinned', { taskQueue, workflowId: uniqueName('pinned') }),
        ),
      );
      const [first, second] = handles;
      for (const handle of handles) {
        await waitUntil(async () => (await versionOf(handle)) === 'one', { what: 'it to belong to version one' });
      }
      const toTwo = [
        ...['--versioning-override-behavior', 'pinned', '--versioning-override-deployment-name', deploymentName],
        ...['--versioning-override-build-id', 'two'],
      ];
      await cli('workflow', 'update-options', '--workflow-id', first?.workflowId ?? '', ...toTwo);
      await first?.signal(goOn);
      expect(await first?.result()).toEqual(['one', 'two']);
      const query = `TaskQueue = '${taskQueue}'`;
      await cli('workflow', 'update-options', '--query', query, '--yes', '--reason', 'test', ...toTwo);
      await waitUntil(
        async () => {
          const { versioningInfo } = (await second?.describe())?.raw.workflowExecutionInfo ?? {};
          return versioningInfo?.versioningOverride?.pinned?.version?.buildId === 'two';
        },
        { what: 'the batch to reach it' },
      );
      await second?.signal(goOn);
      expect(await second?.result()).toEqual(['one', 'two']);
    },
    60_000,
  );
});

it('keeps deployments and versioning overrides over a restart', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'deployments-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const dbFilename = join(directory, 'temporal.db');
  const deployment = { namespace, deploymentName: 'kept' };
  const withService = async <T>(body: (connection: Connection) => Promise<T>): Promise<T> => {
    const server = await startDevServer({ port: 0, dbFilename });
    const connection = await Connection.connect({ address: server.address });
    try {
      return await body(connection);
    } finally {
      await connection.close();
      await server.close();
    }
  };
  const before = await withService(async ({ workflowService }) => {
    const change = { ...deployment, identity: 'test', allowNoPollers: true };
    await workflowService.setWorkerDeploymentCurrentVersion({ ...change, buildId: 'one' });
    await workflowService.setWorkerDeploymentRampingVersion({ ...change, buildId: 'two', percentage: 20 });
    await workflowService.startWorkflowExecution({
      namespace,
      workflowId: 'overridden',
      workflowType: { name: 'any' },
      taskQueue: { name: 'any' },
      requestId: 'any',
      versioningOverride: { behavior: 1, pinnedVersion: 'kept.two' },
    });
    return workflowService.describeWorkerDeployment(deployment);
  });
  const after = await withService(async ({ workflowService }) => {
    const execution = { workflowId: 'overridden' };
    const { workflowExecutionInfo } = await workflowService.describeWorkflowExecution({ namespace, execution });
    expect(workflowExecutionInfo?.versioningInfo?.versioningOverride?.pinned?.version).toMatchObject({
      deploymentName: 'kept',
      buildId: 'two',
    });
    expect(workflowExecutionInfo?.workerDeploymentName).toBe('kept');
    return workflowService.describeWorkerDeployment(deployment);
  });
  expect(after.toJSON()).toEqual(before.toJSON());
  expect(before.workerDeploymentInfo?.routingConfig).toMatchObject({
    currentDeploymentVersion: { deploymentName: 'kept', buildId: 'one' },
    rampingDeploymentVersion: { deploymentName: 'kept', buildId: 'two' },
    rampingVersionPercentage: 20,
  });
});
