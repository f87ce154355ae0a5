/** Scripts about what operators do to activities: pause, unpause, reset, other options. */
import type { temporal } from '../../../src/proto/root.js';
import type { Stage } from '../service-stage.js';
import { completeWorkflowExecution, failure, payloads, scheduleActivityTask, seconds } from './commands.js';
import type { Scripts } from './script.js';

type Options = temporal.api.activity.v1.IActivityOptions;
type Attributes = temporal.api.command.v1.IScheduleActivityTaskCommandAttributes;
type Rest = Record<string, unknown>;

const activity = (stage: Stage, rest: Attributes = {}) =>
  scheduleActivityTask({
    activityId: 'a',
    activityType: { name: 'act' },
    taskQueue: { name: stage.name },
    startToCloseTimeout: seconds(100),
    ...rest,
  });

async function begin(stage: Stage, ...activities: Attributes[]): Promise<void> {
  await stage.start();
  await stage.turn((activities.length > 0 ? activities : [{}]).map((rest) => activity(stage, rest)));
}

const control = (
  stage: Stage,
  rpc: 'pauseActivity' | 'unpauseActivity' | 'resetActivity' | 'updateActivityOptions',
  rest: Rest = { id: 'a' },
) => stage.call(rpc, { ...stage.base, execution: { workflowId: stage.name }, ...rest });

const options = (stage: Stage, activityOptions: Options, paths: string[], rest: Rest = { id: 'a' }) =>
  control(stage, 'updateActivityOptions', { ...rest, activityOptions, updateMask: { paths } });

const fail = (stage: Stage, task: { taskToken?: Uint8Array | null }) =>
  stage.call('respondActivityTaskFailed', {
    ...stage.base,
    taskToken: task.taskToken ?? null,
    failure: failure('bad'),
  });

const heartbeat = (stage: Stage, task: { taskToken?: Uint8Array | null }, details: unknown) =>
  stage.call('recordActivityTaskHeartbeat', {
    ...stage.base,
    taskToken: task.taskToken ?? null,
    details: payloads(details),
  });

const complete = (stage: Stage, task: { taskToken?: Uint8Array | null }) =>
  stage.call('respondActivityTaskCompleted', { ...stage.base, taskToken: task.taskToken ?? null });

const slowRetries = { initialInterval: seconds(60) };

