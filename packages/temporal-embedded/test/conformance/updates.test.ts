/**
 * Updates: accepted, rejected, repeated, polled.
 * The list of events is the official server's: it gives the same for the same workflow.
 */
import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { uniqueName, useEmbeddedService, withWorker } from '../support/embedded-service.js';
import { runFeature } from '../support/run-feature.js';

const service = useEmbeddedService();

test('an update returns its result, a rejected one leaves no trace, a repeated one is not done twice', async () => {
  const { result, events, acted } = await runFeature(service, 'updated', {
    act: async (handle) => {
      const first = await handle.executeUpdate('add', { args: [1], updateId: 'one' });
      const rejection = await handle.executeUpdate('add', { args: [-1] }).catch((error: unknown) => error);
      const again = await handle.executeUpdate('add', { args: [1], updateId: 'one' });
      const total = await handle.query('total');
      const slow = await handle.startUpdate('add', { args: [100], waitForStage: 'ACCEPTED' });
      return { first, rejection, again, total, slow: await slow.result() };
    },
  });
  expect(acted).toMatchObject({ first: 1, again: 1, total: 1, slow: 101 });
  expect(acted?.rejection).toBeInstanceOf(WorkflowUpdateFailedError);
  expect(result).toBe(101);
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionUpdateAccepted',
    'WorkflowExecutionUpdateCompleted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionUpdateAccepted',
    'TimerStarted',
    'TimerFired',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionUpdateCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('update-with-start starts a workflow once, and updates the one that runs from then on', async () => {
  const taskQueue = uniqueName('update-with-start');
  const workflows = new URL('./features.workflows.ts', import.meta.url);
  await withWorker(service, { taskQueue, workflows }, async () => {
    const workflowId = uniqueName('updated');
    const operation = () =>
      new WithStartWorkflowOperation('updated', { taskQueue, workflowId, workflowIdConflictPolicy: 'USE_EXISTING' });
    const { workflow } = service.client;
    const first = operation();
    expect(
      await workflow.executeUpdateWithStart('add', { args: [1], startWorkflowOperation: first, updateId: 'one' }),
    ).toBe(1);
    const again = await workflow.executeUpdateWithStart('add', {
      args: [1],
      startWorkflowOperation: operation(),
      updateId: 'one',
    });
    expect(again).toBe(1);
    const second = operation();
    const slow = await workflow.startUpdateWithStart('add', {
      args: [100],
      startWorkflowOperation: second,
      waitForStage: 'ACCEPTED',
    });
    expect(await slow.result()).toBe(101);
    const [one, two] = [await first.workflowHandle(), await second.workflowHandle()];
    expect((await two.describe()).runId).toBe((await one.describe()).runId);
    expect(await one.result()).toBe(101);
  });
});
