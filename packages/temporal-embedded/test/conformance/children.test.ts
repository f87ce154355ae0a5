/**
 * Child workflows, seen from their parents.
 * The lists of events are the official server's: it gives the same for the same workflows.
 */
import { expect, test } from 'vitest';
import { useEmbeddedService } from '../support/embedded-service.js';
import { runFeature } from '../support/run-feature.js';

const service = useEmbeddedService();

test("a child's result reaches its parent", async () => {
  const { result, events } = await runFeature(service, 'childOk');
  expect(result).toBe('ok');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'StartChildWorkflowExecutionInitiated',
    'ChildWorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'ChildWorkflowExecutionCompleted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test("a child's failure reaches its parent", async () => {
  const { result, events } = await runFeature(service, 'childFails');
  expect(result).toBe('ChildWorkflowFailure: Child Workflow execution failed <- ApplicationFailure: child failed');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'StartChildWorkflowExecutionInitiated',
    'ChildWorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'ChildWorkflowExecutionFailed',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('a child that continues as new reports the end of the chain', async () => {
  const { result, events } = await runFeature(service, 'childContinuesAsNew');
  expect(result).toBe('ok');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'StartChildWorkflowExecutionInitiated',
    'ChildWorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'ChildWorkflowExecutionCompleted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('a parent signals its child', async () => {
  const { result, events } = await runFeature(service, 'childSignalled');
  expect(result).toBe('poked 7');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'StartChildWorkflowExecutionInitiated',
    'ChildWorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'SignalExternalWorkflowExecutionInitiated',
    'ExternalWorkflowExecutionSignaled',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'ChildWorkflowExecutionCompleted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('a cancelled child reports that it was cancelled', async () => {
  const { result, events } = await runFeature(service, 'childCancelled');
  expect(result).toBe('ChildWorkflowFailure: Child Workflow execution failed <- CancelledFailure: ');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'StartChildWorkflowExecutionInitiated',
    'ChildWorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'RequestCancelExternalWorkflowExecutionInitiated',
    'ExternalWorkflowExecutionCancelRequested',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'ChildWorkflowExecutionCanceled',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('a child whose id is taken by a running workflow does not start', async () => {
  const { result, events } = await runFeature(service, 'childExists');
  expect(result).toBe('WorkflowExecutionAlreadyStartedError: Workflow execution already started <- : ');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'StartChildWorkflowExecutionInitiated',
    'StartChildWorkflowExecutionFailed',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('an abandoned child does not hold its parent up', async () => {
  const { result, events } = await runFeature(service, 'childAbandoned');
  expect(result).toBeUndefined();
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'StartChildWorkflowExecutionInitiated',
    'ChildWorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});
