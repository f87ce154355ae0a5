/**
 * Updates: accepted, rejected, repeated, polled.
 * The list of events is the official server's: it gives the same for the same workflow.
 */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { useEmbeddedService } from '../support/embedded-service.js';
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
