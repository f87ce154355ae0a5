/** The way of one workflow through the service: start, task, activity, timer, signal, query, result. */
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { uniqueName, useEmbeddedService, withWorker } from '../support/embedded-service.js';
import { eventTypes } from '../support/history-events.js';
import * as workflows from './workflow-basics.workflows.js';

const service = useEmbeddedService();
const file = new URL('./workflow-basics.workflows.ts', import.meta.url);
const activities = { echo: (text: string) => Promise.resolve(text) };

test('a workflow runs an activity, sleeps, takes a signal, answers queries and returns its result', async () => {
  const taskQueue = uniqueName('basics');
  await withWorker(service, { taskQueue, workflows: file, activities }, async () => {
    const handle = await service.client.workflow.start(workflows.everything, {
      taskQueue,
      workflowId: uniqueName('everything'),
      args: ['world'],
    });
    await expect.poll(() => handle.query(workflows.stage)).toBe('waiting');
    await handle.signal(workflows.go, 'again');
    expect(await handle.result()).toBe('hello world again');
    expect(await handle.query(workflows.stage)).toBe('waiting');
    expect(await eventTypes(handle)).toEqual([
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
      'TimerStarted',
      'TimerFired',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionSignaled',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
  });
});

test('a failed workflow hands its failure to whoever waits for the result', async () => {
  const taskQueue = uniqueName('basics');
  await withWorker(service, { taskQueue, workflows: file, activities }, async () => {
    const error = await service.client.workflow
      .execute(workflows.failing, { taskQueue, workflowId: uniqueName('failing') })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    const cause = (error as WorkflowFailedError).cause;
    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect(cause).toMatchObject({ message: 'no luck', type: 'NoLuck', details: [42] });
  });
});

test('a hundred workflows at once all return', async () => {
  const taskQueue = uniqueName('basics');
  await withWorker(service, { taskQueue, workflows: file, activities }, async () => {
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        service.client.workflow.execute(workflows.instant, {
          taskQueue,
          workflowId: uniqueName('instant'),
          args: [index],
        }),
      ),
    );
    expect(results.reduce((sum, value) => sum + value, 0)).toBe(5050);
  });
});
