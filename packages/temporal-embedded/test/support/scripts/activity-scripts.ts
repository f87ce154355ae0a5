/** Scripts about activities: how they close, attributes that make no sense, answers by id or too late. */
import type { temporal } from '../../../src/proto/root.js';
import type { Stage } from '../service-stage.js';
import { completeWorkflowExecution, failure, payloads, scheduleActivityTask, seconds, startTimer } from './commands.js';
import type { Scripts } from './script.js';

type Attributes = temporal.api.command.v1.IScheduleActivityTaskCommandAttributes;

const once = { maximumAttempts: 1 };

const activity = (stage: Stage, rest: Attributes = {}) =>
  scheduleActivityTask({
    activityId: 'a',
    activityType: { name: 'act' },
    taskQueue: { name: stage.name },
    startToCloseTimeout: seconds(10),
    ...rest,
  });
const answer = (stage: Stage, task: temporal.api.workflowservice.v1.IPollActivityTaskQueueResponse) => ({
  ...stage.base,
  taskToken: task.taskToken ?? null,
});
const byId = (stage: Stage, rest = {}) => ({ ...stage.base, workflowId: stage.name, activityId: 'a', ...rest });
const close = async (stage: Stage) => {
  await stage.turn([completeWorkflowExecution()]);
  await stage.history();
};

