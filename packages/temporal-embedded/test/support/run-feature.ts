/** Runs one workflow of features.workflows.ts with its activities and gives what came of it. */
import { setTimeout as pause } from 'node:timers/promises';
import { heartbeat, sleep } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { uniqueName, withWorker } from './embedded-service.js';
import type { EmbeddedService } from './embedded-service.js';
import { eventTypes } from './history-events.js';

/** Activities that behave as their names say. */
export const featureActivities = {
  ok: () => Promise.resolve('ok'),
  fails: () => Promise.reject(ApplicationFailure.create({ message: 'bad' })),
  hangs: () => sleep(1000),
  beats: async (): Promise<void> => {
    for (;;) {
      await sleep(50);
      heartbeat(1);
    }
  },
};

export interface FeatureOptions<T> {
  readonly args?: unknown[];
  readonly options?: Partial<WorkflowStartOptions>;
  /** Done to the workflow once its first task is complete. */
  readonly act?: (handle: WorkflowHandle) => Promise<T>;
}

export interface FeatureResult<T> {
  /** The workflow's result, or `failed: <message of the cause>`. */
  readonly result: unknown;
  readonly events: readonly string[];
  readonly acted: T | undefined;
  readonly workflowId: string;
}

/** Starts the workflow on a worker of its own and waits for its end. */
export async function runFeature<T = void>(
  service: EmbeddedService,
  workflowType: string,
  { args = [], options = {}, act }: FeatureOptions<T> = {},
): Promise<FeatureResult<T>> {
  const taskQueue = uniqueName(workflowType);
  const workflows = new URL('../conformance/features.workflows.ts', import.meta.url);
  return withWorker(service, { taskQueue, workflows, activities: featureActivities }, async () => {
    const workflowId = uniqueName(workflowType);
    const handle = await service.client.workflow.start(workflowType, { taskQueue, workflowId, args, ...options });
    let acted: T | undefined;
    if (act) {
      await firstTaskCompleted(handle);
      acted = await act(handle);
    }
    const result = await handle.result().catch((error: unknown) => {
      if (!(error instanceof WorkflowFailedError)) throw error;
      return `failed: ${error.cause?.message ?? ''}`;
    });
    return { result, events: await eventTypes(handle), acted, workflowId };
  });
}

async function firstTaskCompleted(handle: WorkflowHandle): Promise<void> {
  while (!(await eventTypes(handle)).includes('WorkflowTaskCompleted')) await pause(10);
}
