/** DeleteWorkflowExecution: takes a run out of the store; a running one is terminated first. */
import { deleteRun } from '../../history/delete-run.js';
import type { temporal } from '../../proto/root.js';
import { requireExecution } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IDeleteWorkflowExecutionRequest;
type Response = temporal.api.workflowservice.v1.IDeleteWorkflowExecutionResponse;

export const deleteWorkflowExecution =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const { workflowId, runId } = requireExecution(request.workflowExecution);
    const context = engine.findRun(namespace.id, workflowId, runId);
    deleteRun(engine, context);
    await store.committed();
    return {};
  };