export const activityScripts: Scripts = {
  'an activity completes': async (stage) => {
    await stage.start();
    await stage.turn([
      activity(stage, {
        input: payloads('in'),
        header: { fields: { h: payloads(1).payloads![0]! } },
        scheduleToCloseTimeout: seconds(100),
        heartbeatTimeout: seconds(5),
      }),
    ]);
    await stage.describe();
    const task = await stage.pollActivity();
    await stage.describe();
    await stage.call('respondActivityTaskCompleted', { ...answer(stage, task), result: payloads('out') });
    await stage.call('respondActivityTaskCompleted', { ...answer(stage, task), result: payloads('out') });
    await close(stage);
  },
  'an activity fails for good': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage, { retryPolicy: once })]);
    await stage.call('respondActivityTaskFailed', {
      ...answer(stage, await stage.pollActivity()),
      failure: failure('x', { type: 'T' }),
    });
    await close(stage);
  },
  'an activity fails without a failure': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage, { retryPolicy: once })]);
    await stage.call('respondActivityTaskFailed', { ...answer(stage, await stage.pollActivity()) });
    await close(stage);
  },
  'an activity that fails and then completes': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage, { retryPolicy: { initialInterval: seconds(0.1) } })]);
    await stage.call('respondActivityTaskFailed', {
      ...answer(stage, await stage.pollActivity()),
      failure: failure('first'),
    });
    await stage.call('respondActivityTaskCompleted', { ...answer(stage, await stage.pollActivity()) });
    await close(stage);
  },
  'a failure of a kind that an activity does not send': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage)]);
    const task = await stage.pollActivity();
    await stage.call('respondActivityTaskFailed', {
      ...answer(stage, task),
      failure: { message: 'x', timeoutFailureInfo: { timeoutType: 1 } },
    });
    await stage.call('respondActivityTaskFailed', {
      ...answer(stage, task),
      failure: { message: 'x', canceledFailureInfo: {} },
    });
    await stage.history();
  },
  'two activities with one id in one task': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage), activity(stage)]);
    await stage.history();
    await stage.terminate();
  },
  'an activity id that is still in use, and one that is free again': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage)]);
    await stage.signal('go');
    await stage.turn([activity(stage)]);
    await stage.call('respondActivityTaskCompleted', answer(stage, await stage.pollActivity()));
    await stage.turn([activity(stage)]);
    await stage.history();
    await stage.terminate();
  },
  'bad activity attributes': async (stage) => {
    await stage.start({ workflowTaskTimeout: seconds(1) });
    const bad: Attributes[] = [
      { activityId: '' },
      { activityType: { name: '' } },
      { activityType: null },
      { taskQueue: { name: '' } },
      { taskQueue: null },
      { startToCloseTimeout: null },
      { startToCloseTimeout: seconds(-1) },
      { heartbeatTimeout: seconds(-1) },
      { retryPolicy: { backoffCoefficient: 0.5 } },
      { retryPolicy: { initialInterval: seconds(-1) } },
      { retryPolicy: { maximumInterval: seconds(1), initialInterval: seconds(2) } },
      { retryPolicy: { maximumAttempts: -1 } },
      { retryPolicy: { nonRetryableErrorTypes: ['TemporalTimeout:Nonsense'] } },
      { activityId: 'i'.repeat(1001) },
    ];
    for (const attributes of bad) {
      await stage.turn([activity(stage, attributes)]);
      await stage.signal('next');
    }
    await stage.turn([{ commandType: 1 }]);
    await stage.history();
    await stage.terminate();
  },
  'activity timeouts are completed and capped by the run timeout': async (stage) => {
    await stage.start({ workflowRunTimeout: seconds(100) });
    await stage.turn([
      activity(stage, { activityId: '1', startToCloseTimeout: seconds(500), heartbeatTimeout: seconds(700) }),
      activity(stage, {
        activityId: '2',
        startToCloseTimeout: null,
        scheduleToCloseTimeout: seconds(50),
        scheduleToStartTimeout: seconds(70),
      }),
      activity(stage, {
        activityId: '3',
        startToCloseTimeout: seconds(20),
        scheduleToCloseTimeout: seconds(10),
        heartbeatTimeout: seconds(15),
      }),
      activity(stage, { activityId: '4', retryPolicy: { initialInterval: seconds(2) } }),
      activity(stage, {
        activityId: '5',
        retryPolicy: {
          initialInterval: seconds(2),
          maximumInterval: seconds(3),
          backoffCoefficient: 1.5,
          maximumAttempts: 7,
          nonRetryableErrorTypes: ['A', 'B'],
        },
      }),
    ]);
    await stage.history();
    await stage.terminate();
  },
  'by id: complete, fail, cancel, heartbeat': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage)]);
    await stage.call('recordActivityTaskHeartbeatById', byId(stage));
    await stage.call('respondActivityTaskFailedById', byId(stage, { failure: failure('x') }));
    await stage.call('respondActivityTaskCanceledById', byId(stage));
    await stage.pollActivity();
    await stage.call('recordActivityTaskHeartbeatById', byId(stage, { details: payloads('beat') }));
    await stage.call('respondActivityTaskCanceledById', byId(stage));
    await stage.call('respondActivityTaskCompletedById', byId(stage, { result: payloads('r') }));
    await stage.call('respondActivityTaskCompletedById', byId(stage, { result: payloads('r') }));
    await stage.call('respondActivityTaskCompletedById', byId(stage, { workflowId: 'nobody' }));
    await stage.call('respondActivityTaskCompletedById', byId(stage, { workflowId: '' }));
    await stage.call('respondActivityTaskCompletedById', byId(stage, { activityId: '' }));
    await stage.call('respondActivityTaskCompletedById', byId(stage, { runId: 'no uuid' }));
    await close(stage);
    await stage.call('respondActivityTaskCompletedById', byId(stage));
    await stage.call('recordActivityTaskHeartbeatById', byId(stage));
  },
  'by id: complete what no worker has': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage)]);
    await stage.call('respondActivityTaskCompletedById', byId(stage, { result: payloads('r') }));
    await close(stage);
  },
  'an answer after the workflow closed': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage)]);
    const task = await stage.pollActivity();
    await stage.terminate();
    await stage.call('recordActivityTaskHeartbeat', answer(stage, task));
    await stage.call('respondActivityTaskCompleted', answer(stage, task));
    await stage.call('respondActivityTaskFailed', { ...answer(stage, task), failure: failure('x') });
    await stage.call('respondActivityTaskCanceled', answer(stage, task));
    await stage.history();
  },
  'activities complete while a workflow task is out': async (stage) => {
    await stage.start();
    await stage.turn([
      activity(stage, { activityId: '1' }),
      activity(stage, { activityId: '2', taskQueue: { name: `${stage.name}-two` } }),
    ]);
    const first = await stage.pollActivity();
    const second = await stage.pollActivity(`${stage.name}-two`);
    await stage.signal('go');
    const task = await stage.pollWorkflow();
    await stage.call('respondActivityTaskCompleted', answer(stage, second));
    await stage.signal('between');
    await stage.call('respondActivityTaskCompleted', answer(stage, first));
    await stage.complete(task);
    await close(stage);
  },
  'close while activities are pending': async (stage) => {
    await stage.start();
    await stage.turn([
      activity(stage),
      startTimer({ timerId: 't', startToFireTimeout: seconds(100) }),
      completeWorkflowExecution(),
    ]);
    await stage.history();
  },
  'the build of a worker that completes an activity': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage)]);
    await stage.call('respondActivityTaskCompleted', {
      ...answer(stage, await stage.pollActivity()),
      workerVersion: { buildId: 'b', useVersioning: false },
    });
    await close(stage);
  },
};
