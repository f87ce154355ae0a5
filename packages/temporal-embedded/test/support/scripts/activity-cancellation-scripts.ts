/** Scripts about activities that are to be cancelled, at every stage of their lives. */
import type { temporal } from '../../../src/proto/root.js';
import type { Stage } from '../service-stage.js';
import {
  completeWorkflowExecution,
  failure,
  payloads,
  requestCancelActivityTask,
  scheduleActivityTask,
  seconds,
  startTimer,
} from './commands.js';
import type { Scripts } from './script.js';

type Attributes = temporal.api.command.v1.IScheduleActivityTaskCommandAttributes;

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

export const activityCancellationScripts: Scripts = {
  'cancel an activity that nobody has': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage), startTimer({ timerId: 't', startToFireTimeout: seconds(0.1) })]);
    await stage.turn([requestCancelActivityTask({ scheduledEventId: 5 as never })]);
    await close(stage);
  },
  'cancel an activity in the task that schedules it': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage), requestCancelActivityTask({ scheduledEventId: 5 as never })]);
    await close(stage);
  },
  'cancel a running activity': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage, { heartbeatTimeout: seconds(10) })]);
    const task = await stage.pollActivity();
    await stage.call('respondActivityTaskCanceled', answer(stage, task));
    await stage.signal('go');
    await stage.turn([requestCancelActivityTask({ scheduledEventId: 5 as never })]);
    await stage.describe();
    await stage.call('recordActivityTaskHeartbeat', { ...answer(stage, task), details: payloads('beat') });
    await stage.call('respondActivityTaskCanceled', { ...answer(stage, task), details: payloads('stopped') });
    await close(stage);
  },
  'cancel a running activity that completes': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage)]);
    const task = await stage.pollActivity();
    await stage.signal('go');
    await stage.turn([requestCancelActivityTask({ scheduledEventId: 5 as never })]);
    await stage.call('respondActivityTaskCompleted', { ...answer(stage, task), result: payloads('done') });
    await stage.call('respondActivityTaskCanceled', { ...answer(stage, task) });
    await close(stage);
  },
  'cancel a running activity that fails': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage)]);
    const task = await stage.pollActivity();
    await stage.signal('go');
    await stage.turn([requestCancelActivityTask({ scheduledEventId: 5 as never })]);
    await stage.call('respondActivityTaskFailed', { ...answer(stage, task), failure: failure('x') });
    await close(stage);
  },
  'cancel a running activity that times out': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage, { startToCloseTimeout: seconds(1) })]);
    await stage.pollActivity();
    await stage.signal('go');
    await stage.turn([requestCancelActivityTask({ scheduledEventId: 5 as never })]);
    await stage.until('EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT');
    await close(stage);
  },
  'cancel an activity between attempts': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage, { retryPolicy: { initialInterval: seconds(100) } })]);
    await stage.call('respondActivityTaskFailed', {
      ...answer(stage, await stage.pollActivity()),
      failure: failure('x'),
    });
    await stage.signal('go');
    await stage.turn([requestCancelActivityTask({ scheduledEventId: 5 as never })]);
    await close(stage);
  },
  'cancel an activity twice': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage)]);
    await stage.pollActivity();
    await stage.signal('go');
    await stage.turn([
      requestCancelActivityTask({ scheduledEventId: 5 as never }),
      requestCancelActivityTask({ scheduledEventId: 5 as never }),
    ]);
    await stage.turn([requestCancelActivityTask({ scheduledEventId: 5 as never })]);
    await stage.signal('go');
    await stage.turn([requestCancelActivityTask({ scheduledEventId: 5 as never })]);
    await stage.history();
    await stage.terminate();
  },
  'cancel activities that are not there': async (stage) => {
    await stage.start();
    await stage.turn([requestCancelActivityTask({ scheduledEventId: 77 as never })]);
    await stage.turn([requestCancelActivityTask({ scheduledEventId: 0 as never })]);
    await stage.history();
    await stage.terminate();
  },
  'cancel an activity that has closed': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage)]);
    await stage.call('respondActivityTaskCompleted', answer(stage, await stage.pollActivity()));
    await stage.turn([requestCancelActivityTask({ scheduledEventId: 5 as never })]);
    await stage.history();
    await stage.terminate();
  },
  'cancel an activity whose completion waits in the buffer': async (stage) => {
    await stage.start();
    await stage.turn([activity(stage)]);
    const running = await stage.pollActivity();
    await stage.signal('go');
    const task = await stage.pollWorkflow();
    await stage.call('respondActivityTaskCompleted', answer(stage, running));
    await stage.complete(task, [requestCancelActivityTask({ scheduledEventId: 5 as never })]);
    await close(stage);
  },
};
