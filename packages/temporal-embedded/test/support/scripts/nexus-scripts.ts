/** Scripts about Nexus operations: a caller workflow, an endpoint, and a worker that handles what comes to its queue. */
import { int64FromNumber } from '../../../src/proto/int64.js';
import { temporalProto } from '../../../src/proto/root.js';
import type { temporal } from '../../../src/proto/root.js';
import type { NexusTask, Stage } from '../service-stage.js';
import {
  cancelWorkflowExecution,
  completeWorkflowExecution,
  continueAsNewWorkflowExecution,
  failWorkflowExecution,
  failure,
  payload,
  payloads,
  requestCancelNexusOperation,
  scheduleNexusOperation,
  seconds,
} from './commands.js';
import type { Scripts } from './script.js';

type StartRequest = temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest;
type Attributes = temporal.api.command.v1.IScheduleNexusOperationCommandAttributes;

const { NexusHandlerErrorRetryBehavior: RetryBehavior, WorkflowIdConflictPolicy } = temporalProto.api.enums.v1;

const endpointName = (stage: Stage) => `${stage.name}-endpoint`;
const handlerId = (stage: Stage) => `${stage.name}-handler`;
const handlerQueue = (stage: Stage) => ({ name: `${stage.name}-handlers` });

/** An endpoint whose requests come to the script's own task queue. */
const createEndpoint = (stage: Stage, isQuiet = true) =>
  stage.operator(
    'createNexusEndpoint',
    {
      spec: {
        name: endpointName(stage),
        target: { worker: { namespace: stage.namespace, taskQueue: stage.name } },
      },
    },
    { isQuiet },
  );

const operation = (stage: Stage, rest: Attributes = {}) =>
  scheduleNexusOperation({
    endpoint: endpointName(stage),
    service: 'service',
    operation: 'operation',
    input: payload('in'),
    ...rest,
  });

/** A caller that has scheduled an operation: event 5. */
async function schedule(stage: Stage, rest: Attributes = {}, start: StartRequest = {}): Promise<void> {
  await createEndpoint(stage);
  await stage.start(start);
  await stage.turn([operation(stage, rest)]);
}

const succeed = (value: unknown, links: temporal.api.nexus.v1.ILink[] = []): temporal.api.nexus.v1.IResponse => ({
  startOperation: { syncSuccess: { payload: payload(value), links } },
});
const startAsync = (
  operationToken: string,
  links: temporal.api.nexus.v1.ILink[] = [],
): temporal.api.nexus.v1.IResponse => ({ startOperation: { asyncSuccess: { operationToken, links } } });
const endUnsuccessfully = (
  operationState: string,
  nexusFailure: temporal.api.nexus.v1.IFailure,
): temporal.api.nexus.v1.IResponse => ({
  startOperation: { operationError: { operationState, failure: nexusFailure } },
});
const details = (value: unknown) => Buffer.from(JSON.stringify(value));

/** Starts the workflow that stands behind an operation, as an SDK's handler does. */
function startHandler(stage: Stage, task: NexusTask, rest: StartRequest = {}) {
  const request = task.request?.startOperation ?? {};
  return stage.start({
    workflowId: handlerId(stage),
    taskQueue: handlerQueue(stage),
    requestId: request.requestId ?? '',
    completionCallbacks: [
      {
        nexus: {
          url: request.callback ?? '',
          header: { ...request.callbackHeader, 'nexus-operation-token': 'token' },
        },
      },
    ],
    ...rest,
  });
}
const pollHandler = (stage: Stage) => stage.pollWorkflow(handlerQueue(stage));

/** An operation whose handler workflow has started; gives the handler's run id. */
async function startedByWorkflow(stage: Stage, rest: Attributes = {}, start: StartRequest = {}): Promise<string> {
  await schedule(stage, rest);
  const task = await stage.pollNexus();
  const runId = await startHandler(stage, task, start);
  await stage.completeNexus(task, startAsync('token'));
  await stage.until('EVENT_TYPE_NEXUS_OPERATION_STARTED');
  await stage.turn();
  return runId;
}

/** The caller goes on from its events up to this one. */
const reset = (stage: Stage, lastEventId: number) =>
  stage.call('resetWorkflowExecution', {
    ...stage.base,
    workflowExecution: { workflowId: stage.name },
    workflowTaskFinishEventId: int64FromNumber(lastEventId + 1),
    requestId: `${stage.name}-reset`,
    reason: 'why',
  });

