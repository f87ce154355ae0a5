/** Scripts about what a task queue tells of itself. */
import { temporalProto } from '../../../src/proto/root.js';
import type { temporal } from '../../../src/proto/root.js';
import type { Stage } from '../service-stage.js';
import { scheduleActivityTask, seconds } from './commands.js';
import type { Scripts } from './script.js';

/** Rates of the activity task queue, unless told otherwise. */
const configure = (
  stage: Stage,
  rest: temporal.api.workflowservice.v1.IUpdateTaskQueueConfigRequest,
  taskQueueType: number = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
) => stage.call('updateTaskQueueConfig', { ...stage.base, taskQueue: stage.name, taskQueueType, ...rest });

const { DescribeTaskQueueMode, TaskQueueKind, TaskQueueType } = temporalProto.api.enums.v1;

export const taskQueueScripts: Scripts = {
  'rates of a task queue': async (stage) => {
    const long = 'x'.repeat(1001);
    const rate = (requestsPerSecond: number, reason = 'r') => ({ rateLimit: { requestsPerSecond }, reason });
    await configure(stage, {});
    await configure(stage, { namespace: 'not-there' });
    await configure(stage, { updateQueueRateLimit: rate(5) }, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW);
    await configure(stage, { taskQueue: '/_sys/a/1', updateQueueRateLimit: rate(5) });
    await configure(stage, { updateQueueRateLimit: rate(-1) });
    await configure(stage, { updateFairnessKeyRateLimitDefault: rate(-1) });
    await configure(stage, { updateQueueRateLimit: rate(5, long) });
    await configure(stage, { identity: long, updateQueueRateLimit: rate(5) });
    await configure(stage, { updateQueueRateLimit: rate(5) });
    await configure(stage, { updateFairnessKeyRateLimitDefault: rate(2.5) });
    await configure(stage, { updateQueueRateLimit: { reason: 'no more' } });
    await configure(stage, { updateQueueRateLimit: rate(7) }, TaskQueueType.TASK_QUEUE_TYPE_NEXUS);
    for (const taskQueueType of [1, 2, 3]) {
      const request = { namespace: stage.namespace, taskQueue: { name: stage.name }, taskQueueType };
      await stage.call('describeTaskQueue', { ...request, reportConfig: true });
      await stage.call('describeTaskQueue', request);
    }
  },
  'a rate of zero holds activities until it is gone': async (stage) => {
    await configure(stage, { updateQueueRateLimit: { rateLimit: { requestsPerSecond: 0 } } });
    await stage.start();
    await stage.turn([
      scheduleActivityTask({
        activityId: 'a',
        activityType: { name: 'act' },
        taskQueue: { name: stage.name },
        startToCloseTimeout: seconds(100),
      }),
    ]);
    const polling = stage.pollActivity();
    await stage.elapse(2);
    await stage.describe();
    await configure(stage, { updateQueueRateLimit: {} });
    await polling;
    await stage.terminate();
  },
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
