/** Resets, seen by the official SDK's worker and client and by the official CLI. */
import { itNeeds, temporalDevServer } from '@vishkar/testkit';
import { describe, expect, it } from 'vitest';
import { uniqueName, useEmbeddedService, withWorker } from '../support/embedded-service.js';
import { eventTypes } from '../support/history-events.js';
import { officialCliJson } from '../support/official-cli.js';

const service = useEmbeddedService();
const workflows = new URL('./features.workflows.ts', import.meta.url);

/** Runs a workflow that counts by updates, to 1 so far, for as long as `body` takes. */
async function withCounter<T>(body: (workflowId: string, taskQueue: string) => Promise<T>): Promise<T> {
  const taskQueue = uniqueName('reset');
  return withWorker(service, { taskQueue, workflows, buildId: 'build-1' }, async () => {
    const workflowId = uniqueName('updated');
    const handle = await service.client.workflow.start('updated', { taskQueue, workflowId });
    await handle.executeUpdate('add', { args: [1], updateId: 'one' });
    return body(workflowId, taskQueue);
  });
}

describe('a reset', () => {
  it('goes on in a worker that replays what was, and gets the updates again that came after', async () => {
    await withCounter(async (workflowId) => {
      const { runId } = await service.connection.workflowService.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId },
        workflowTaskFinishEventId: 4 as never,
        requestId: 'reset',
        reason: 'once more',
      });
      const handle = service.client.workflow.getHandle(workflowId, runId);
      await expect.poll(() => handle.query('total')).toBe(1);
      expect(await handle.executeUpdate('add', { args: [1], updateId: 'one' })).toBe(1);
      expect(await handle.executeUpdate('add', { args: [100] })).toBe(101);
      expect(await handle.result()).toBe(101);
      expect((await eventTypes(handle)).slice(0, 12)).toEqual([
        'WorkflowExecutionStarted',
        'WorkflowTaskScheduled',
        'WorkflowTaskStarted',
        'WorkflowTaskFailed',
        'WorkflowExecutionUpdateAdmitted',
        'WorkflowTaskScheduled',
        'WorkflowTaskStarted',
        'WorkflowTaskCompleted',
        'WorkflowExecutionUpdateAccepted',
        'WorkflowExecutionUpdateCompleted',
        'WorkflowTaskScheduled',
        'WorkflowTaskStarted',
      ]);
    });
  });
});

describe('the official CLI', () => {
  itNeeds(
    { temporal: temporalDevServer },
    'resets to the first task, the last one, and any other',
    async ({ temporal }) => {
      await withCounter(async (workflowId) => {
        const reset = async (...flags: string[]): Promise<string> => {
          const args = ['workflow', 'reset', '--workflow-id', workflowId, '--reason', 'test', ...flags];
          return ((await officialCliJson(temporal, service, ...args)) as { runId: string }).runId;
        };
        const runs: string[] = [];
        for (const flags of [
          ['--type', 'LastWorkflowTask'],
          ['--type', 'FirstWorkflowTask', '--reapply-exclude', 'Update'],
          ['--event-id', '4'],
        ]) {
          // Each reset finds a run whose first task is complete.
          const current = service.client.workflow.getHandle(workflowId);
          await expect.poll(async () => (await eventTypes(current)).at(-1)).not.toMatch(/Task(Scheduled|Started)$/);
          runs.push(await reset(...flags));
        }
        expect(new Set(runs).size).toBe(3);
        const { raw, runId } = await service.client.workflow.getHandle(workflowId).describe();
        expect(runId).toBe(runs.at(-1));
        expect(raw.workflowExtendedInfo?.lastResetTime).toBeTruthy();
        await service.client.workflow.getHandle(workflowId).terminate();
      });
    },
  );
});
