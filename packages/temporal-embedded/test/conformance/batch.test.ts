/** Batch operations of the official CLI. */
import { itNeeds, temporalDevServer } from '@vishkar/testkit';
import { expect } from 'vitest';
import { uniqueName, useEmbeddedService, withWorker } from '../support/embedded-service.js';
import { runOfficialCli } from '../support/official-cli.js';

const service = useEmbeddedService();
const workflows = new URL('./features.workflows.ts', import.meta.url);

itNeeds(
  { temporal: temporalDevServer },
  'the official CLI resets and terminates by a query, and follows the jobs',
  async ({ temporal }) => {
    const taskQueue = uniqueName('batch');
    const cli = async (...args: string[]): Promise<string> => {
      const { code, output } = await runOfficialCli(temporal, service, ...args);
      expect([code, output]).toEqual([0, expect.anything()]);
      return output;
    };
    const states = async () => {
      const { operationInfo } = await service.connection.workflowService.listBatchOperations({ namespace: 'default' });
      return operationInfo.map(({ state }) => state);
    };
    const done = (count: number) => expect.poll(states).toEqual(Array.from({ length: count }, () => 2));
    await withWorker(service, { taskQueue, workflows, buildId: 'build-1' }, async () => {
      const handles = await Promise.all(
        [1, 2, 3].map(() => service.client.workflow.start('updated', { taskQueue, workflowId: uniqueName('updated') })),
      );
      for (const handle of handles) await handle.executeUpdate('add', { args: [1] });
      const query = "WorkflowType = 'updated'";
      const reset = ['workflow', 'reset', '--query', query, '--yes', '--reason', 'test'];
      await cli(...reset, '--type', 'FirstWorkflowTask');
      await done(1);
      for (const handle of handles) {
        const current = service.client.workflow.getHandle(handle.workflowId);
        expect((await current.describe()).runId).not.toBe(handle.firstExecutionRunId);
        expect(await current.query('total')).toBe(1);
      }
      await cli(...reset, '--type', 'BuildId', '--build-id', 'build-1');
      await done(2);
      await cli('workflow', 'signal', '--query', query, '--name', 'any', '--yes', '--reason', 'test');
      await done(3);
      await cli('workflow', 'terminate', '--query', query, '--yes', '--reason', 'test');
      await done(4);
      expect(await cli('batch', 'list')).toContain('BATCH_OPERATION_STATE_COMPLETED');
      const { executions } = await service.connection.workflowService.listWorkflowExecutions({
        namespace: 'default',
        query: `${query} AND ExecutionStatus = 'Running'`,
      });
      expect(executions).toEqual([]);
    });
  },
);
