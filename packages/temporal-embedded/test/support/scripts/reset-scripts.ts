/** Scripts about resets: which points there are, what the new run has, and what becomes of the old one. */
import { temporalProto } from '../../../src/proto/root.js';
import type { temporal } from '../../../src/proto/root.js';
import type { Stage } from '../service-stage.js';
import {
  completeWorkflowExecution,
  continueAsNewWorkflowExecution,
  failWorkflowExecution,
  failure,
  payload,
  payloads,
  modifyWorkflowProperties,
  requestCancelActivityTask,
  scheduleActivityTask,
  seconds,
  signalExternalWorkflowExecution,
  startChildWorkflowExecution,
  startTimer,
  upsertWorkflowSearchAttributes,
} from './commands.js';
import type { Scripts } from './script.js';
import { acceptUpdates, updateRequest } from './update-messages.js';

type ResetRequest = temporal.api.workflowservice.v1.IResetWorkflowExecutionRequest;

const { ResetReapplyExcludeType: Exclude, ResetReapplyType: Reapply } = temporalProto.api.enums.v1;

/** Resets to before an event; returns the new run. */
async function reset(stage: Stage, eventId: number, runId = '', rest: ResetRequest = {}): Promise<string> {
  const reply = await stage.call('resetWorkflowExecution', {
    ...stage.base,
    workflowExecution: { workflowId: stage.name, runId },
    workflowTaskFinishEventId: eventId as unknown as temporal.api.history.v1.IHistoryEvent['eventId'] & object,
    reason: 'again',
    requestId: `${stage.name}-reset-${eventId}`,
    ...rest,
  });
  return reply?.runId ?? '';
}

/** A poll for the old run's tasks comes back with the new one's. */
async function bothHistories(stage: Stage, oldRunId: string, newRunId: string): Promise<void> {
  await stage.history(stage.name, oldRunId);
  await stage.history(stage.name, newRunId);
}

const update = async (stage: Stage, updateId: string, isCompleted = true): Promise<void> => {
  const waiting = stage.call(
    'updateWorkflowExecution',
    updateRequest(updateId, { workflowExecution: { workflowId: stage.name } }),
  );
  const task = await stage.pollWorkflow();
  await stage.complete(task, [], acceptUpdates(task, { isCompleted }));
  await waiting;
};

const activity = { activityId: 'a', activityType: { name: 'act' }, startToCloseTimeout: seconds(100) };

