/** Scripts about update-with-start: what is started, which run gets the update, and what each operation is answered. */
import { temporalProto } from '../../../src/proto/root.js';
import type { temporal } from '../../../src/proto/root.js';
import type { Stage } from '../service-stage.js';
import { completeWorkflowExecution, payloads, seconds } from './commands.js';
import type { Scripts } from './script.js';
import { acceptUpdates, rejectUpdates, updateRequest } from './update-messages.js';

type Operation = temporal.api.workflowservice.v1.ExecuteMultiOperationRequest.IOperation;
type StartRequest = temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest;
type UpdateRequest = temporal.api.workflowservice.v1.IUpdateWorkflowExecutionRequest;

const {
  WorkflowIdConflictPolicy: Conflict,
  WorkflowIdReusePolicy: Reuse,
  UpdateWorkflowExecutionLifecycleStage: Lifecycle,
} = temporalProto.api.enums.v1;

const startOperation = (stage: Stage, rest: StartRequest = {}): Operation => ({
  startWorkflow: {
    ...stage.base,
    workflowId: stage.name,
    workflowType: { name: 'type' },
    taskQueue: { name: stage.name },
    requestId: `${stage.name}-start`,
    workflowIdConflictPolicy: Conflict.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
    ...rest,
  },
});

const updateOperation = (stage: Stage, updateId: string, rest: UpdateRequest = {}): Operation => ({
  updateWorkflow: updateRequest(updateId, { workflowExecution: { workflowId: stage.name }, ...rest }),
});

const execute = (stage: Stage, operations: Operation[]) =>
  stage.call('executeMultiOperation', { namespace: stage.namespace, operations });

const updateWithStart = (stage: Stage, updateId: string, start: StartRequest = {}, update: UpdateRequest = {}) =>
  execute(stage, [startOperation(stage, start), updateOperation(stage, updateId, update)]);

/** Answers the next task and notes which updates came with it. */
async function answer(stage: Stage, respond: typeof acceptUpdates = acceptUpdates): Promise<void> {
  const task = await stage.pollWorkflow();
  await stage.complete(task, [], respond(task));
}

const waitForCompleted = {
  waitPolicy: { lifecycleStage: Lifecycle.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED },
};

export const updateWithStartScripts: Scripts = {
  'update-with-start starts a workflow and updates it in its first task': async (stage) => {
    const waiting = updateWithStart(stage, 'u', {}, waitForCompleted);
    await answer(stage);
    await waiting;
    await stage.history();
    await stage.terminate();
  },
  'update-with-start again, after the update is done': async (stage) => {
    const waiting = updateWithStart(stage, 'u');
    await answer(stage);
    await waiting;
    await updateWithStart(stage, 'u');
    await updateWithStart(stage, 'u', { requestId: 'another' });
    await stage.terminate();
    await updateWithStart(stage, 'u', { requestId: 'another' });
    await stage.history();
  },
  'update-with-start uses a workflow that runs': async (stage) => {
    await stage.start({ requestId: 'before' });
    await stage.turn();
    await updateWithStart(stage, 'u');
    const waiting = updateWithStart(stage, 'u', {
      workflowIdConflictPolicy: Conflict.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
    });
    await answer(stage);
    await waiting;
    await stage.history();
    await stage.terminate();
  },
  'update-with-start joins an update that waits': async (stage) => {
    await stage.start({ requestId: 'before' });
    await stage.turn();
    const first = stage.call(
      'updateWorkflowExecution',
      updateRequest('u', { workflowExecution: { workflowId: stage.name } }),
    );
    const task = await stage.pollWorkflow();
    const second = updateWithStart(stage, 'u');
    await stage.settle();
    await stage.complete(task, [], acceptUpdates(task));
    await first;
    await second;
    await stage.terminate();
  },
  'update-with-start terminates a workflow that runs': async (stage) => {
    const runId = await stage.start({ requestId: 'before' });
    await stage.turn();
    const waiting = updateWithStart(stage, 'u', {
      workflowIdConflictPolicy: Conflict.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
    });
    await answer(stage);
    await waiting;
    await stage.history(stage.name, runId);
    await stage.history();
    await stage.terminate();
  },
  'update-with-start that the worker rejects': async (stage) => {
    const waiting = updateWithStart(stage, 'u', {}, waitForCompleted);
    await answer(stage, rejectUpdates);
    await waiting;
    await stage.history();
    await stage.terminate();
  },
  'update-with-start on an id that may not be used again': async (stage) => {
    await stage.start({ requestId: 'before' });
    await stage.turn([completeWorkflowExecution()]);
    await updateWithStart(stage, 'u', {
      workflowIdReusePolicy: Reuse.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
    });
  },
  'update-with-start whose workflow closes before it gets to the update': async (stage) => {
    const waiting = updateWithStart(stage, 'u');
    await stage.turn([completeWorkflowExecution()]);
    await waiting;
    await stage.history();
  },
  'update-with-start whose workflow was there and closes': async (stage) => {
    await stage.start({ requestId: 'before' });
    const task = await stage.pollWorkflow();
    const waiting = updateWithStart(stage, 'u', {
      workflowIdConflictPolicy: Conflict.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
    });
    await stage.settle();
    await stage.complete(task, [completeWorkflowExecution()]);
    await answer(stage);
    await waiting;
    await stage.history();
    await stage.terminate();
  },
  'update-with-start whose update is accepted by a workflow that then closes': async (stage) => {
    const waiting = updateWithStart(stage, 'u', {}, waitForCompleted);
    const task = await stage.pollWorkflow();
    const accepted = acceptUpdates(task, { isCompleted: false });
    await stage.complete(task, [], {
      ...accepted,
      commands: [...(accepted.commands ?? []), completeWorkflowExecution({ result: payloads(1) })],
    });
    await waiting;
    await stage.history();
  },
  'update-with-start of what makes no sense': async (stage) => {
    await execute(stage, []);
    await execute(stage, [startOperation(stage)]);
    await execute(stage, [updateOperation(stage, 'u'), startOperation(stage)]);
    await execute(stage, [startOperation(stage), updateOperation(stage, 'u'), updateOperation(stage, 'u')]);
    await updateWithStart(stage, 'u', { workflowType: {} });
    await updateWithStart(stage, 'u', { workflowType: {} }, { request: null });
    await updateWithStart(stage, 'u', { cronSchedule: '* * * * *' });
    await updateWithStart(stage, 'u', { requestEagerExecution: true });
    await updateWithStart(stage, 'u', { workflowStartDelay: seconds(1) });
    await updateWithStart(stage, 'u', {}, { firstExecutionRunId: 'run' });
    await updateWithStart(
      stage,
      'u',
      {},
      { workflowExecution: { workflowId: stage.name, runId: '00000000-0000-4000-8000-000000000000' } },
    );
    await updateWithStart(stage, 'u', {}, { workflowExecution: { workflowId: 'another' } });
    await updateWithStart(
      stage,
      'u',
      {},
      { waitPolicy: { lifecycleStage: Lifecycle.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED } },
    );
  },
};
