/** Scripts about worker deployments: versions that workers make known, and where work goes. */
import { setTimeout as pause } from 'node:timers/promises';
import { temporalProto } from '../../../src/proto/root.js';
import type { temporal } from '../../../src/proto/root.js';
import type { Stage, WorkflowTask } from '../service-stage.js';
import { completeWorkflowExecution, payload } from './commands.js';
import type { Scripts } from './script.js';

const { VersioningBehavior, WorkerVersioningMode, TaskQueueType } = temporalProto.api.enums.v1;
const AUTO_UPGRADE = VersioningBehavior.VERSIONING_BEHAVIOR_AUTO_UPGRADE;
const PINNED = VersioningBehavior.VERSIONING_BEHAVIOR_PINNED;

const options = (stage: Stage, buildId: string): temporal.api.deployment.v1.IWorkerDeploymentOptions => ({
  deploymentName: stage.name,
  buildId,
  workerVersioningMode: WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED,
});
const versionOf = (stage: Stage, buildId: string) => ({ deploymentName: stage.name, buildId });

const poll = (stage: Stage, buildId: string) =>
  stage.call('pollWorkflowTaskQueue', {
    ...stage.base,
    taskQueue: { name: stage.name },
    deploymentOptions: options(stage, buildId),
  });

const complete = (
  stage: Stage,
  task: WorkflowTask | undefined,
  buildId: string,
  versioningBehavior: number,
  commands: temporal.api.command.v1.ICommand[] = [],
) => stage.complete(task ?? {}, commands, { deploymentOptions: options(stage, buildId), versioningBehavior });

/** Waits, unnoted, until something holds: the official server tells its parts of a change one after the other. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUpAtMs = Date.now() + 20_000;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > giveUpAtMs) throw new Error('It did not come to hold.');
    await pause(50);
  }
}

const service = (stage: Stage) => stage.connection.workflowService;

/** Waits until a version is known to serve its workflow task queue. */
const known = (stage: Stage, buildId: string) =>
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

const setCurrent = (stage: Stage, buildId: string, rest = {}) =>
  stage.call('setWorkerDeploymentCurrentVersion', { ...stage.base, deploymentName: stage.name, buildId, ...rest });

const setRamping = (stage: Stage, buildId: string, percentage: number, rest = {}) =>
  stage.call('setWorkerDeploymentRampingVersion', {
    ...stage.base,
    deploymentName: stage.name,
    buildId,
    percentage,
    ...rest,
  });

const describeDeployment = (stage: Stage) =>
  stage.call('describeWorkerDeployment', { namespace: stage.namespace, deploymentName: stage.name });
const describeVersion = (stage: Stage, buildId: string) =>
  stage.call('describeWorkerDeploymentVersion', {
    namespace: stage.namespace,
    deploymentVersion: versionOf(stage, buildId),
  });
