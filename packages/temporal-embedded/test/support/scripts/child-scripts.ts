/** Scripts about children: how they close, whose id they may have, what becomes of them when their parent closes. */
import { temporalProto } from '../../../src/proto/root.js';
import type { temporal } from '../../../src/proto/root.js';
import type { Stage } from '../service-stage.js';
import {
  cancelWorkflowExecution,
  completeWorkflowExecution,
  continueAsNewWorkflowExecution,
  failWorkflowExecution,
  failure,
  payload,
  payloads,
  requestCancelExternalWorkflowExecution,
  seconds,
  startChildWorkflowExecution,
} from './commands.js';
import type { Scripts } from './script.js';

type Attributes = temporal.api.command.v1.IStartChildWorkflowExecutionCommandAttributes;

const { ParentClosePolicy, WorkflowIdReusePolicy } = temporalProto.api.enums.v1;

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
const started = 'EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED';

export const childScripts: Scripts = {
  'a child has the priority of its parent, where it says none of its own': async (stage) => {
    await stage.start({ priority: { priorityKey: -1 }, workflowId: 'refused' });
    await stage.start({ priority: { fairnessKey: 'a'.repeat(65) }, workflowId: 'refused' });
    await stage.start({ priority: { fairnessWeight: -1 }, workflowId: 'refused' });
    await stage.start({ priority: { priorityKey: 2, fairnessKey: 'a', fairnessWeight: 3 } });
    await stage.turn([
      startChildWorkflowExecution({
        workflowId: 'refused',
        workflowType: { name: 'child' },
        priority: { priorityKey: -1 },
      }),
    ]);
    const child = { workflowType: { name: 'child' }, taskQueue: { name: `${stage.name}-children` } };
    await stage.turn([
      startChildWorkflowExecution({ ...child, workflowId: `${stage.name}-plain` }),
      startChildWorkflowExecution({ ...child, workflowId: `${stage.name}-own`, priority: { priorityKey: 1 } }),
    ]);
    await stage.until('EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED', { count: 2 });
    await stage.history(`${stage.name}-plain`);
    await stage.history(`${stage.name}-own`);
    await stage.terminate();
  },
  'a child completes': async (stage) => {
    await stage.start({ memo: { fields: { m: payload(1) } } });
    await stage.turn([
      {
        ...child(stage, {
          input: payloads('in'),
          header: { fields: { h: payload(1) } },
          memo: { fields: { cm: payload(2) } },
          control: 'control',
          workflowRunTimeout: seconds(100),
          workflowTaskTimeout: seconds(20),
          workflowExecutionTimeout: seconds(200),
          retryPolicy: { maximumAttempts: 2 },
        }),
        userMetadata: { summary: payload('s') },
      },
    ]);
    await stage.until(started);
    await stage.turn();
    await stage.describe();
    await stage.complete(await pollChild(stage), [completeWorkflowExecution({ result: payloads('out') })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
    await stage.history(childId(stage));
  },
  'a child fails': async (stage) => {
    await stage.start();
    await stage.turn([child(stage)]);
    await stage.until(started);
    await stage.turn();
    await stage.complete(await pollChild(stage), [failWorkflowExecution({ failure: failure('x', { type: 'T' }) })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a child is tried again': async (stage) => {
    await stage.start();
    await stage.turn([child(stage, { retryPolicy: { initialInterval: seconds(0.1), maximumAttempts: 2 } })]);
    await stage.until(started);
    await stage.turn();
    await stage.complete(await pollChild(stage), [failWorkflowExecution({ failure: failure('x', { type: 'T' }) })]);
    await stage.complete(await pollChild(stage), [failWorkflowExecution({ failure: failure('y', { type: 'T' }) })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
    await stage.history(childId(stage));
  },
  'a child is cancelled': async (stage) => {
    await stage.start();
    await stage.turn([child(stage)]);
    await stage.until(started);
    await stage.turn([
      requestCancelExternalWorkflowExecution({ workflowId: childId(stage), childWorkflowOnly: true, reason: 'why' }),
    ]);
    await stage.until('EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED');
    await stage.turn();
    const task = await pollChild(stage);
    await stage.complete(task, [cancelWorkflowExecution({ details: payloads('d') })]);
    await stage.until('EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED');
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
    await stage.history(childId(stage));
  },
  'a child is terminated': async (stage) => {
    await stage.start();
    await stage.turn([child(stage)]);
    await stage.until(started);
    await stage.turn();
    await stage.terminate(childId(stage));
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a child times out': async (stage) => {
    await stage.start();
    await stage.turn([child(stage, { workflowRunTimeout: seconds(1) })]);
    await stage.until(started);
    await stage.turn();
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a child continues as new': async (stage) => {
    await stage.start();
    await stage.turn([child(stage)]);
    await stage.until(started);
    await stage.turn();
    await stage.complete(await pollChild(stage), [
      continueAsNewWorkflowExecution({ workflowType: { name: 'child' }, taskQueue: childQueue(stage) }),
    ]);
    await stage.complete(await pollChild(stage), [completeWorkflowExecution({ result: payloads('out') })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
    await stage.history(childId(stage));
  },
  'a child with the id of a running workflow': async (stage) => {
    await stranger(stage);
    await stage.start();
    await stage.turn([child(stage, { control: 'control' })]);
    await stage.turn([
      child(stage, { workflowIdReusePolicy: WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE }),
    ]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
    await stage.terminate(childId(stage));
  },
  'a child takes a running workflow over': async (stage) => {
    await stranger(stage);
    await stage.start();
    await stage.turn([
      child(stage, { workflowIdReusePolicy: WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING }),
    ]);
    await stage.until(started);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a child with the id of a closed workflow, by policy': async (stage) => {
    await stranger(stage);
    await stage.complete(await pollChild(stage), [completeWorkflowExecution()]);
    await stage.start();
    await stage.turn([
      child(stage, { workflowIdReusePolicy: WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE }),
    ]);
    await stage.turn([
      child(stage, {
        workflowIdReusePolicy: WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
      }),
    ]);
    await stage.turn([child(stage)]);
    await stage.until(started);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a child in a namespace that does not exist': async (stage) => {
    await stage.start();
    await stage.turn([child(stage, { namespace: 'nowhere' })]);
    await stage.history();
    await stage.terminate();
  },
  'a workflow as its own child': async (stage) => {
    await stage.start();
    await stage.turn([child(stage, { workflowId: stage.name })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a parent completes, children follow their policies': async (stage) => {
    await stage.start();
    await stage.turn([
      child(stage, {
        workflowId: childId(stage, 1),
        parentClosePolicy: ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE,
      }),
      child(stage, { workflowId: childId(stage, 2), parentClosePolicy: ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON }),
      child(stage, {
        workflowId: childId(stage, 3),
        parentClosePolicy: ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL,
      }),
      child(stage, { workflowId: childId(stage, 4) }),
    ]);
    await stage.until(started, { count: 4 });
    await stage.turn([completeWorkflowExecution()]);
    await stage.untilClosed(childId(stage, 1));
    await stage.untilClosed(childId(stage, 4));
    await stage.until('EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED', { workflowId: childId(stage, 3) });
    for (const n of [1, 2, 3, 4]) await stage.history(childId(stage, n));
    await stage.terminate(childId(stage, 2));
    await stage.terminate(childId(stage, 3));
  },
  'a parent is terminated, children follow their policies': async (stage) => {
    await stage.start();
    await stage.turn([
      child(stage, {
        workflowId: childId(stage, 1),
        parentClosePolicy: ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE,
      }),
      child(stage, { workflowId: childId(stage, 2), parentClosePolicy: ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON }),
      child(stage, {
        workflowId: childId(stage, 3),
        parentClosePolicy: ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL,
      }),
    ]);
    await stage.until(started, { count: 3 });
    await stage.terminate();
    await stage.untilClosed(childId(stage, 1));
    await stage.until('EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED', { workflowId: childId(stage, 3) });
    for (const n of [1, 2, 3]) await stage.history(childId(stage, n));
    await stage.terminate(childId(stage, 2));
    await stage.terminate(childId(stage, 3));
  },
  'a parent continues as new, children follow their policies': async (stage) => {
    await stage.start();
    await stage.turn([
      child(stage, {
        workflowId: childId(stage, 1),
        parentClosePolicy: ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE,
      }),
      child(stage, { workflowId: childId(stage, 2), parentClosePolicy: ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON }),
    ]);
    await stage.until(started, { count: 2 });
    await stage.turn([continueAsNewWorkflowExecution({})]);
    await stage.untilClosed(childId(stage, 1));
    await stage.history(childId(stage, 1));
    await stage.complete(await stage.pollWorkflow(childQueue(stage)), [completeWorkflowExecution()]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'an abandoned child reports to a parent that has closed': async (stage) => {
    await stage.start();
    await stage.turn([child(stage, { parentClosePolicy: ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON })]);
    await stage.until(started);
    await stage.turn([completeWorkflowExecution()]);
    await stage.complete(await pollChild(stage), [completeWorkflowExecution()]);
    await stage.untilClosed(childId(stage));
    await stage.history();
    await stage.history(childId(stage));
  },
  'a parent that closes in the task that starts a child': async (stage) => {
    await stage.start();
    await stage.turn([
      child(stage, { parentClosePolicy: ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON }),
      completeWorkflowExecution(),
    ]);
    await stage.history();
    await stage.elapse(1);
    await stage.history(childId(stage)).catch((error: Error) => stage.transcript.note(error.message));
  },
  'a child closes while the task of its parent is out': async (stage) => {
    await stage.start();
    await stage.turn([child(stage)]);
    await stage.until(started);
    const task = await stage.pollWorkflow();
    await stage.signal('before');
    await stage.complete(await pollChild(stage), [completeWorkflowExecution()]);
    await stage.untilClosed(childId(stage));
    await stage.elapse(1);
    await stage.signal('after');
    await stage.complete(task);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'bad child attributes': async (stage) => {
    await stage.start({ workflowTaskTimeout: seconds(1) });
    for (const attributes of [
      { workflowId: '' },
      { workflowType: { name: '' } },
      { workflowType: null },
      { taskQueue: { name: `/_sys/x` } },
      { workflowId: 'i'.repeat(1001) },
      { workflowType: { name: 'i'.repeat(1001) } },
      { workflowExecutionTimeout: seconds(-1) },
      { workflowRunTimeout: seconds(-1) },
      { workflowTaskTimeout: seconds(-1) },
      { retryPolicy: { backoffCoefficient: 0.5 } },
      { cronSchedule: 'nonsense' },
      { searchAttributes: { indexedFields: { Nothing: payload(1) } } },
    ] as Attributes[]) {
      await stage.turn([child(stage, attributes)]);
      await stage.signal('next');
    }
    await stage.history();
    await stage.terminate();
  },
  "a child with search attributes without types, on its parent's queue": async (stage) => {
    await stage.start({ searchAttributes: { indexedFields: { Num: payload(3) } } });
    await stage.turn([child(stage, { taskQueue: null, searchAttributes: { indexedFields: { Num: payload(4) } } })]);
    await stage.until(started);
    await stage.history();
    await stage.history(childId(stage));
    await stage.terminate();
  },
};
