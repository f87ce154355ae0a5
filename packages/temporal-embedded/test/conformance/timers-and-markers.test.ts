/**
 * Timers, version markers, memo.
 * The lists of events are the official server's: it gives the same for the same workflows.
 */
import { expect, test } from 'vitest';
import { useEmbeddedService } from '../support/embedded-service.js';
import { runFeature } from '../support/run-feature.js';

const service = useEmbeddedService();

test('a timer fires, another is cancelled', async () => {
  const { result, events } = await runFeature(service, 'timers');
  expect(result).toBeUndefined();
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'TimerStarted',
    'TimerStarted',
    'TimerFired',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'TimerCanceled',
    'WorkflowExecutionCompleted',
  ]);
});

test('a patch marks the history and its search attribute; a memo is modified', async () => {
  const { result, events } = await runFeature(service, 'patchedAndMemo');
  expect(result).toBeUndefined();
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'MarkerRecorded',
    'UpsertWorkflowSearchAttributes',
    'WorkflowPropertiesModified',
    'WorkflowExecutionCompleted',
  ]);
});