export const workerDeploymentScripts: Scripts = {
  'a versioned worker gets work when its version is the current one': async (stage) => {
    const polling = poll(stage, 'one');
    await known(stage, 'one');
    await describeDeployment(stage);
    await describeVersion(stage, 'one');
    await stage.start();
    await setCurrent(stage, 'one');
    const task = await polling;
    await complete(stage, task, 'one', AUTO_UPGRADE);
    await stage.describe();
    await describeDeployment(stage);
    await describeVersion(stage, 'one');
    await stage.signal('wake');
    await complete(stage, await poll(stage, 'one'), 'one', AUTO_UPGRADE, [completeWorkflowExecution()]);
    await stage.history();
  },
  'a pinned workflow stays with its version, others move on': async (stage) => {
    const polling = poll(stage, 'one');
    await known(stage, 'one');
    await setCurrent(stage, 'one');
    await stage.start();
    await complete(stage, await polling, 'one', PINNED);
    await stage.describe();
    const second = poll(stage, 'two');
    await known(stage, 'two');
    await setCurrent(stage, 'two');
    await stage.start({ workflowId: `${stage.name}-other`, requestId: 'other' });
    const other = await second;
    await complete(stage, other, 'two', AUTO_UPGRADE, [completeWorkflowExecution()]);
    await stage.signal('wake');
    await complete(stage, await poll(stage, 'one'), 'one', PINNED, [completeWorkflowExecution()]);
    await stage.history();
    await stage.history(`${stage.name}-other`);
    await describeDeployment(stage);
    await describeVersion(stage, 'one');
  },
  'an auto-upgrade workflow moves to the version that is current': async (stage) => {
    const polling = poll(stage, 'one');
    await known(stage, 'one');
    await setCurrent(stage, 'one');
    await stage.start();
    await complete(stage, await polling, 'one', AUTO_UPGRADE);
    const second = poll(stage, 'two');
    await known(stage, 'two');
    await setCurrent(stage, 'two');
    await stage.signal('wake');
    const task = await second;
    await stage.describe();
    await complete(stage, task, 'two', AUTO_UPGRADE);
    await stage.describe();
    await stage.terminate();
    await stage.history();
  },
  'a version that ramps': async (stage) => {
    const polling = poll(stage, 'one');
    await known(stage, 'one');
    await setRamping(stage, 'one', 100);
    await describeDeployment(stage);
    await describeVersion(stage, 'one');
    await stage.start();
    await complete(stage, await polling, 'one', AUTO_UPGRADE, [completeWorkflowExecution()]);
    await setRamping(stage, 'one', 50);
    await setRamping(stage, 'one', 50);
    await setRamping(stage, '', 0);
    await describeDeployment(stage);
    await setRamping(stage, 'one', 101);
    await setRamping(stage, 'none', 5);
    await setCurrent(stage, 'one');
    await setRamping(stage, 'one', 5);
    await stage.history();
  },
  'changes of worker deployments that are refused': async (stage) => {
    await describeDeployment(stage);
    await describeVersion(stage, 'one');
    await setCurrent(stage, 'one');
    await setRamping(stage, 'one', 5);
    await stage.call('setWorkerDeploymentCurrentVersion', { ...stage.base });
    await setCurrent(stage, 'one', { allowNoPollers: true });
    await describeDeployment(stage);
    await setCurrent(stage, 'one');
    await setCurrent(stage, 'two');
    await setCurrent(stage, '', { conflictToken: Buffer.from('stale') });
    await setCurrent(stage, '', { version: 'nonsense' });
    await setCurrent(stage, '', { version: 'other.one' });
    await stage.call('describeWorkerDeploymentVersion', { namespace: stage.namespace });
    await stage.call('describeWorkerDeploymentVersion', { namespace: stage.namespace, version: 'nonsense' });
    await stage.call('describeWorkerDeployment', { namespace: stage.namespace, deploymentName: 'a.b' });
    await stage.call('describeWorkerDeployment', { namespace: stage.namespace, deploymentName: 'a:b' });
    await stage.call('describeWorkerDeployment', { namespace: stage.namespace });
    await stage.call('describeWorkerDeployment', { namespace: stage.namespace, deploymentName: '__a' });
    const manager = { ...stage.base, deploymentName: stage.name };
    await stage.call('setWorkerDeploymentManager', { ...manager, identity: '' });
    await stage.call('setWorkerDeploymentManager', { ...manager, managerIdentity: 'boss' });
    await stage.call('setWorkerDeploymentManager', { ...manager, managerIdentity: 'boss' });
    await setCurrent(stage, '');
    await setRamping(stage, '', 5);
    await stage.call('setWorkerDeploymentManager', { ...manager, self: true });
    const deploymentVersion = versionOf(stage, 'one');
    const metadata = { namespace: stage.namespace, deploymentVersion };
    await stage.call('updateWorkerDeploymentVersionMetadata', metadata);
    await stage.call('updateWorkerDeploymentVersionMetadata', {
      ...metadata,
      upsertEntries: { a: payload(1), b: payload(2) },
    });
    await stage.call('updateWorkerDeploymentVersionMetadata', { ...metadata, removeEntries: ['a'] });
    await stage.call('deleteWorkerDeploymentVersion', { ...stage.base, deploymentVersion });
    await setCurrent(stage, '');
    await describeDeployment(stage);
    await stage.call('deleteWorkerDeploymentVersion', { ...stage.base, deploymentVersion });
    await stage.call('deleteWorkerDeploymentVersion', { ...stage.base, deploymentVersion, skipDrainage: true });
    await stage.call('deleteWorkerDeploymentVersion', { ...stage.base, deploymentVersion });
    await stage.call('deleteWorkerDeployment', { ...stage.base, deploymentName: stage.name });
    await stage.call('deleteWorkerDeployment', { ...stage.base, deploymentName: stage.name });
    await stage.call('deleteWorkerDeploymentVersion', { ...stage.base, version: 'nonsense' });
  },
};
