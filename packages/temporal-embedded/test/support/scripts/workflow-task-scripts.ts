/** Scripts about workflow tasks: what a worker gets, and what happens when it fails, is late or is wrong. */
import { temporalProto } from '../../../src/proto/root.js';
import type { Scripts } from './script.js';
import {
  cancelTimer,
  cancelWorkflowExecution,
  completeWorkflowExecution,
  failWorkflowExecution,
  failure,
  payloads,
  recordMarker,
  scheduleActivityTask,
  seconds,
  startTimer,
} from './commands.js';

const { WorkflowTaskFailedCause: Cause } = temporalProto.api.enums.v1;

export const workflowTaskScripts: Scripts = {
  'complete at once': async (stage) => {
    await stage.start({ input: payloads('in') });
    await stage.turn([completeWorkflowExecution({ result: payloads(1) })]);
    await stage.history();
    await stage.describe();
  },
  'fail a workflow': async (stage) => {
    await stage.start();
    await stage.turn([failWorkflowExecution({ failure: failure('broken', { type: 'T', nonRetryable: true }) })]);
    await stage.history();
    await stage.describe();
  },
  'cancel a workflow that nobody asked to cancel': async (stage) => {
    await stage.start();
    await stage.turn([cancelWorkflowExecution({ details: payloads('d') })]);
    await stage.history();
  },
  'a signal meanwhile keeps a workflow from closing': async (stage) => {
    await stage.start();
    const task = await stage.pollWorkflow();
    await stage.signal('one');
    await stage.complete(task, [recordMarker({ markerName: 'm' }), completeWorkflowExecution()]);
    await stage.signal('two');
    const second = await stage.pollWorkflow();
    await stage.signal('while closing');
    await stage.complete(second, [completeWorkflowExecution()]);
    await stage.history();
  },
  'a signal meanwhile brings another task': async (stage) => {
    await stage.start();
    const task = await stage.pollWorkflow();
    await stage.signal('one', { input: payloads(1) });
    await stage.signal('two', { input: payloads(2) });
    await stage.complete(task, [recordMarker({ markerName: 'm' })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'fail a task twice': async (stage) => {
    await stage.start();
    for (let attempt = 1; attempt <= 2; attempt++) {
      const task = await stage.pollWorkflow();
      await stage.fail(task, {
        cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
        failure: failure(`attempt ${attempt}`),
      });
    }
    await stage.describe();
    await stage.history();
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a signal between failed attempts makes the next one a first attempt': async (stage) => {
    await stage.start();
    await stage.fail(await stage.pollWorkflow(), { cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR });
    await stage.fail(await stage.pollWorkflow(), { cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR });
    await stage.signal('new');
    await stage.fail(await stage.pollWorkflow(), { cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR });
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a signal while a retried attempt is out': async (stage) => {
    await stage.start();
    await stage.fail(await stage.pollWorkflow(), { cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR });
    const task = await stage.pollWorkflow();
    await stage.signal('new');
    await stage.fail(task, { cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR });
    await stage.history();
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a signal while a retried attempt is out, and it completes': async (stage) => {
    await stage.start();
    await stage.fail(await stage.pollWorkflow(), { cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR });
    const task = await stage.pollWorkflow();
    await stage.signal('new');
    await stage.complete(task, [recordMarker({ markerName: 'm' })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a task times out and is tried again': async (stage) => {
    await stage.start({ workflowTaskTimeout: seconds(1) });
    const late = await stage.pollWorkflow();
    const again = await stage.pollWorkflow();
    await stage.complete(late, [completeWorkflowExecution()]);
    await stage.fail(late);
    await stage.history();
    await stage.complete(again, [completeWorkflowExecution()]);
    await stage.complete(again, [completeWorkflowExecution()]);
    await stage.history();
  },
  'a task times out twice, the second time unseen': async (stage) => {
    await stage.start({ workflowTaskTimeout: seconds(1) });
    await stage.pollWorkflow();
    await stage.pollWorkflow();
    const third = await stage.pollWorkflow();
    await stage.describe();
    await stage.complete(third, [completeWorkflowExecution()]);
    await stage.history();
  },
  'a task times out with signals meanwhile': async (stage) => {
    await stage.start({ workflowTaskTimeout: seconds(1) });
    await stage.pollWorkflow();
    await stage.signal('meanwhile');
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a token is used twice': async (stage) => {
    await stage.start();
    const task = await stage.turn();
    await stage.complete(task);
    await stage.fail(task);
    await stage.signal('next');
    const next = await stage.pollWorkflow();
    await stage.complete(task, [completeWorkflowExecution()]);
    await stage.complete(next, [completeWorkflowExecution()]);
    await stage.complete(next, [completeWorkflowExecution()]);
    await stage.history();
  },
  'a token after the workflow was terminated': async (stage) => {
    await stage.start();
    const task = await stage.pollWorkflow();
    await stage.terminate();
    await stage.complete(task, [completeWorkflowExecution()]);
    await stage.fail(task);
    await stage.history();
  },
  'tokens that are none': async (stage) => {
    await stage.call('respondWorkflowTaskCompleted', { ...stage.base });
    await stage.call('respondWorkflowTaskCompleted', { ...stage.base, taskToken: Buffer.from('nonsense') });
    await stage.call('respondWorkflowTaskFailed', { ...stage.base });
    await stage.call('respondWorkflowTaskFailed', { ...stage.base, taskToken: Buffer.from('nonsense') });
    await stage.call('respondQueryTaskCompleted', { ...stage.base, taskToken: Buffer.from('nonsense') });
    await stage.call('respondActivityTaskCompleted', { ...stage.base });
    await stage.call('respondActivityTaskCompleted', { ...stage.base, taskToken: Buffer.from('nonsense') });
    await stage.call('respondActivityTaskFailed', { ...stage.base, taskToken: Buffer.from('nonsense') });
    await stage.call('respondActivityTaskCanceled', { ...stage.base, taskToken: Buffer.from('nonsense') });
    await stage.call('recordActivityTaskHeartbeat', { ...stage.base, taskToken: Buffer.from('nonsense') });
  },
  'commands after a closing one': async (stage) => {
    await stage.start();
    await stage.complete(await stage.pollWorkflow(), [completeWorkflowExecution(), recordMarker({ markerName: 'm' })]);
    await stage.history();
    await stage.terminate();
  },
  'two closing commands': async (stage) => {
    await stage.start();
    await stage.complete(await stage.pollWorkflow(), [
      completeWorkflowExecution(),
      failWorkflowExecution({ failure: failure('x') }),
    ]);
    await stage.history();
    await stage.terminate();
  },
  'a command of no type': async (stage) => {
    await stage.start();
    await stage.complete(await stage.pollWorkflow(), [{}]);
    await stage.complete(await stage.pollWorkflow(), [{ commandType: 77 as 1 }]);
    await stage.history();
    await stage.terminate();
  },
  'an invalid command on a retried attempt is not answered with an event': async (stage) => {
    await stage.start({ workflowTaskTimeout: seconds(1) });
    await stage.turn([cancelTimer({ timerId: 'none' })]);
    await stage.turn([cancelTimer({ timerId: 'none' })]);
    await stage.history();
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'an invalid command takes those before it back': async (stage) => {
    await stage.start();
    await stage.turn([
      startTimer({ timerId: 't', startToFireTimeout: seconds(100) }),
      scheduleActivityTask({
        activityId: 'a',
        activityType: { name: 'a' },
        taskQueue: { name: stage.name },
        startToCloseTimeout: seconds(10),
      }),
      cancelTimer({ timerId: 'none' }),
    ]);
    await stage.describe();
    await stage.turn([
      startTimer({ timerId: 't', startToFireTimeout: seconds(100) }),
      cancelTimer({ timerId: 't' }),
      completeWorkflowExecution(),
    ]);
    await stage.history();
  },
  'the worker asks for another task': async (stage) => {
    await stage.start();
    await stage.turn([], { forceCreateNewWorkflowTask: true });
    const task = await stage.pollWorkflow();
    const reply = await stage.complete(task, [], { forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true });
    await stage.complete(reply?.workflowTask ?? {}, [completeWorkflowExecution()], { returnNewWorkflowTask: true });
    await stage.history();
  },
  'terminate between failed attempts': async (stage) => {
    await stage.start();
    await stage.fail(await stage.pollWorkflow());
    const task = await stage.pollWorkflow();
    await stage.signal('meanwhile');
    await stage.terminate();
    await stage.complete(task);
    await stage.history();
  },
  'terminate before the first task starts': async (stage) => {
    await stage.start();
    await stage.terminate();
    await stage.terminate();
    await stage.signal('late');
    await stage.history();
  },
  'cancel requested while a task is out': async (stage) => {
    await stage.start();
    const task = await stage.pollWorkflow();
    await stage.call('requestCancelWorkflowExecution', {
      ...stage.base,
      workflowExecution: { workflowId: stage.name },
      reason: 'why',
      requestId: 'r1',
    });
    await stage.call('requestCancelWorkflowExecution', {
      ...stage.base,
      workflowExecution: { workflowId: stage.name },
      reason: 'why',
      requestId: 'r1',
    });
    await stage.call('requestCancelWorkflowExecution', {
      ...stage.base,
      workflowExecution: { workflowId: stage.name },
      reason: 'why',
      requestId: 'r2',
    });
    await stage.complete(task);
    await stage.turn([cancelWorkflowExecution({ details: payloads('ok') })]);
    await stage.call('requestCancelWorkflowExecution', {
      ...stage.base,
      workflowExecution: { workflowId: stage.name },
      reason: 'why',
      requestId: 'r3',
    });
    await stage.history();
  },
  'the failure of a task without a cause': async (stage) => {
    await stage.start();
    await stage.fail(await stage.pollWorkflow(), { binaryChecksum: 'sum', workerVersion: { buildId: 'b' } });
    await stage.turn([completeWorkflowExecution()], {
      binaryChecksum: 'sum',
      sdkMetadata: { langUsedFlags: [3, 4], sdkName: 'n', sdkVersion: 'v' },
      meteringMetadata: { nonfirstLocalActivityExecutionAttempts: 2 },
    });
    await stage.history();
  },
  'the history of a second task starts at the first event': async (stage) => {
    await stage.start();
    await stage.turn(Array.from({ length: 8 }, (_, index) => recordMarker({ markerName: `m${index}` })));
    await stage.signal('x');
    const task = await stage.call('pollWorkflowTaskQueue', { ...stage.base, taskQueue: { name: stage.name } });
    await stage.complete(task ?? {}, [completeWorkflowExecution()]);
  },
};
