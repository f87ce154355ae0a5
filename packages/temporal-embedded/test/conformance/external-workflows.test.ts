/**
 * Signals and cancel requests between workflows.
 * The lists of events are the official server's: it gives the same for the same workflows.
 */
import { expect, test } from 'vitest';
import { useEmbeddedService } from '../support/embedded-service.js';
import { runFeature } from '../support/run-feature.js';

const service = useEmbeddedService();

test('a signal to a workflow that does not exist fails', async () => {
  const { result, events } = await runFeature(service, 'signalsNobody');
  expect(result).toBe('ApplicationFailure: Unable to signal external workflow because it was not found <- : ');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'SignalExternalWorkflowExecutionInitiated',
    'SignalExternalWorkflowExecutionFailed',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('a cancel request to a workflow that does not exist fails', async () => {
  const { result, events } = await runFeature(service, 'cancelsNobody');
  expect(result).toBe('ApplicationFailure: Unable to cancel external workflow because not found <- : ');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'RequestCancelExternalWorkflowExecutionInitiated',
    'RequestCancelExternalWorkflowExecutionFailed',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});
