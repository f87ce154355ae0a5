/** UpdateWorkflowExecution: sends an update and waits until it has come as far as the caller wants. */
import { NotFoundError } from '../../errors.js';
import { admitUpdate, waitForUpdate } from '../../history/update-workflow.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import { requireUpdate, updateResponse } from '../update-request.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IUpdateWorkflowExecutionRequest;
type Response = temporal.api.workflowservice.v1.IUpdateWorkflowExecutionResponse;

export const updateWorkflowExecution =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request, call) => {
    const namespace = namespaces.require(request.namespace);
    const update = requireUpdate(engine, request);
    const context = engine.findRun(namespace.id, update.workflowId, update.runId);
    const { firstExecutionRunId } = request;
    if (firstExecutionRunId && context.state.info.firstExecutionRunId !== firstExecutionRunId) {
      throw new NotFoundError('workflow execution not found');
    }
    const admitted = admitUpdate(engine, context, update.request);
    const status = await waitForUpdate(admitted, update.stage, call.signal);
    await store.committed();
    return updateResponse(context, update.updateId, status);
  };
