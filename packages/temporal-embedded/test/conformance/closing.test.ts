/**
 * The ways a workflow ends, and goes on.
 * The lists of events are the official server's: it gives the same for the same workflows.
 */
import { expect, test } from 'vitest';
import { useEmbeddedService } from '../support/embedded-service.js';
import { runFeature } from '../support/run-feature.js';

const service = useEmbeddedService();

test('a terminated workflow ends at once', async () => {
  const { result, events } = await runFeature(service, 'waits', { act: (handle) => handle.terminate('enough') });
  expect(result).toBe('failed: enough');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'TimerStarted',
    'WorkflowExecutionTerminated',
  ]);
});

test('a cancelled workflow ends as it chooses to', async () => {
  const { result, events } = await runFeature(service, 'waits', { act: (handle) => handle.cancel() });
  expect(result).toBe('failed: Workflow canceled');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'TimerStarted',
    'WorkflowExecutionCancelRequested',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'TimerCanceled',
    'WorkflowExecutionCanceled',
  ]);
});

test('a run that is out of time ends as timed out', async () => {
  const { result, events } = await runFeature(service, 'waits', { options: { workflowRunTimeout: 1000 } });
  expect(result).toBe('failed: Workflow execution timed out');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'TimerStarted',
    'WorkflowExecutionTimedOut',
  ]);
});