export const resetScripts: Scripts = {
  'reset of a closed workflow to its first task': async (stage) => {
    const runId = await stage.start({ input: payloads(1), memo: { fields: { m: payload(1) } } });
    await stage.turn([completeWorkflowExecution({ result: payloads('one') })]);
    const newRunId = await reset(stage, 4);
    await stage.describe(stage.name, runId);
    await stage.describe();
    await stage.turn([completeWorkflowExecution({ result: payloads('two') })]);
    await bothHistories(stage, runId, newRunId);
    await stage.describe();
  },
  'reset of a running workflow terminates it': async (stage) => {
    const runId = await stage.start();
    await stage.turn([startTimer({ timerId: 't', startToFireTimeout: seconds(100) })]);
    const newRunId = await reset(stage, 4);
    await stage.turn([completeWorkflowExecution()]);
    await bothHistories(stage, runId, newRunId);
  },
  'reset while a worker has the task': async (stage) => {
    const runId = await stage.start();
    await stage.turn();
    await stage.signal('one');
    const task = await stage.pollWorkflow();
    await stage.signal('two', { input: payloads(2) });
    const newRunId = await reset(stage, 4);
    await stage.complete(task, [completeWorkflowExecution()]);
    await bothHistories(stage, runId, newRunId);
    await stage.terminate();
  },
  'reset to the first task of a workflow that waits for it': async (stage) => {
    const runId = await stage.start();
    const newRunId = await reset(stage, 3);
    await reset(stage, 2, runId);
    await bothHistories(stage, runId, newRunId);
    await stage.terminate();
  },
  'reset to a task that no worker had yet': async (stage) => {
    const runId = await stage.start();
    await stage.turn();
    await stage.signal('one');
    await stage.turn([startTimer({ timerId: 't', startToFireTimeout: seconds(100) })]);
    const newRunId = await reset(stage, 7);
    await bothHistories(stage, runId, newRunId);
    await stage.terminate();
  },
  'reset to what is no task': async (stage) => {
    await stage.start();
    await stage.turn([startTimer({ timerId: 't', startToFireTimeout: seconds(100) })]);
    await reset(stage, 0);
    await reset(stage, 1);
    await reset(stage, 2);
    await reset(stage, 5);
    await reset(stage, 6);
    await reset(stage, 100);
    await reset(stage, 4, '', { requestId: '' });
    await reset(stage, 4, '00000000-0000-4000-8000-000000000000');
    await reset(stage, 4, 'nonsense');
    await reset(stage, 4, '', { workflowExecution: { workflowId: 'not-there' } });
    await reset(stage, 4, '', { workflowExecution: null });
    await stage.history();
    await stage.terminate();
  },
  'the same reset again': async (stage) => {
    const runId = await stage.start();
    await stage.turn([completeWorkflowExecution()]);
    await reset(stage, 4);
    await reset(stage, 4);
    await reset(stage, 4, runId);
    await stage.terminate();
  },
  'reset of a reset, and of its base again': async (stage) => {
    const runId = await stage.start();
    await stage.turn();
    await stage.signal('one');
    await stage.turn();
    const second = await reset(stage, 4);
    await stage.turn([startTimer({ timerId: 't', startToFireTimeout: seconds(100) })]);
    const third = await reset(stage, 4, second, { requestId: 'third' });
    const fourth = await reset(stage, 8, runId, { requestId: 'fourth' });
    for (const each of [runId, second, third, fourth]) await stage.history(stage.name, each);
    for (const each of [runId, second, fourth]) await stage.describe(stage.name, each);
    await stage.terminate();
  },
  'reset carries signals over': async (stage) => {
    const runId = await stage.start();
    await stage.turn();
    await stage.signal('one', { input: payloads(1), requestId: 'once' });
    await stage.turn();
    await stage.signal('two', { header: { fields: { h: payload(1) } } });
    const newRunId = await reset(stage, 4);
    await bothHistories(stage, runId, newRunId);
    await stage.signal('one', { requestId: 'once' });
    await stage.history(stage.name, newRunId);
    await stage.terminate();
  },
  'reset that leaves signals behind': async (stage) => {
    await stage.start();
    await stage.turn();
    await stage.signal('one');
    await stage.turn();
    const second = await reset(stage, 4, '', { resetReapplyType: Reapply.RESET_REAPPLY_TYPE_NONE });
    await stage.history(stage.name, second);
    await stage.signal('two');
    await stage.turn();
    const third = await reset(stage, 4, second, {
      requestId: 'third',
      resetReapplyExcludeTypes: [Exclude.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL],
    });
    await stage.history(stage.name, third);
    await stage.terminate();
  },
  'reset carries updates over': async (stage) => {
    const runId = await stage.start();
    await stage.turn();
    await update(stage, 'done');
    await update(stage, 'accepted', false);
    const newRunId = await reset(stage, 4);
    await bothHistories(stage, runId, newRunId);
    const task = await stage.pollWorkflow();
    await stage.complete(task, [], { messages: [] });
    await stage.history();
    await stage.terminate();
  },
  'updates that a reset has carried over are accepted without a message': async (stage) => {
    await stage.start();
    await stage.turn();
    await update(stage, 'u');
    const newRunId = await reset(stage, 4);
    const task = await stage.pollWorkflow();
    const waiting = stage.call('pollWorkflowExecutionUpdate', {
      ...stage.base,
      updateRef: { workflowExecution: { workflowId: stage.name, runId: newRunId }, updateId: 'u' },
      waitPolicy: { lifecycleStage: 3 },
    });
    await stage.settle();
    const message = { id: 'u/request', protocolInstanceId: 'u', eventId: task.startedEventId ?? null };
    const request = updateRequest('u').request ?? {};
    const value = temporalProto.api.update.v1.Request.encode(request).finish();
    const body = { type_url: 'type.googleapis.com/temporal.api.update.v1.Request', value };
    await stage.complete(task, [], acceptUpdates({ messages: [{ ...message, body }] }));
    await waiting;
    await reset(stage, 6, newRunId, { requestId: 'again' });
    await stage.history();
    await stage.terminate();
  },
  'reset that leaves updates behind': async (stage) => {
    await stage.start();
    await stage.turn();
    await update(stage, 'u');
    await stage.signal('s');
    await stage.turn();
    const second = await reset(stage, 4, '', { resetReapplyType: Reapply.RESET_REAPPLY_TYPE_SIGNAL });
    await stage.history(stage.name, second);
    await stage.terminate();
  },
  'reset with an update that waits': async (stage) => {
    await stage.start();
    await stage.turn();
    const waiting = stage.call(
      'updateWorkflowExecution',
      updateRequest('u', { workflowExecution: { workflowId: stage.name } }),
    );
    await stage.pollWorkflow();
    await reset(stage, 4);
    await waiting;
    await stage.history();
    await stage.terminate();
  },
  'reset fails an activity that was out and schedules one that was not': async (stage) => {
    const runId = await stage.start();
    await stage.turn([
      scheduleActivityTask({ ...activity, taskQueue: { name: stage.name } }),
      scheduleActivityTask({ ...activity, activityId: 'b', taskQueue: { name: `${stage.name}-other` } }),
    ]);
    const task = await stage.pollActivity();
    await stage.signal('go');
    await stage.turn();
    const newRunId = await reset(stage, 10);
    await stage.call('respondActivityTaskCompleted', { ...stage.base, taskToken: task.taskToken ?? null });
    await bothHistories(stage, runId, newRunId);
    await stage.pollActivity();
    await stage.pollActivity(`${stage.name}-other`);
    await stage.describe();
    await stage.terminate();
  },
  'reset to between an activity and its completion': async (stage) => {
    await stage.start();
    await stage.turn([scheduleActivityTask({ ...activity, taskQueue: { name: stage.name } })]);
    const task = await stage.pollActivity();
    await stage.call('respondActivityTaskCompleted', { ...stage.base, taskToken: task.taskToken ?? null });
    await stage.turn([completeWorkflowExecution()]);
    const newRunId = await reset(stage, 10);
    await stage.history(stage.name, newRunId);
    const early = await reset(stage, 4, newRunId, { requestId: 'early' });
    await stage.history(stage.name, early);
    await stage.terminate();
  },
  'reset with an activity whose cancellation was asked for': async (stage) => {
    await stage.start();
    await stage.turn([scheduleActivityTask({ ...activity, taskQueue: { name: stage.name } })]);
    await stage.pollActivity();
    await stage.signal('go');
    await stage.turn([requestCancelActivityTask({ scheduledEventId: 5 as never })]);
    await stage.signal('go');
    await stage.turn();
    await reset(stage, 13);
    await stage.history();
    await stage.describe();
    await stage.terminate();
  },
  'reset fires timers at their time': async (stage) => {
    await stage.start();
    await stage.turn([startTimer({ timerId: 't', startToFireTimeout: seconds(4) })]);
    await stage.signal('go');
    await stage.turn();
    await reset(stage, 9);
    await stage.turn();
    await stage.until('EVENT_TYPE_TIMER_FIRED');
    await stage.history();
    await stage.terminate();
  },
  'reset keeps search attributes and memo of its point': async (stage) => {
    await stage.start({ searchAttributes: { indexedFields: { Num: payload(1) } } });
    await stage.turn([
      upsertWorkflowSearchAttributes({ searchAttributes: { indexedFields: { Num: payload(2), Word: payload('x') } } }),
      modifyWorkflowProperties({ upsertedMemo: { fields: { m: payload(1) } } }),
    ]);
    await stage.signal('go');
    await stage.turn([
      upsertWorkflowSearchAttributes({ searchAttributes: { indexedFields: { Num: payload(3) } } }),
      modifyWorkflowProperties({ upsertedMemo: { fields: { m: payload(2) } } }),
    ]);
    await reset(stage, 10);
    await stage.describe();
    await stage.terminate();
  },
  'reset with a child keeps it': async (stage) => {
    const child = `${stage.name}-child`;
    const runId = await stage.start();
    await stage.turn([
      startChildWorkflowExecution({
        workflowId: child,
        workflowType: { name: 'child' },
        taskQueue: { name: child },
      }),
    ]);
    await stage.until('EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED');
    await stage.turn();
    const newRunId = await reset(stage, 9);
    await stage.history(stage.name, runId);
    await stage.turn();
    const task = await stage.pollWorkflow({ name: child });
    await stage.complete(task, [completeWorkflowExecution({ result: payloads('child') })]);
    await stage.until('EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED', { runId: newRunId });
    await stage.history(stage.name, newRunId);
    await stage.history(child);
    await stage.terminate();
  },
  'reset to before a child was started finds it again': async (stage) => {
    const child = `${stage.name}-child`;
    await stage.start();
    await stage.signal('early');
    await stage.turn();
    await stage.signal('go');
    const task = await stage.pollWorkflow();
    await stage.signal('more');
    await stage.complete(
      task,
      [startChildWorkflowExecution({ workflowId: child, workflowType: { name: 'child' }, taskQueue: { name: child } })],
      { forceCreateNewWorkflowTask: true },
    );
    await stage.until('EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED').catch(() => undefined);
    await stage.settle();
    const history = await stage.history();
    const scheduled = history.filter((event) => event.workflowTaskScheduledEventAttributes).at(-1);
    await reset(stage, Number(scheduled?.eventId) + 1);
    await stage.settle();
    await stage.until('EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED').catch(() => undefined);
    await stage.history();
    await stage.terminate();
    await stage.untilClosed(child);
  },
  'reset carries the end of a child over': async (stage) => {
    const child = `${stage.name}-child`;
    await stage.start();
    await stage.turn([
      startChildWorkflowExecution({ workflowId: child, workflowType: { name: 'child' }, taskQueue: { name: child } }),
    ]);
    await stage.until('EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED');
    await stage.turn();
    const task = await stage.pollWorkflow({ name: child });
    await stage.complete(task, [failWorkflowExecution({ failure: failure('bad') })]);
    await stage.turn();
    const newRunId = await reset(stage, 9);
    await stage.history(stage.name, newRunId);
    await stage.terminate();
  },
  'reset of a child does not tell its parent': async (stage) => {
    const child = `${stage.name}-child`;
    await stage.start();
    await stage.turn([
      startChildWorkflowExecution({ workflowId: child, workflowType: { name: 'child' }, taskQueue: { name: child } }),
    ]);
    await stage.until('EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED');
    await stage.turn();
    await stage.complete(await stage.pollWorkflow({ name: child }));
    await reset(stage, 4, '', { workflowExecution: { workflowId: child } });
    const task = await stage.pollWorkflow({ name: child });
    await stage.complete(task, [completeWorkflowExecution({ result: payloads('second') })]);
    await stage.until('EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED');
    await stage.history();
    await stage.describe(child);
    await stage.terminate();
  },
  'reset goes along a chain of runs': async (stage) => {
    const runId = await stage.start();
    await stage.turn();
    await stage.signal('one');
    const task = await stage.pollWorkflow();
    await stage.complete(task, [
      continueAsNewWorkflowExecution({ workflowType: { name: 'type' }, taskQueue: { name: stage.name } }),
    ]);
    await stage.signal('two');
    const newRunId = await reset(stage, 4, runId);
    await stage.history(stage.name, newRunId);
    await stage.describe();
    await stage.terminate();
  },
  'reset to after a failed task': async (stage) => {
    const runId = await stage.start();
    await stage.fail(await stage.pollWorkflow(), { failure: failure('bad') });
    await reset(stage, 4);
    await stage.fail(await stage.pollWorkflow(), { failure: failure('worse') });
    await reset(stage, 5, runId, { requestId: 'second' });
    await stage.history();
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'reset keeps asking for a cancellation that was asked for before its point': async (stage) => {
    await stage.start();
    await stage.turn();
    await stage.call('requestCancelWorkflowExecution', {
      ...stage.base,
      workflowExecution: { workflowId: stage.name },
    });
    await stage.turn();
    const second = await reset(stage, 8);
    await stage.history(stage.name, second);
    await stage.describe();
    await reset(stage, 4, second, { requestId: 'second' });
    await stage.describe();
    await stage.history();
    await stage.terminate();
  },
  'reset gives the workflow its time anew': async (stage) => {
    await stage.start({ workflowExecutionTimeout: seconds(100), workflowRunTimeout: seconds(50) });
    await stage.turn([completeWorkflowExecution()]);
    await reset(stage, 4);
    await stage.describe();
    await stage.history();
    await stage.terminate();
  },
  'reset of a workflow that sends a signal': async (stage) => {
    await stage.start();
    await stage.turn([signalExternalWorkflowExecution({ execution: { workflowId: 'not-there' }, signalName: 's' })]);
    await stage.until('EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED');
    await stage.turn();
    await reset(stage, 8);
    await stage.settle();
    await stage.history();
    await stage.terminate();
  },
};
