/**
 * ExecuteMultiOperation: update-with-start, the one combination there is. Checks both operations before either
 * happens, and answers for each of them.
 */
import {
  AbortedError,
  InvalidArgumentError,
  MultiOperationExecutionError,
  OperationAbortedError,
  ServiceError,
  UpdateAbortedByClosingError,
} from '../../errors.js';
import type { NewRun } from '../../history/new-run.js';
import { failed, updateWithStart } from '../../history/update-with-start.js';
import { startedLink } from '../../history/started-link.js';
import type { UpdateWithStart } from '../../history/update-with-start.js';
import { waitForUpdate } from '../../history/update-workflow.js';
import type { UpdateStatus } from '../../history/update-registry.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import { newRunFromRequest } from '../start-request.js';
import type { StartContext } from '../start-request.js';
import { requireUpdate, updateResponse } from '../update-request.js';
import type { CheckedUpdate } from '../update-request.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IExecuteMultiOperationRequest;
type Response = temporal.api.workflowservice.v1.IExecuteMultiOperationResponse;
type StartRequest = temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest;
type UpdateRequest = temporal.api.workflowservice.v1.IUpdateWorkflowExecutionRequest;

/** An update that a closing workflow took down is sent once more, then to a new run. */
const MAXIMUM_TRIES = 2;

export const executeMultiOperation =
  ({ engine, namespaces, searchAttributes, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request, call) => {
    const namespace = namespaces.require(request.namespace);
    const [first, second, ...more] = request.operations ?? [];
    if (!first?.startWorkflow || !second?.updateWorkflow || more.length > 0) {
      throw new InvalidArgumentError('Operations have to be exactly [Start, Update].');
    }
    const start = first.startWorkflow;
    const context = { engine, searchAttributes, namespace };
    const { run, update } = requireOperations(context, start, second.updateWorkflow);
    const policies = {
      reusePolicy: start.workflowIdReusePolicy ?? 0,
      conflictPolicy: start.workflowIdConflictPolicy ?? 0,
    };
    for (let tries = 1; ; tries++) {
      const done = updateWithStart(engine, run, policies, update.request);
      try {
        const status = await waitForUpdate(done.update, update.stage, call.signal);
        await store.committed();
        return { responses: [startReply(done), updateReply(done, update, status)] };
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        const isRetried = error instanceof UpdateAbortedByClosingError && !done.started;
        if (!isRetried) throw failed('update', error, done.started);
        if (tries === MAXIMUM_TRIES) throw failed('update', new AbortedError(error.message));
      }
    }
  };

function requireOperations(
  context: StartContext,
  start: StartRequest,
  update: UpdateRequest,
): { readonly run: NewRun; readonly update: CheckedUpdate } {
  const checkedStart = attempt(() => startOperation(context, start));
  const checkedUpdate = attempt(() => updateOperation(context, update));
  const errors = [checkedStart, checkedUpdate].map((checked) =>
    checked instanceof ServiceError ? checked : undefined,
  );
  if (checkedStart instanceof ServiceError || checkedUpdate instanceof ServiceError) {
    throw new MultiOperationExecutionError(errors.map((error) => error ?? new OperationAbortedError()));
  }
  if (checkedStart.workflowId !== checkedUpdate.workflowId) {
    throw failed('update', new InvalidArgumentError('WorkflowId is not consistent with previous operation(s).'));
  }
  return { run: checkedStart, update: checkedUpdate };
}

function startOperation(context: StartContext, request: StartRequest): NewRun {
  const run = newRunFromRequest(context, request);
  if (request.cronSchedule) throw new InvalidArgumentError('CronSchedule is not allowed.');
  if (request.requestEagerExecution) throw new InvalidArgumentError('RequestEagerExecution is not supported.');
  if (run.firstWorkflowTaskBackoffMs > 0) throw new InvalidArgumentError('WorkflowStartDelay is not supported.');
  return run;
}

function updateOperation({ engine }: StartContext, request: UpdateRequest): CheckedUpdate {
  const update = requireUpdate(engine, request);
  if (request.firstExecutionRunId) throw new InvalidArgumentError('FirstExecutionRunId is not allowed.');
  if (update.runId !== '') throw new InvalidArgumentError('RunId is not allowed.');
  return update;
}

function startReply({
  context: { state },
  started,
  status,
}: UpdateWithStart): temporal.api.workflowservice.v1.ExecuteMultiOperationResponse.IResponse {
  const link = startedLink(state);
  return { startWorkflow: { runId: state.runId, started, status, link } };
}

function updateReply(
  { context }: UpdateWithStart,
  { updateId }: CheckedUpdate,
  status: UpdateStatus,
): temporal.api.workflowservice.v1.ExecuteMultiOperationResponse.IResponse {
  return { updateWorkflow: updateResponse(context, updateId, status) };
}

function attempt<T>(check: () => T): T | ServiceError {
  try {
    return check();
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}
