/**
 * Operations that change several runs at once, killed around their commit: afterwards all of it has happened or nothing,
 * and the same request again makes it happen once.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import { temporaryFolder, waitUntil } from '@vishkar/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { temporalProto } from '../../src/proto/root.js';
import { Stage } from '../support/service-stage.js';
import { KilledService } from './killed-service.js';

const SERVER = fileURLToPath(new URL('debug-point-server.mjs', import.meta.url));
const { WorkflowExecutionStatus: Status, BatchOperationState: State } = temporalProto.api.enums.v1;

/** A service that is killed at a point of the n-th commit of its second life. */
async function serviceKilledAt(point: string, commit = 1): Promise<KilledService> {
  const filename = join(temporaryFolder('operations'), 'operations.db');
  const service = await KilledService.create((port, n) => [
    SERVER,
    filename,
    String(port),
    ...(n === 2 ? [point, String(commit)] : []),
  ]);
  onTestFinished(() => service.stop());
  return service;
}

/** Starts the service, lets `act` use it, and closes the connection. */
async function during<T>(service: KilledService, act: (stage: Stage) => Promise<T>): Promise<T> {
  await service.start();
  const connection = await Connection.connect({ address: service.address, interceptors: [] });
  try {
    return await act(new Stage(connection, 'default', 'killed'));
  } finally {
    await connection.close();
  }
}

const reset = (stage: Stage, runId: string) =>
  stage.call('resetWorkflowExecution', {
    ...stage.base,
    workflowExecution: { workflowId: stage.name, runId },
    workflowTaskFinishEventId: 4 as never,
    requestId: 'the reset',
    reason: 'killed',
  });

it.each(['before-commit', 'after-commit'])(
  'a reset that is killed %s happens as a whole or not at all',
  async (point) => {
    const service = await serviceKilledAt(point);
    const runId = await during(service, async (stage) => {
      const started = await stage.start();
      await stage.turn();
      await stage.signal('after the point');
      return started;
    });
    await service.kill();

    const lost = await during(service, (stage) => reset(stage, runId));
    expect(lost).toBeUndefined();
    expect((await service.running().exited).signal).toBe('SIGKILL');

    await during(service, async (stage) => {
      const base = await stage.describe(stage.name, runId);
      const resetRunId = base?.workflowExtendedInfo?.resetRunId ?? '';
      const status = base?.workflowExecutionInfo?.status;
      if (point === 'before-commit') {
        expect([resetRunId, status]).toEqual(['', Status.WORKFLOW_EXECUTION_STATUS_RUNNING]);
      } else {
        expect(resetRunId).not.toBe('');
        expect(status).toBe(Status.WORKFLOW_EXECUTION_STATUS_TERMINATED);
      }
      const again = await reset(stage, runId);
      if (point === 'after-commit') expect(again?.runId).toBe(resetRunId);
      const task = await stage.pollWorkflow();
      expect(task.workflowExecution?.runId).toBe(again?.runId);
      expect(task.history?.events?.map((event) => Number(event.eventId))).toEqual([1, 2, 3, 4, 5, 6, 7]);
      const { executions } = (await stage.call('listWorkflowExecutions', { namespace: 'default' })) ?? {};
      expect(executions).toHaveLength(2);
    });
  },
);

it.each(['before-commit', 'after-commit'])(
  'a batch that is killed %s goes on from there, and does nothing twice',
  async (point) => {
    const service = await serviceKilledAt(point, 3);
    const workflowIds = Array.from({ length: 120 }, (_, n) => `workflow-${n}`);
    await during(service, async (stage) => {
      for (const workflowId of workflowIds) await stage.start({ workflowId, requestId: workflowId });
    });
    await service.kill();

    const visibilityQuery = "WorkflowId STARTS_WITH 'workflow-'";
    const jobId = 'job';
    const describeJob = (stage: Stage) => stage.call('describeBatchOperation', { namespace: 'default', jobId });
    await during(service, async (stage) => {
      const signalOperation = { signal: 'once' };
      await stage.call('startBatchOperation', {
        namespace: 'default',
        jobId,
        reason: 'r',
        visibilityQuery,
        signalOperation,
      });
      expect((await service.running().exited).signal).toBe('SIGKILL');
    });

    await during(service, async (stage) => {
      const before = await describeJob(stage);
      expect(Number(before?.completeOperationCount)).toBeLessThan(workflowIds.length);
      const ended = await waitUntil(
        async () => {
          const job = await describeJob(stage);
          return job?.state === State.BATCH_OPERATION_STATE_COMPLETED ? job : undefined;
        },
        { what: 'the end of the batch', timeoutMs: 60_000 },
      );
      expect(Number(ended?.completeOperationCount)).toBe(workflowIds.length);
      for (const workflowId of workflowIds) {
        const events = await stage.history(workflowId);
        expect(events.filter((event) => event.workflowExecutionSignaledEventAttributes)).toHaveLength(1);
      }
    });
  },
);
