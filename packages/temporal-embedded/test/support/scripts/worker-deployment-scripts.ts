/** Scripts about worker deployments: versions that workers make known, and where work goes. */
import { temporalProto } from '../../../src/proto/root.js';
import { completeWorkflowExecution, payload } from './commands.js';
import type { Scripts } from './script.js';
import {
  AUTO_UPGRADE,
  PINNED,
  complete,
  describeDeployment,
  describeVersion,
  known,
  poll,
  setCurrent,
  setRamping,
  until,
  versionOf,
} from './versioned-workers.js';

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
  'a task queue tells which versions get its tasks': async (stage) => {
    const request = { namespace: stage.namespace, taskQueue: { name: stage.name } };
    const told = (percentage: number) =>
      until(async () => {
        const { versioningInfo = null } = await stage.connection.workflowService.describeTaskQueue(request);
        return (
          versioningInfo?.currentDeploymentVersion?.buildId === 'one' &&
          versioningInfo.rampingVersionPercentage === percentage
        );
      });
    // Who polls comes in any order.
    const tell = async () => {
      const line = stage.transcript.reserve();
      const { versioningInfo = null } = await stage.connection.workflowService.describeTaskQueue(request);
      const { DescribeTaskQueueResponse } = temporalProto.api.workflowservice.v1;
      stage.transcript.reply(line, 'versions', DescribeTaskQueueResponse.create({ versioningInfo }));
    };
    const polling = [poll(stage, 'one'), poll(stage, 'two')];
    await known(stage, 'one');
    await known(stage, 'two');
    await tell();
    await setCurrent(stage, 'one');
    await told(0);
    await tell();
    await setRamping(stage, 'two', 30);
    await told(30);
    await tell();
    await setRamping(stage, '', 0);
    await setCurrent(stage, 'two');
    for (const [n, buildId] of ['one', 'two'].entries()) {
      const version = { pinned: { behavior: 1, version: versionOf(stage, buildId) } };
      await stage.start({ workflowId: `${stage.name}-${buildId}`, requestId: buildId, versioningOverride: version });
      await complete(stage, await polling[n], buildId, PINNED, [completeWorkflowExecution()]);
    }
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
