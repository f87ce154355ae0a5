/** Scripts about how runs end and go on: continue-as-new, retries, cron, timeouts. */
import {
  completeWorkflowExecution,
  continueAsNewWorkflowExecution,
  failWorkflowExecution,
  cancelWorkflowExecution,
  failure,
  payload,
  payloads,
  seconds,
  startTimer,
} from './commands.js';
import type { Scripts } from './script.js';

export const closingScripts: Scripts = {
  'continue as new with everything': async (stage) => {
    await stage.start({
      memo: { fields: { old: payload(1) } },
      searchAttributes: { indexedFields: { Num: payload(1) } },
      workflowRunTimeout: seconds(50),
      workflowExecutionTimeout: seconds(500),
      workflowTaskTimeout: seconds(7),
      retryPolicy: { maximumAttempts: 5 },
      userMetadata: { summary: payload('s') },
      priority: { priorityKey: 2 },
    });
    await stage.turn([
      continueAsNewWorkflowExecution({
        workflowType: { name: 'other' },
        input: payloads('next'),
        memo: { fields: { fresh: payload(2) } },
        searchAttributes: { indexedFields: { Word: payload('w') } },
        header: { fields: { h: payload(1) } },
        workflowRunTimeout: seconds(40),
        workflowTaskTimeout: seconds(6),
        retryPolicy: { maximumAttempts: 6 },
        lastCompletionResult: payloads('last'),
      }),
    ]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'continue as new with nothing': async (stage) => {
    const first = await stage.start({
      input: payloads('in'),
      memo: { fields: { old: payload(1) } },
      searchAttributes: { indexedFields: { Num: payload(1) } },
      workflowRunTimeout: seconds(50),
      retryPolicy: { maximumAttempts: 5 },
      header: { fields: { h: payload(1) } },
    });
    await stage.turn([continueAsNewWorkflowExecution({})]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history(stage.name, first);
    await stage.history();
    await stage.describe(stage.name, first);
  },
  'continue as new after a while': async (stage) => {
    const first = await stage.start();
    await stage.turn([continueAsNewWorkflowExecution({ backoffStartInterval: seconds(1.5), initiator: 1 })]);
    await stage.signal('early');
    await stage.turn([completeWorkflowExecution()]);
    await stage.history(stage.name, first);
    await stage.history();
  },
  'continue as new on another queue': async (stage) => {
    const first = await stage.start();
    await stage.turn([continueAsNewWorkflowExecution({ taskQueue: { name: `${stage.name}-two` } })]);
    await stage.complete(await stage.pollWorkflow({ name: `${stage.name}-two` }), [completeWorkflowExecution()]);
    await stage.history(stage.name, first);
    await stage.history();
  },
  'bad continue-as-new attributes': async (stage) => {
    await stage.start({ workflowTaskTimeout: seconds(1) });
    for (const command of [
      continueAsNewWorkflowExecution({ workflowRunTimeout: seconds(-1) }),
      continueAsNewWorkflowExecution({ workflowTaskTimeout: seconds(-1) }),
      continueAsNewWorkflowExecution({ backoffStartInterval: seconds(-1) }),
      continueAsNewWorkflowExecution({ workflowType: { name: 'i'.repeat(1001) } }),
      continueAsNewWorkflowExecution({ taskQueue: { name: 'i'.repeat(1001) } }),
      continueAsNewWorkflowExecution({ retryPolicy: { backoffCoefficient: 0.5 } }),
      continueAsNewWorkflowExecution({ searchAttributes: { indexedFields: { Nothing: payload(1) } } }),
      failWorkflowExecution({}),
      { commandType: 3 as const },
      { commandType: 4 as const },
      { commandType: 8 as const },
      { commandType: 13 as const },
    ]) {
      await stage.turn([command]);
      await stage.signal('next');
    }
    await stage.history();
    await stage.terminate();
  },
  'a failed workflow is tried again': async (stage) => {
    const first = await stage.start({
      retryPolicy: { initialInterval: seconds(0.1), maximumAttempts: 3 },
      memo: { fields: { m: payload(1) } },
      input: payloads('in'),
      userMetadata: { summary: payload('s') },
    });
    await stage.turn([failWorkflowExecution({ failure: failure('one', { type: 'T' }) })]);
    await stage.turn([failWorkflowExecution({ failure: failure('two', { type: 'T' }) })]);
    await stage.turn([failWorkflowExecution({ failure: failure('three', { type: 'T' }) })]);
    await stage.history(stage.name, first);
    await stage.history();
  },
  'a workflow fails in a way that is not tried again': async (stage) => {
    await stage.start({ retryPolicy: { nonRetryableErrorTypes: ['Fatal'] } });
    await stage.turn([failWorkflowExecution({ failure: failure('one', { type: 'Fatal' }) })]);
    await stage.history();
  },
  'a workflow says when it wants to be tried again': async (stage) => {
    const first = await stage.start({
      retryPolicy: { initialInterval: seconds(100), maximumInterval: seconds(200), maximumAttempts: 2 },
    });
    await stage.turn([failWorkflowExecution({ failure: failure('one', { nextRetryDelay: seconds(0.2) }) })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history(stage.name, first);
    await stage.history();
  },
  'a workflow that has no time left to be tried again': async (stage) => {
    await stage.start({
      retryPolicy: { initialInterval: seconds(100), maximumInterval: seconds(200) },
      workflowExecutionTimeout: seconds(10),
    });
    await stage.turn([failWorkflowExecution({ failure: failure('one') })]);
    await stage.history();
  },
  'a run takes too long': async (stage) => {
    await stage.start({ workflowRunTimeout: seconds(1) });
    await stage.untilClosed();
    await stage.history();
  },
  'a run takes too long while its task is out': async (stage) => {
    await stage.start({ workflowRunTimeout: seconds(1) });
    const task = await stage.pollWorkflow();
    await stage.signal('unseen');
    await stage.untilClosed();
    await stage.complete(task, [completeWorkflowExecution()]);
    await stage.history();
  },
  'an execution takes too long': async (stage) => {
    await stage.start({ workflowExecutionTimeout: seconds(1) });
    await stage.turn([startTimer({ timerId: 't', startToFireTimeout: seconds(50) })]);
    await stage.untilClosed();
    await stage.history();
  },
  'a run that takes too long is tried again': async (stage) => {
    const first = await stage.start({
      workflowRunTimeout: seconds(1),
      retryPolicy: { initialInterval: seconds(0.1), maximumAttempts: 2 },
    });
    await stage.untilClosed(stage.name, first);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history(stage.name, first);
    await stage.history();
  },
  'the whole chain takes too long': async (stage) => {
    const first = await stage.start({ workflowExecutionTimeout: seconds(2) });
    await stage.turn([continueAsNewWorkflowExecution({})]);
    await stage.pollWorkflow();
    await stage.untilClosed();
    await stage.history(stage.name, first);
    await stage.history();
  },
  'a cron run completes and the next one waits': async (stage) => {
    const first = await stage.start({ cronSchedule: '@every 1s', input: payloads('in') });
    await stage.turn([completeWorkflowExecution({ result: payloads('r1') })]);
    await stage.turn([failWorkflowExecution({ failure: failure('x') })]);
    const third = await stage.pollWorkflow();
    await stage.complete(third, [cancelWorkflowExecution()]);
    await stage.history(stage.name, first);
    await stage.history();
  },
  'a start that is delayed': async (stage) => {
    await stage.start({ workflowStartDelay: seconds(1) });
    await stage.describe();
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a delayed start is signalled': async (stage) => {
    await stage.start({ workflowStartDelay: seconds(20) });
    await stage.signal('now');
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a delayed start is cancelled': async (stage) => {
    await stage.start({ workflowStartDelay: seconds(20) });
    await stage.call('requestCancelWorkflowExecution', {
      ...stage.base,
      workflowExecution: { workflowId: stage.name },
      requestId: 'r',
    });
    await stage.turn([cancelWorkflowExecution()]);
    await stage.history();
  },
};
