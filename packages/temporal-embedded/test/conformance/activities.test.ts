/**
 * Activities: results, retries, the four timeouts, cancellation, local ones.
 * The lists of events are the official server's: it gives the same for the same workflows.
 */
import { expect, test } from 'vitest';
import { useEmbeddedService } from '../support/embedded-service.js';
import { runFeature } from '../support/run-feature.js';

const service = useEmbeddedService();

test("an activity's result reaches the workflow", async () => {
  const { result, events } = await runFeature(service, 'activityOk');
  expect(result).toBe('ok');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'ActivityTaskScheduled',
    'ActivityTaskStarted',
    'ActivityTaskCompleted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('an activity that keeps failing fails after its last attempt, and retries cost no history', async () => {
  const { result, events } = await runFeature(service, 'activityRetriesThenFails');
  expect(result).toBe('ActivityFailure: Activity task failed <- ApplicationFailure: bad');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'ActivityTaskScheduled',
    'ActivityTaskStarted',
    'ActivityTaskFailed',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('an activity that runs too long times out (start to close)', async () => {
  const { result, events } = await runFeature(service, 'activityStartToClose');
  expect(result).toBe('ActivityFailure: Activity task timed out <- TimeoutFailure: activity StartToClose timeout');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'ActivityTaskScheduled',
    'ActivityTaskStarted',
    'ActivityTaskTimedOut',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('an activity that stops heartbeating times out', async () => {
  const { result, events } = await runFeature(service, 'activityHeartbeat');
  expect(result).toBe('ActivityFailure: Activity task timed out <- TimeoutFailure: activity Heartbeat timeout');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'ActivityTaskScheduled',
    'ActivityTaskStarted',
    'ActivityTaskTimedOut',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('an activity that nobody takes times out (schedule to start)', async () => {
  const { result, events } = await runFeature(service, 'activityScheduleToStart');
  expect(result).toBe('ActivityFailure: Activity task timed out <- TimeoutFailure: activity ScheduleToStart timeout');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'ActivityTaskScheduled',
    'ActivityTaskTimedOut',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('a running activity learns of its cancellation from a heartbeat', async () => {
  const { result, events } = await runFeature(service, 'activityCancelled');
  expect(result).toBe('ActivityFailure: Activity cancelled <- CancelledFailure: ');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'ActivityTaskScheduled',
    'TimerStarted',
    'TimerFired',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'ActivityTaskCancelRequested',
    'ActivityTaskStarted',
    'ActivityTaskCanceled',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
});

test('an activity that nobody has started is cancelled at once', async () => {
  const { result, events } = await runFeature(service, 'activityCancelledUnstarted');
  expect(result).toBe('ActivityFailure: Activity cancelled <- CancelledFailure: ');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'ActivityTaskScheduled',
    'TimerStarted',
    'TimerFired',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'ActivityTaskCancelRequested',
    'WorkflowExecutionCompleted',
  ]);
});

test('a local activity leaves a marker', async () => {
  const { result, events } = await runFeature(service, 'localActivity');
  expect(result).toBe('ok');
  expect(events).toEqual([
    'WorkflowExecutionStarted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'MarkerRecorded',
    'WorkflowExecutionCompleted',
  ]);
});
