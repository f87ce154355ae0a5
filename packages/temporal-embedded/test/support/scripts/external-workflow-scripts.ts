/** Scripts about workflows that signal and cancel others. */
import type { temporal } from '../../../src/proto/root.js';
import type { Stage } from '../service-stage.js';
import {
  completeWorkflowExecution,
  payload,
  payloads,
  requestCancelExternalWorkflowExecution,
  seconds,
  signalExternalWorkflowExecution,
  startChildWorkflowExecution,
} from './commands.js';
import type { Scripts } from './script.js';

type Attributes = temporal.api.command.v1.IStartChildWorkflowExecutionCommandAttributes;

const childId = (stage: Stage, n = 1) => `${stage.name}-child-${n}`;
const childQueue = (stage: Stage) => ({ name: `${stage.name}-children` });
const child = (stage: Stage, rest: Attributes = {}) =>
  startChildWorkflowExecution({
    workflowId: childId(stage),
    workflowType: { name: 'child' },
    taskQueue: childQueue(stage),
    ...rest,
  });
const pollChild = (stage: Stage) => stage.pollWorkflow(childQueue(stage));
/** Starts a workflow of another id on the children's queue, with no parent. */
const stranger = (stage: Stage, rest = {}) =>
  stage.start({
    workflowId: childId(stage),
    taskQueue: childQueue(stage),
    requestId: `${stage.name}-stranger`,
    ...rest,
  });

export const externalWorkflowScripts: Scripts = {
  'signal and cancel a workflow that does not exist': async (stage) => {
    await stage.start();
    await stage.turn([
      signalExternalWorkflowExecution({ execution: { workflowId: 'nobody' }, signalName: 's', control: 'c' }),
    ]);
    await stage.turn([requestCancelExternalWorkflowExecution({ workflowId: 'nobody', control: 'c' })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'signal another workflow': async (stage) => {
    await stranger(stage);
    await stage.start();
    await stage.turn([
      signalExternalWorkflowExecution({
        execution: { workflowId: childId(stage) },
        signalName: 's',
        control: 'c',
        input: payloads('in'),
        header: { fields: { h: payload(1) } },
      }),
    ]);
    await stage.turn([
      signalExternalWorkflowExecution({
        execution: { workflowId: childId(stage) },
        signalName: 's',
        childWorkflowOnly: true,
      }),
    ]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
    await stage.history(childId(stage));
    await stage.terminate(childId(stage));
  },
  'cancel another workflow, twice': async (stage) => {
    await stranger(stage);
    await stage.start();
    await stage.turn([
      requestCancelExternalWorkflowExecution({ workflowId: childId(stage), reason: 'why', control: 'c' }),
    ]);
    await stage.turn([requestCancelExternalWorkflowExecution({ workflowId: childId(stage) })]);
    await stage.turn([requestCancelExternalWorkflowExecution({ workflowId: childId(stage), childWorkflowOnly: true })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
    await stage.history(childId(stage));
    await stage.terminate(childId(stage));
  },
  'signal and cancel a workflow that has closed': async (stage) => {
    await stranger(stage);
    await stage.complete(await pollChild(stage), [completeWorkflowExecution()]);
    await stage.start();
    await stage.turn([signalExternalWorkflowExecution({ execution: { workflowId: childId(stage) }, signalName: 's' })]);
    await stage.turn([requestCancelExternalWorkflowExecution({ workflowId: childId(stage) })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'signal and cancel itself': async (stage) => {
    await stage.start();
    await stage.turn([signalExternalWorkflowExecution({ execution: { workflowId: stage.name }, signalName: 's' })]);
    await stage.turn([requestCancelExternalWorkflowExecution({ workflowId: stage.name })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'cancel a child in the task that starts it': async (stage) => {
    await stage.start();
    await stage.turn([
      child(stage),
      requestCancelExternalWorkflowExecution({ workflowId: childId(stage), childWorkflowOnly: true }),
    ]);
    await stage.history();
    await stage.terminate();
  },
  'bad signals and cancels of others': async (stage) => {
    await stage.start({ workflowTaskTimeout: seconds(1) });
    for (const command of [
      signalExternalWorkflowExecution({}),
      signalExternalWorkflowExecution({ execution: {}, signalName: 's' }),
      signalExternalWorkflowExecution({ execution: { workflowId: 'w' } }),
      signalExternalWorkflowExecution({ execution: { workflowId: 'w', runId: 'no uuid' }, signalName: 's' }),
      signalExternalWorkflowExecution({ namespace: 'nowhere', execution: { workflowId: 'w' }, signalName: 's' }),
      { commandType: 12 as const },
      requestCancelExternalWorkflowExecution({}),
      requestCancelExternalWorkflowExecution({ workflowId: 'w', runId: 'no uuid' }),
      requestCancelExternalWorkflowExecution({ namespace: 'nowhere', workflowId: 'w' }),
      { commandType: 7 as const },
    ]) {
      await stage.turn([command]);
      await stage.signal('next');
    }
    await stage.history();
    await stage.terminate();
  },
};
