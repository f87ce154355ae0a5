/** What scripts about versioned workers have in common: workers of a version, and what is asked of their deployment. */
import { setTimeout as pause } from 'node:timers/promises';
import { temporalProto } from '../../../src/proto/root.js';
import type { temporal } from '../../../src/proto/root.js';
import type { Stage, WorkflowTask } from '../service-stage.js';

const { VersioningBehavior, WorkerVersioningMode, TaskQueueType } = temporalProto.api.enums.v1;
export const AUTO_UPGRADE = VersioningBehavior.VERSIONING_BEHAVIOR_AUTO_UPGRADE;
export const PINNED = VersioningBehavior.VERSIONING_BEHAVIOR_PINNED;

export const options = (stage: Stage, buildId: string): temporal.api.deployment.v1.IWorkerDeploymentOptions => ({
  deploymentName: stage.name,
  buildId,
  workerVersioningMode: WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED,
});
export const versionOf = (stage: Stage, buildId: string) => ({ deploymentName: stage.name, buildId });

export const poll = (stage: Stage, buildId: string) =>
  stage.call('pollWorkflowTaskQueue', {
    ...stage.base,
    taskQueue: { name: stage.name },
    deploymentOptions: options(stage, buildId),
  });

export const complete = (
  stage: Stage,
  task: WorkflowTask | undefined,
  buildId: string,
  versioningBehavior: number,
  commands: temporal.api.command.v1.ICommand[] = [],
) => stage.complete(task ?? {}, commands, { deploymentOptions: options(stage, buildId), versioningBehavior });

/** Waits, unnoted, until something holds: the official server tells its parts of a change one after the other. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUpAtMs = Date.now() + 20_000;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > giveUpAtMs) throw new Error('It did not come to hold.');
    await pause(50);
  }
}

const service = (stage: Stage) => stage.connection.workflowService;

/** Waits until a version is known to serve its workflow task queue. */
export const known = (stage: Stage, buildId: string) =>
  until(async () => {
    const deploymentVersion = versionOf(stage, buildId);
    const reply = await service(stage).describeWorkerDeploymentVersion({
      namespace: stage.namespace,
      deploymentVersion,
    });
    return (reply.workerDeploymentVersionInfo?.taskQueueInfos ?? []).some(
      ({ type }) => type === TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    );
  });

export const setCurrent = (stage: Stage, buildId: string, rest = {}) =>
  stage.call('setWorkerDeploymentCurrentVersion', { ...stage.base, deploymentName: stage.name, buildId, ...rest });

export const setRamping = (stage: Stage, buildId: string, percentage: number, rest = {}) =>
  stage.call('setWorkerDeploymentRampingVersion', {
    ...stage.base,
    deploymentName: stage.name,
    buildId,
    percentage,
    ...rest,
  });

export const describeDeployment = (stage: Stage) =>
  stage.call('describeWorkerDeployment', { namespace: stage.namespace, deploymentName: stage.name });
export const describeVersion = (stage: Stage, buildId: string) =>
  stage.call('describeWorkerDeploymentVersion', {
    namespace: stage.namespace,
    deploymentVersion: versionOf(stage, buildId),
  });
