/** Scripts about the four timeouts of activities, their retries and heartbeats. */
import type { temporal } from '../../../src/proto/root.js';
import type { Stage } from '../service-stage.js';
import { completeWorkflowExecution, failure, payloads, scheduleActivityTask, seconds } from './commands.js';
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
const close = async (stage: Stage) => {
  await stage.turn([completeWorkflowExecution()]);
  await stage.history();
};

export const activityTimeoutScripts: Scripts = {
  'an activity is retried until its attempts are used up': async (stage) => {
    await stage.start();
    await stage.turn([
      activity(stage, { retryPolicy: { initialInterval: seconds(0.1), backoffCoefficient: 1, maximumAttempts: 3 } }),
    ]);
    for (let attempt = 1; attempt <= 3; attempt++) {
      const task = await stage.pollActivity();
      if (attempt === 2) await stage.describe();
      await stage.call('respondActivityTaskFailed', {
        ...answer(stage, task),
        failure: failure(`attempt ${attempt}`, { type: 'T', details: payloads(attempt) }),
        lastHeartbeatDetails: payloads(`beat ${attempt}`),
      });
    }
    await close(stage);
  },
  'a failure of a type that is not retried': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage, { retryPolicy: { nonRetryableErrorTypes: ['Fatal'] } })]);
    await stage.call('respondActivityTaskFailed', {
      ...answer(stage, await stage.pollActivity()),
      failure: failure('x', { type: 'Fatal' }),
    });
    await close(stage);
  },
  'a failure that says it is not to be retried': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage)]);
    await stage.call('respondActivityTaskFailed', {
      ...answer(stage, await stage.pollActivity()),
      failure: failure('x', { type: 'T', nonRetryable: true }),
    });
    await close(stage);
  },
  'a failure that says when to retry': async (stage) => {
    await stage.start();
    await stage.turn([
      activity(stage, {
        retryPolicy: { maximumAttempts: 2, initialInterval: seconds(500), maximumInterval: seconds(1000) },
      }),
    ]);
    await stage.call('respondActivityTaskFailed', {
      ...answer(stage, await stage.pollActivity()),
      failure: failure('x', { nextRetryDelay: seconds(0.2) }),
    });
    await stage.call('respondActivityTaskFailed', {
      ...answer(stage, await stage.pollActivity()),
      failure: failure('y', { nextRetryDelay: seconds(0.2) }),
    });
    await close(stage);
  },
  'no time left for another attempt': async (stage) => {
    await stage.start();
    await stage.turn([
      activity(stage, {
        scheduleToCloseTimeout: seconds(3),
        retryPolicy: { initialInterval: seconds(30), maximumInterval: seconds(60) },
      }),
    ]);
    await stage.call('respondActivityTaskFailed', {
      ...answer(stage, await stage.pollActivity()),
      failure: failure('x'),
    });
    await close(stage);
  },
  'nobody takes an activity': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage, { scheduleToStartTimeout: seconds(1) })]);
    await close(stage);
  },
  'nobody takes an activity until it must be done': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage, { scheduleToCloseTimeout: seconds(1) })]);
    await close(stage);
  },
  'an attempt takes too long': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage, { startToCloseTimeout: seconds(1), retryPolicy: once })]);
    const task = await stage.pollActivity();
    await stage.until('EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT');
    await stage.call('respondActivityTaskCompleted', answer(stage, task));
    await stage.call('recordActivityTaskHeartbeat', answer(stage, task));
    await close(stage);
  },
  'every attempt takes too long': async (stage) => {
    await stage.start();
    await stage.turn([
      activity(stage, {
        startToCloseTimeout: seconds(1),
        retryPolicy: { initialInterval: seconds(0.1), maximumAttempts: 2 },
      }),
    ]);
    const task = await stage.pollActivity();
    await stage.pollActivity();
    await stage.call('respondActivityTaskCompleted', answer(stage, task));
    await stage.until('EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT');
    await close(stage);
  },
  'attempts take too long until the whole has no time left': async (stage) => {
    await stage.start();
    await stage.turn([
      activity(stage, {
        startToCloseTimeout: seconds(1),
        scheduleToCloseTimeout: seconds(2),
        retryPolicy: { initialInterval: seconds(3) },
      }),
    ]);
    await stage.pollActivity();
    await stage.until('EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT');
    await close(stage);
  },
  'the whole has no time left while an attempt is out': async (stage) => {
    await stage.start();
    await stage.turn([
      activity(stage, {
        startToCloseTimeout: seconds(10),
        scheduleToCloseTimeout: seconds(1),
        heartbeatTimeout: seconds(50),
      }),
    ]);
    const task = await stage.pollActivity();
    await stage.call('recordActivityTaskHeartbeat', { ...answer(stage, task), details: payloads('half') });
    await stage.until('EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT');
    await close(stage);
  },
  'an activity stops to heartbeat': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage, { heartbeatTimeout: seconds(1), retryPolicy: once })]);
    const task = await stage.pollActivity();
    await stage.call('recordActivityTaskHeartbeat', { ...answer(stage, task), details: payloads('half') });
    await stage.until('EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT');
    await close(stage);
  },
  'the next attempt gets the heartbeat of the last one': async (stage) => {
    await stage.start();
    await stage.turn([
      activity(stage, {
        heartbeatTimeout: seconds(1),
        retryPolicy: { initialInterval: seconds(0.1), maximumAttempts: 2 },
      }),
    ]);
    const task = await stage.pollActivity();
    await stage.call('recordActivityTaskHeartbeat', { ...answer(stage, task), details: payloads('half') });
    const next = await stage.pollActivity();
    await stage.call('recordActivityTaskHeartbeat', { ...answer(stage, task), details: payloads('late') });
    await stage.call('respondActivityTaskFailed', {
      ...answer(stage, next),
      failure: failure('last'),
      lastHeartbeatDetails: payloads('more'),
    });
    await close(stage);
  },
  'timeouts that are not retried by name': async (stage) => {
    await stage.start();
    await stage.turn([
      activity(stage, {
        heartbeatTimeout: seconds(1),
        retryPolicy: { nonRetryableErrorTypes: ['TemporalTimeout:Heartbeat'] },
      }),
    ]);
    await stage.pollActivity();
    await stage.until('EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT');
    await close(stage);
  },
  'a timeout after a failure carries the failure': async (stage) => {
    await stage.start();
    await stage.turn([
      activity(stage, {
        startToCloseTimeout: seconds(1),
        retryPolicy: { initialInterval: seconds(0.1), maximumAttempts: 2 },
      }),
    ]);
    await stage.call('respondActivityTaskFailed', {
      ...answer(stage, await stage.pollActivity()),
      failure: failure('first'),
    });
    await stage.pollActivity();
    await stage.until('EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT');
    await close(stage);
  },
  'schedule-to-start in the second attempt': async (stage) => {
    await stage.start();
    await stage.turn([
      activity(stage, { scheduleToStartTimeout: seconds(1), retryPolicy: { initialInterval: seconds(0.1) } }),
    ]);
    await stage.call('respondActivityTaskFailed', {
      ...answer(stage, await stage.pollActivity()),
      failure: failure('first'),
    });
    await stage.until('EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT');
    await close(stage);
  },
  'schedule-to-close in the second attempt, before it starts': async (stage) => {
    await stage.start();
    await stage.turn([
      activity(stage, {
        scheduleToCloseTimeout: seconds(1),
        startToCloseTimeout: seconds(1),
        retryPolicy: { initialInterval: seconds(0.1) },
      }),
    ]);
    await stage.call('respondActivityTaskFailed', {
      ...answer(stage, await stage.pollActivity()),
      failure: failure('first'),
    });
    await stage.until('EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT');
    await close(stage);
  },
};
