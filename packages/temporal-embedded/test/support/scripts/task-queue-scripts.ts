/** Scripts about what a task queue tells of itself. */
import { temporalProto } from '../../../src/proto/root.js';
import type { Scripts } from './script.js';

const { DescribeTaskQueueMode, TaskQueueKind, TaskQueueType } = temporalProto.api.enums.v1;

export const taskQueueScripts: Scripts = {
  'describe a task queue in which tasks wait': async (stage) => {
    await stage.start();
    await stage.start({ workflowId: `${stage.name}-2`, requestId: 'second' });
    await stage.settle();
    const request = { namespace: stage.namespace, taskQueue: { name: stage.name } };
    const enhanced = { ...request, apiMode: DescribeTaskQueueMode.DESCRIBE_TASK_QUEUE_MODE_ENHANCED };
    await stage.call('describeTaskQueue', request);
    await stage.call('describeTaskQueue', { ...request, reportStats: true });
    await stage.call('describeTaskQueue', { ...request, includeTaskQueueStatus: true });
    await stage.call('describeTaskQueue', {
      ...request,
      taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
      reportStats: true,
    });
    await stage.call('describeTaskQueue', { ...enhanced, reportStats: true, reportPollers: true });
    await stage.call('describeTaskQueue', {
      ...enhanced,
      taskQueue: { name: stage.name, kind: TaskQueueKind.TASK_QUEUE_KIND_STICKY, normalName: 'n' },
    });
    await stage.call('describeTaskQueue', { namespace: stage.namespace });
    await stage.call('listTaskQueuePartitions', { namespace: stage.namespace });
    await stage.terminate();
    await stage.terminate(`${stage.name}-2`);
  },
};