export const activityControlScripts: Scripts = {
  'pause an activity that waits for a worker, and unpause it': async (stage) => {
    await begin(stage);
    await control(stage, 'pauseActivity', { id: 'a', reason: 'look' });
    await stage.describe();
    await control(stage, 'pauseActivity');
    await control(stage, 'unpauseActivity');
    await stage.describe();
    await complete(stage, await stage.pollActivity());
    await stage.history();
    await stage.terminate();
  },
  'pause an activity that a worker has': async (stage) => {
    await begin(stage, { retryPolicy: { maximumAttempts: 1 } });
    const task = await stage.pollActivity();
    await control(stage, 'pauseActivity');
    await heartbeat(stage, task, 1);
    await stage.describe();
    await fail(stage, task);
    await stage.describe();
    await control(stage, 'unpauseActivity', { id: 'a', resetAttempts: true, resetHeartbeat: true });
    await complete(stage, await stage.pollActivity());
    await stage.history();
    await stage.terminate();
  },
  'an activity that is paused while a worker has it may complete': async (stage) => {
    await begin(stage);
    const task = await stage.pollActivity();
    await control(stage, 'pauseActivity');
    await complete(stage, task);
    await stage.turn([completeWorkflowExecution()]);
    await stage.describe();
    await stage.history();
  },
  'pause an activity in its backoff': async (stage) => {
    await begin(stage, { retryPolicy: slowRetries });
    await fail(stage, await stage.pollActivity());
    await control(stage, 'pauseActivity', { type: 'act' });
    await stage.describe();
    await control(stage, 'unpauseActivity', { type: 'act' });
    await stage.pollActivity();
    await stage.describe();
    await stage.terminate();
  },
  'a paused activity does not time out': async (stage) => {
    await begin(stage, { scheduleToStartTimeout: seconds(1), scheduleToCloseTimeout: seconds(2) });
    await control(stage, 'pauseActivity');
    await stage.elapse(3);
    await stage.describe();
    await control(stage, 'unpauseActivity');
    await stage.until('EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT').catch(() => undefined);
    await stage.terminate();
  },
  'reset an activity in its backoff': async (stage) => {
    await begin(stage, { retryPolicy: slowRetries });
    const task = await stage.pollActivity();
    await heartbeat(stage, task, 'progress');
    await fail(stage, task);
    await control(stage, 'resetActivity');
    await stage.pollActivity();
    await stage.describe();
    await stage.terminate();
  },
  'reset an activity and its heartbeat': async (stage) => {
    await begin(stage, { retryPolicy: slowRetries });
    const task = await stage.pollActivity();
    await heartbeat(stage, task, 'progress');
    await fail(stage, task);
    await control(stage, 'resetActivity', { id: 'a', resetHeartbeat: true });
    await stage.pollActivity();
    await stage.describe();
    await stage.terminate();
  },
  'reset an activity that a worker has': async (stage) => {
    await begin(stage, { retryPolicy: { initialInterval: seconds(0.2), backoffCoefficient: 1 } });
    const task = await stage.pollActivity();
    await heartbeat(stage, task, 'progress');
    await control(stage, 'resetActivity', { id: 'a', resetHeartbeat: true });
    await heartbeat(stage, task, 'more');
    await fail(stage, task);
    await heartbeat(stage, await stage.pollActivity(), 'new');
    await stage.describe();
    await stage.terminate();
  },
  'reset a paused activity': async (stage) => {
    await begin(stage, { retryPolicy: slowRetries });
    await fail(stage, await stage.pollActivity());
    await control(stage, 'pauseActivity');
    await control(stage, 'resetActivity', { id: 'a', keepPaused: true });
    await stage.describe();
    await control(stage, 'resetActivity');
    await stage.pollActivity();
    await stage.describe();
    await stage.terminate();
  },
  'other options for an activity': async (stage) => {
    await begin(stage);
    await options(
      stage,
      {
        taskQueue: { name: `${stage.name}-other` },
        scheduleToCloseTimeout: seconds(300),
        startToCloseTimeout: seconds(50),
        heartbeatTimeout: seconds(10),
        retryPolicy: {
          initialInterval: seconds(2),
          maximumInterval: seconds(20),
          backoffCoefficient: 3,
          maximumAttempts: 4,
        },
      },
      [
        ...['taskQueue.name', 'schedule_to_close_timeout', 'startToCloseTimeout', 'heartbeatTimeout'],
        ...['retryPolicy.initialInterval', 'retry_policy.maximum_interval', 'retryPolicy.backoffCoefficient'],
        'retryPolicy.maximumAttempts',
      ],
    );
    await stage.describe();
    // Unnoted: the official service tells the worker the timeouts of before.
    const taskQueue = { name: `${stage.name}-other` };
    await stage.call('pollActivityTaskQueue', { ...stage.base, taskQueue }, { isQuiet: true });
    await control(stage, 'updateActivityOptions', { id: 'a', restoreOriginal: true });
    await stage.describe();
    await stage.terminate();
  },
  'other retries for an activity in its backoff': async (stage) => {
    await begin(stage, { retryPolicy: slowRetries });
    await fail(stage, await stage.pollActivity());
    await options(stage, { retryPolicy: { initialInterval: seconds(0.1), maximumInterval: seconds(1) } }, [
      'retryPolicy.initialInterval',
      'retryPolicy.maximumInterval',
    ]);
    await stage.pollActivity();
    await stage.terminate();
  },
  'the first attempt again, with the options of before': async (stage) => {
    await begin(stage);
    await options(stage, { startToCloseTimeout: seconds(7) }, ['startToCloseTimeout']);
    await control(stage, 'resetActivity', { id: 'a', restoreOriginalOptions: true });
    await stage.describe();
    await stage.pollActivity();
    await stage.terminate();
  },
  'control activities that are not there, or not meant': async (stage) => {
    await begin(stage, {}, { activityId: 'b', activityType: { name: 'other' } });
    for (const rpc of ['pauseActivity', 'unpauseActivity', 'resetActivity', 'updateActivityOptions'] as const) {
      const rest = { activityOptions: {}, updateMask: { paths: [] } };
      await control(stage, rpc, { ...rest, id: 'none' });
      await control(stage, rpc, { ...rest, type: 'none' });
      await control(stage, rpc, rest);
      await control(stage, rpc, { ...rest, id: 'a', execution: null });
      await control(stage, rpc, { ...rest, id: 'a', execution: { workflowId: 'not-there' } });
    }
    await control(stage, 'updateActivityOptions', { id: 'a' });
    await control(stage, 'updateActivityOptions', { id: 'a', activityOptions: {} });
    await control(stage, 'updateActivityOptions', { id: 'a', restoreOriginal: true, updateMask: { paths: ['x'] } });
    await options(stage, {}, ['taskQueue.name']);
    await options(stage, {}, ['retryPolicy.maximumAttempts']);
    await options(stage, { startToCloseTimeout: seconds(-1) }, ['startToCloseTimeout']);
    await options(stage, { startToCloseTimeout: seconds(0) }, ['startToCloseTimeout']);
    await options(stage, {}, ['nonsense']);
    await stage.terminate();
    await control(stage, 'unpauseActivity');
  },
};
