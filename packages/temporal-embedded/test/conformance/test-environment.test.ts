import { Client } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { describe, expect, it, onTestFinished } from 'vitest';
import { embeddedExecutable } from '../support/embedded-executable.js';
import { installQuietRuntime, uniqueName } from '../support/embedded-service.js';
import { workflowBundle } from '../support/workflow-bundle.js';
import type { askLater, raceActivityAgainstTimer, sleepFor } from './test-environment.workflows.js';

const WORKFLOWS = new URL('./test-environment.workflows.ts', import.meta.url);
const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

async function createEnvironment(
  kind: 'createLocal' | 'createTimeSkipping',
  server: object = {},
): Promise<TestWorkflowEnvironment> {
  installQuietRuntime();
  const environment = await TestWorkflowEnvironment[kind]({
    server: { executable: { type: 'existing-path', path: embeddedExecutable() }, ...server },
  });
  onTestFinished(() => environment.teardown());
  return environment;
}

async function createWorker(environment: TestWorkflowEnvironment, activities: object = {}): Promise<Worker> {
  return Worker.create({
    connection: environment.nativeConnection,
    taskQueue: 'test',
    workflowBundle: await workflowBundle(WORKFLOWS),
    activities,
  });
}

describe('TestWorkflowEnvironment.createLocal', () => {
  it('starts the bin unmodified and runs a workflow on it', async () => {
    const environment = await createEnvironment('createLocal');
    const worker = await createWorker(environment);
    const slept = worker.runUntil(
      environment.client.workflow.execute<typeof sleepFor>('sleepFor', {
        workflowId: uniqueName('local'),
        taskQueue: 'test',
        args: [10],
      }),
    );
    expect(await slept).toBeGreaterThanOrEqual(10);
  });

  it('passes namespace and search attributes', async () => {
    const team = defineSearchAttributeKey('Team', SearchAttributeType.KEYWORD);
    const environment = await createEnvironment('createLocal', { namespace: 'own', searchAttributes: [team] });
    expect(environment.client).toBeInstanceOf(Client);
    const { customAttributes } = await environment.connection.operatorService.listSearchAttributes({
      namespace: 'own',
    });
    expect(customAttributes).toEqual({ Team: 2 });
  });
});

describe('TestWorkflowEnvironment.createTimeSkipping', () => {
  it('takes seven days of sleep in no time', async () => {
    const environment = await createEnvironment('createTimeSkipping');
    const worker = await createWorker(environment);
    const before = await environment.currentTimeMs();
    const slept = await worker.runUntil(
      environment.client.workflow.execute<typeof sleepFor>('sleepFor', {
        workflowId: uniqueName('skip'),
        taskQueue: 'test',
        args: [7 * DAY_MS],
      }),
    );
    expect(slept).toBeGreaterThanOrEqual(7 * DAY_MS);
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(7 * DAY_MS);
  });

  it('moves by hand with sleep(), and stands at wall-clock speed otherwise', async () => {
    const environment = await createEnvironment('createTimeSkipping');
    const worker = await createWorker(environment);
    await worker.runUntil(async () => {
      const handle = await environment.client.workflow.start<typeof askLater>('askLater', {
        workflowId: uniqueName('by-hand'),
        taskQueue: 'test',
        args: [30 * DAY_MS],
      });
      expect(await handle.query('days')).toBe(0);
      // Handling each day takes a moment of real time, so the tenth day ends a little after ten days.
      await environment.sleep(10 * DAY_MS + HOUR_MS);
      expect(await handle.query('days')).toBe(10);
      await environment.sleep('5 days');
      expect(await handle.query('days')).toBe(15);
      expect(await handle.result()).toBe(30);
    });
  });

  const race = (environment: TestWorkflowEnvironment, worker: Worker) =>
    worker.runUntil(
      environment.client.workflow.execute<typeof raceActivityAgainstTimer>('raceActivityAgainstTimer', {
        workflowId: uniqueName('race'),
        taskQueue: 'test',
        args: [DAY_MS],
      }),
    );

  it('does not skip while an activity runs', async () => {
    const environment = await createEnvironment('createTimeSkipping');
    const worker = await createWorker(environment, {
      work: () => new Promise((resolve) => setTimeout(resolve, 100)),
    });
    expect(await race(environment, worker)).toBe('activity');
  });

  it('skips while an activity sleeps on the environment', async () => {
    const environment = await createEnvironment('createTimeSkipping');
    const worker = await createWorker(environment, { work: () => environment.sleep('2 days') });
    expect(await race(environment, worker)).toBe('timer');
  });

  it('skips the backoff between the attempts of an activity', async () => {
    const environment = await createEnvironment('createTimeSkipping');
    let attempts = 0;
    const worker = await createWorker(environment, {
      work() {
        attempts += 1;
        if (attempts < 4) throw new Error('not yet');
      },
    });
    // 1 h + 2 h + 4 h of backoff, all before the timer.
    expect(await race(environment, worker)).toBe('activity');
    expect(attempts).toBe(4);
  });
});