/** What the caller and the handler have in the end. */
async function bothHistories(stage: Stage): Promise<void> {
  await stage.history();
  await stage.describe(handlerId(stage));
  await stage.history(handlerId(stage));
}

export const nexusScripts: Scripts = {
  'a Nexus operation that completes at once': async (stage) => {
    await schedule(stage, { nexusHeader: { Key: 'value' }, scheduleToCloseTimeout: seconds(60) });
    await stage.describe();
    const task = await stage.pollNexus();
    await stage.completeNexus(
      task,
      succeed('out', [
        {
          url: 'temporal:///namespaces/default/workflows/w%2F1/r/history?eventID=1&eventType=WorkflowExecutionStarted&referenceType=EventReference',
          type: 'temporal.api.common.v1.Link.WorkflowEvent',
        },
        { url: 'http://somewhere', type: 'else' },
      ]),
    );
    await stage.completeNexus(task, succeed('again'));
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a Nexus operation with no input and no result': async (stage) => {
    await schedule(stage, { input: null });
    await stage.completeNexus(await stage.pollNexus(), { startOperation: { syncSuccess: {} } });
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a Nexus operation that fails at once': async (stage) => {
    await schedule(stage);
    await stage.completeNexus(
      await stage.pollNexus(),
      endUnsuccessfully('failed', { message: 'bad', metadata: { key: 'value' }, details: details({ b: [1], a: '<' }) }),
    );
    await stage.turn([operation(stage)]);
    await stage.completeNexus(
      await stage.pollNexus(),
      endUnsuccessfully('failed', {
        message: 'typed',
        metadata: { type: 'temporal.api.failure.v1.Failure' },
        details: details({ applicationFailureInfo: { type: 'T', nonRetryable: true } }),
      }),
    );
    await stage.turn([operation(stage)]);
    await stage.completeNexus(await stage.pollNexus(), endUnsuccessfully('failed', { message: 'plain' }));
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a Nexus operation that is canceled at once': async (stage) => {
    await schedule(stage);
    await stage.completeNexus(await stage.pollNexus(), endUnsuccessfully('canceled', { message: 'stop' }));
    await stage.turn([operation(stage)]);
    await stage.completeNexus(
      await stage.pollNexus(),
      endUnsuccessfully('canceled', {
        message: 'typed',
        metadata: { type: 'temporal.api.failure.v1.Failure' },
        details: details({ canceledFailureInfo: { details: { payloads: [{ data: 'ZA==' }] } } }),
      }),
    );
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a Nexus handler that refuses': async (stage) => {
    await schedule(stage);
    await stage.failNexus(await stage.pollNexus(), {
      errorType: 'BAD_REQUEST',
      failure: { message: 'no', metadata: { key: 'value' }, details: details('d') },
    });
    await stage.turn([operation(stage)]);
    await stage.failNexus(await stage.pollNexus(), {
      errorType: 'INTERNAL',
      retryBehavior: RetryBehavior.NEXUS_HANDLER_ERROR_RETRY_BEHAVIOR_NON_RETRYABLE,
      failure: {
        message: 'typed',
        metadata: { type: 'temporal.api.failure.v1.Failure' },
        details: details({ applicationFailureInfo: { type: 'T' } }),
      },
    });
    await stage.turn([operation(stage)]);
    await stage.failNexus(await stage.pollNexus(), { errorType: 'NOT_IMPLEMENTED' });
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a Nexus handler that fails is asked again': async (stage) => {
    await schedule(stage);
    await stage.failNexus(await stage.pollNexus(), { errorType: 'INTERNAL', failure: { message: 'not now' } });
    await stage.until('EVENT_TYPE_WORKFLOW_TASK_COMPLETED');
    const again = await stage.pollNexus();
    await stage.describe();
    await stage.failNexus(again, {
      errorType: 'NOT_FOUND',
      retryBehavior: RetryBehavior.NEXUS_HANDLER_ERROR_RETRY_BEHAVIOR_RETRYABLE,
      failure: { message: 'later' },
    });
    await stage.completeNexus(await stage.pollNexus(), succeed('out'));
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a Nexus handler that answers what nobody expects is asked again': async (stage) => {
    await schedule(stage);
    await stage.failNexus(await stage.pollNexus(), { errorType: 'WHATEVER', failure: { message: 'odd' } });
    const again = await stage.pollNexus();
    await stage.describe();
    await stage.completeNexus(again, { startOperation: {} });
    const third = await stage.pollNexus();
    await stage.describe();
    await stage.completeNexus(third, succeed('out'));
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'answers to Nexus tasks that are refused': async (stage) => {
    await schedule(stage);
    const task = await stage.pollNexus();
    await stage.completeNexus(task, startAsync(''));
    await stage.completeNexus(task, startAsync('t'.repeat(4097)));
    await stage.completeNexus(task, endUnsuccessfully('failed', { message: 'bad', details: Buffer.from('no json') }));
    await stage.failNexus(task, { errorType: 'INTERNAL', failure: { details: Buffer.from('no json') } });
    await stage.completeNexus({ taskToken: Buffer.from('garbage') }, succeed('out'));
    await stage.completeNexus({}, succeed('out'));
    await stage.failNexus({}, {});
    await stage.completeNexus(task, succeed('out'));
    await stage.failNexus(task, { errorType: 'INTERNAL' });
    await stage.call('pollNexusTaskQueue', { ...stage.base, taskQueue: {} });
    await stage.call('pollNexusTaskQueue', { ...stage.base });
    await stage.terminate();
  },
  'a Nexus operation behind which a workflow completes': async (stage) => {
    await startedByWorkflow(stage);
    await stage.describe();
    await stage.describe(handlerId(stage));
    await stage.complete(await pollHandler(stage), [completeWorkflowExecution({ result: payloads('out') })]);
    await stage.turn([completeWorkflowExecution()]);
    await bothHistories(stage);
  },
  'a Nexus operation behind which a workflow completes without a result': async (stage) => {
    await startedByWorkflow(stage);
    await stage.complete(await pollHandler(stage), [completeWorkflowExecution()]);
    await stage.turn([completeWorkflowExecution()]);
    await bothHistories(stage);
  },
  'a Nexus operation behind which a workflow fails': async (stage) => {
    await startedByWorkflow(stage);
    await stage.complete(await pollHandler(stage), [
      failWorkflowExecution({ failure: failure('bad', { type: 'T', details: payloads('d') }) }),
    ]);
    await stage.turn([completeWorkflowExecution()]);
    await bothHistories(stage);
  },
  'a Nexus operation behind which a workflow is canceled': async (stage) => {
    await startedByWorkflow(stage);
    await stage.complete(await pollHandler(stage), [cancelWorkflowExecution({ details: payloads('d') })]);
    await stage.turn([completeWorkflowExecution()]);
    await bothHistories(stage);
  },
  'a Nexus operation behind which a workflow is terminated': async (stage) => {
    await startedByWorkflow(stage);
    await stage.complete(await pollHandler(stage));
    await stage.terminate(handlerId(stage));
    await stage.turn([completeWorkflowExecution()]);
    await bothHistories(stage);
  },
  'a Nexus operation behind which a workflow times out': async (stage) => {
    await startedByWorkflow(stage, {}, { workflowRunTimeout: seconds(4) });
    await stage.complete(await pollHandler(stage));
    await stage.turn([completeWorkflowExecution()]);
    await bothHistories(stage);
  },
  'a Nexus operation behind which a workflow continues as new': async (stage) => {
    const runId = await startedByWorkflow(stage);
    // A run of less than a second is followed only after the rest of it.
    await stage.elapse(1);
    await stage.complete(await pollHandler(stage), [
      continueAsNewWorkflowExecution({ workflowType: { name: 'type' }, taskQueue: handlerQueue(stage) }),
    ]);
    await stage.describe(handlerId(stage), runId);
    await stage.complete(await pollHandler(stage), [completeWorkflowExecution({ result: payloads('out') })]);
    await stage.turn([completeWorkflowExecution()]);
    await bothHistories(stage);
  },
  'a Nexus operation behind which a workflow is tried again': async (stage) => {
    const retryPolicy = { initialInterval: seconds(1), maximumAttempts: 2 };
    const runId = await startedByWorkflow(stage, {}, { retryPolicy });
    await stage.complete(await pollHandler(stage), [failWorkflowExecution({ failure: failure('bad') })]);
    await stage.describe(handlerId(stage), runId);
    await stage.complete(await pollHandler(stage), [failWorkflowExecution({ failure: failure('worse') })]);
    await stage.turn([completeWorkflowExecution()]);
    await bothHistories(stage);
  },
  'a Nexus operation that completes before its handler says that it has started': async (stage) => {
    await schedule(stage);
    const task = await stage.pollNexus();
    await startHandler(stage, task);
    await stage.complete(await pollHandler(stage), [completeWorkflowExecution({ result: payloads('out') })]);
    await stage.until('EVENT_TYPE_NEXUS_OPERATION_COMPLETED');
    await stage.completeNexus(task, startAsync('late'));
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a Nexus operation that completes while the caller is busy': async (stage) => {
    await startedByWorkflow(stage);
    await stage.signal('wake');
    const task = await stage.pollWorkflow();
    await stage.complete(await pollHandler(stage), [completeWorkflowExecution({ result: payloads('out') })]);
    await stage.signal('after');
    await stage.complete(task, [requestCancelNexusOperation(5)]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'workflows that join one that stands behind a Nexus operation': async (stage) => {
    await schedule(stage);
    const task = await stage.pollNexus();
    await stage.start({ workflowId: handlerId(stage), taskQueue: handlerQueue(stage), requestId: 'first' });
    const joining = {
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
      onConflictOptions: { attachRequestId: true, attachCompletionCallbacks: true, attachLinks: true },
    };
    await startHandler(stage, task, joining);
    await startHandler(stage, task, joining);
    await startHandler(stage, task, { ...joining, onConflictOptions: { attachCompletionCallbacks: true } });
    await stage.describe(handlerId(stage));
    await stage.complete(await pollHandler(stage), [completeWorkflowExecution({ result: payloads('out') })]);
    await stage.turn([completeWorkflowExecution()]);
    await bothHistories(stage);
  },
  'completion callbacks that are refused': async (stage) => {
    const callback = (url: string) => stage.start({ completionCallbacks: [{ nexus: { url } }] });
    await callback('ftp://127.0.0.1/');
    await callback('http://elsewhere:1/');
    await callback(`http://127.0.0.1/${'u'.repeat(1000)}`);
    await stage.start({ completionCallbacks: [{}] });
    await stage.start({ completionCallbacks: Array.from({ length: 33 }, () => ({ nexus: { url: 'http://a/' } })) });
  },
  'a Nexus operation that is canceled by its caller': async (stage) => {
    await startedByWorkflow(stage);
    await stage.signal('wake');
    await stage.turn([requestCancelNexusOperation(5)]);
    const task = await stage.pollNexus();
    await stage.describe();
    await stage.completeNexus(task, { cancelOperation: {} });
    await stage.until('EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED');
    await stage.describe();
    await stage.turn();
    await stage.complete(await pollHandler(stage), [cancelWorkflowExecution()]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a Nexus operation that is canceled before it has started': async (stage) => {
    await schedule(stage);
    await stage.signal('wake');
    await stage.turn([requestCancelNexusOperation(5)]);
    await stage.describe();
    await stage.completeNexus(await stage.pollNexus(), startAsync('token'));
    await stage.completeNexus(await stage.pollNexus(), { cancelOperation: {} });
    await stage.until('EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED');
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a Nexus handler that refuses to cancel': async (stage) => {
    await schedule(stage);
    await stage.completeNexus(await stage.pollNexus(), startAsync('token'));
    await stage.turn([requestCancelNexusOperation(5)]);
    await stage.failNexus(await stage.pollNexus(), { errorType: 'INTERNAL', failure: { message: 'not now' } });
    const again = await stage.pollNexus();
    await stage.describe();
    await stage.failNexus(again, { errorType: 'NOT_FOUND', failure: { message: 'who?' } });
    await stage.until('EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_FAILED');
    await stage.describe();
    await stage.turn();
    await stage.history();
    await stage.terminate();
  },
  'a Nexus operation that is canceled by a caller that closes': async (stage) => {
    await schedule(stage);
    await stage.completeNexus(await stage.pollNexus(), startAsync('token'));
    await stage.turn([requestCancelNexusOperation(5), cancelWorkflowExecution()]);
    await stage.history();
  },
  'a Nexus operation that is out of time': async (stage) => {
    await schedule(stage, { scheduleToCloseTimeout: seconds(1) });
    await stage.until('EVENT_TYPE_NEXUS_OPERATION_TIMED_OUT');
    await stage.turn([operation(stage, { scheduleToCloseTimeout: seconds(2) })]);
    await stage.completeNexus(await stage.pollNexus(), startAsync('token'));
    await stage.turn();
    await stage.until('EVENT_TYPE_NEXUS_OPERATION_TIMED_OUT', { count: 2 });
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a Nexus operation is not given more time than its caller': async (stage) => {
    await schedule(stage, { scheduleToCloseTimeout: seconds(100) }, { workflowRunTimeout: seconds(50) });
    await stage.completeNexus(await stage.pollNexus(), startAsync('token'));
    await stage.turn([operation(stage)]);
    await stage.terminate();
    await stage.history();
  },
  'a Nexus endpoint that is gone': async (stage) => {
    const created = await createEndpoint(stage);
    await stage.start();
    await stage.turn([operation(stage)]);
    await stage.failNexus(await stage.pollNexus(), { errorType: 'INTERNAL', failure: { message: 'not now' } });
    await stage.operator('deleteNexusEndpoint', {
      id: created?.endpoint?.id ?? '',
      version: created?.endpoint?.version ?? null,
    });
    await stage.until('EVENT_TYPE_NEXUS_OPERATION_FAILED');
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'bad Nexus commands': async (stage) => {
    await createEndpoint(stage);
    await stage.start({ workflowTaskTimeout: seconds(1) });
    for (const command of [
      scheduleNexusOperation(null),
      operation(stage, { endpoint: 'nowhere' }),
      operation(stage, { service: 's'.repeat(1001) }),
      operation(stage, { operation: 'o'.repeat(1001) }),
      operation(stage, { scheduleToCloseTimeout: seconds(-1) }),
      operation(stage, { nexusHeader: { 'Request-Timeout': '1s' } }),
      operation(stage, { nexusHeader: { key: 'v'.repeat(4096) } }),
      { commandType: 18 as const },
      requestCancelNexusOperation(99),
    ]) {
      await stage.turn([command]);
      await stage.signal('next');
    }
    await stage.history();
    await stage.terminate();
  },
  'a Nexus operation whose caller has closed': async (stage) => {
    await startedByWorkflow(stage);
    await stage.terminate();
    await stage.complete(await pollHandler(stage), [completeWorkflowExecution({ result: payloads('out') })]);
    await stage.untilClosed(handlerId(stage));
    await bothHistories(stage);
  },
  'a workflow whose completion belongs to nobody': async (stage) => {
    await schedule(stage);
    const task = await stage.pollNexus();
    const request = task.request?.startOperation ?? {};
    const nexus = { url: request.callback ?? '', header: { 'temporal-callback-token': 'garbage' } };
    await stage.start({
      workflowId: handlerId(stage),
      taskQueue: handlerQueue(stage),
      requestId: 'one',
      completionCallbacks: [{ nexus }],
    });
    await stage.completeNexus(task, succeed('out'));
    await stage.complete(await pollHandler(stage), [completeWorkflowExecution()]);
    await stage.elapse(1);
    await stage.describe(handlerId(stage));
    await stage.terminate();
  },
  'a Nexus operation that is started for a caller that closes': async (stage) => {
    await createEndpoint(stage);
    await stage.start();
    await stage.turn([operation(stage), completeWorkflowExecution()]);
    await stage.history();
  },
  'Nexus endpoints are created, updated, listed and deleted': async (stage) => {
    const description = payload('about');
    const worker = { namespace: stage.namespace, taskQueue: 'queue' };
    const name = endpointName(stage);
    const created = await stage.operator('createNexusEndpoint', { spec: { name, description, target: { worker } } });
    const id = created?.endpoint?.id ?? '';
    await stage.operator('createNexusEndpoint', { spec: { name, target: { worker } } });
    await stage.operator('getNexusEndpoint', { id });
    const external = { url: 'https://somewhere:1/path' };
    const version = created?.endpoint?.version ?? null;
    await stage.operator('listNexusEndpoints', { name });
    // Quiet: the official server forgets when the endpoint was created.
    await stage.operator(
      'updateNexusEndpoint',
      { id, version, spec: { name, target: { external } } },
      { isQuiet: true },
    );
    await stage.operator('updateNexusEndpoint', { id, version, spec: { name, target: { external } } });
    await stage.operator('listNexusEndpoints', { name: 'nobody' });
    await stage.operator('deleteNexusEndpoint', { id, version });
    await stage.operator('getNexusEndpoint', { id });
    await stage.operator('deleteNexusEndpoint', { id, version });
    await stage.operator('updateNexusEndpoint', { id, version, spec: { name, target: { external } } });
  },
  'requests about Nexus endpoints that are refused': async (stage) => {
    const worker = { namespace: stage.namespace, taskQueue: 'queue' };
    const target = { worker };
    const create = (spec: temporal.api.nexus.v1.IEndpointSpec) => stage.operator('createNexusEndpoint', { spec });
    await stage.operator('createNexusEndpoint', {});
    await create({ target });
    await create({ name: 'e' });
    await create({ name: '1nvalid name', target });
    await create({ name: 'n'.repeat(201), target });
    await create({ name: 'name', target: {} });
    await create({ name: 'name', target: { worker: {} } });
    await create({ name: 'name', target: { worker: { namespace: 'nowhere', taskQueue: 'q' } } });
    await create({ name: 'name', target: { worker: { ...worker, taskQueue: '/_sys/q' } } });
    await create({ name: 'name', target: { worker: { ...worker, taskQueue: 'q'.repeat(1001) } } });
    await create({ name: 'name', target: { external: {} } });
    await create({ name: 'name', target: { external: { url: 'ftp://somewhere' } } });
    await create({ name: 'name', target: { external: { url: `http://${'u'.repeat(4100)}` } } });
    await create({ name: 'name', description: payload('d'.repeat(20_001)), target });
    await stage.operator('getNexusEndpoint', {});
    await stage.operator('getNexusEndpoint', { id: 'no uuid' });
    await stage.operator('getNexusEndpoint', { id: '3f0ab1d0-4a5f-4f6c-9b1e-3b8f6c1d2e3f' });
    await stage.operator('deleteNexusEndpoint', {});
    await stage.operator('deleteNexusEndpoint', { id: 'no uuid' });
    await stage.operator('listNexusEndpoints', { pageSize: -1 });
    await stage.operator('listNexusEndpoints', { pageSize: 1001 });
  },
  'a Nexus operation that is canceled twice': async (stage) => {
    await schedule(stage);
    await stage.signal('wake');
    await stage.turn([requestCancelNexusOperation(5)]);
    await stage.signal('wake');
    await stage.turn([requestCancelNexusOperation(5)]);
    await stage.history();
    await stage.terminate();
  },
  'a reset of a caller whose Nexus operation goes on': async (stage) => {
    await startedByWorkflow(stage);
    await reset(stage, 8);
    await stage.turn();
    await stage.describe();
    await stage.complete(await pollHandler(stage), [completeWorkflowExecution({ result: payloads('out') })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
    await stage.describe(handlerId(stage));
  },
  'a reset of a caller whose Nexus operation has completed': async (stage) => {
    await startedByWorkflow(stage);
    await stage.complete(await pollHandler(stage), [completeWorkflowExecution({ result: payloads('out') })]);
    await stage.turn();
    await reset(stage, 8);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a reset of a caller whose Nexus operation has not started': async (stage) => {
    await schedule(stage);
    const task = await stage.pollNexus();
    await stage.signal('wake');
    await stage.turn();
    await reset(stage, 8);
    await stage.turn();
    await stage.completeNexus(await stage.pollNexus(), succeed('out'));
    await stage.completeNexus(task, succeed('late'));
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
  'a reset of a workflow that stands behind a Nexus operation': async (stage) => {
    const runId = await startedByWorkflow(stage);
    await stage.complete(await pollHandler(stage));
    await stage.call('resetWorkflowExecution', {
      ...stage.base,
      workflowExecution: { workflowId: handlerId(stage), runId },
      workflowTaskFinishEventId: int64FromNumber(4),
      requestId: `${stage.name}-reset`,
      reason: 'why',
    });
    await stage.describe(handlerId(stage), runId);
    await stage.complete(await pollHandler(stage), [completeWorkflowExecution({ result: payloads('out') })]);
    await stage.turn([completeWorkflowExecution()]);
    await stage.history();
  },
};
