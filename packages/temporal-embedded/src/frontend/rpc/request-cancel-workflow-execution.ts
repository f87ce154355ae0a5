/** RequestCancelWorkflowExecution: asks a running workflow to end; it decides how. */
import { CancellationAlreadyRequestedError, NotFoundError } from '../../errors.js';
import { requestCancelRun } from '../../history/run-requests.js';
import type { temporal } from '../../proto/root.js';
import { checkLength, requireExecution } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IRequestCancelWorkflowExecutionRequest;
type Response = temporal.api.workflowservice.v1.IRequestCancelWorkflowExecutionResponse;

export const requestCancelWorkflowExecution =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const { workflowId, runId } = requireExecution(request.workflowExecution);
    const context = engine.findRun(namespace.id, workflowId, runId);
    const { firstExecutionRunId } = request;
    if (firstExecutionRunId && context.state.info.firstExecutionRunId !== firstExecutionRunId) {
      throw new NotFoundError('workflow execution not found');
    }
    try {
      requestCancelRun(engine, context, {
        reason: request.reason ?? '',
        identity: checkLength(request.identity, 'Identity'),
        requestId: checkLength(request.requestId, 'RequestId'),
        links: request.links ?? [],
      });
    } catch (error) {
      // Asking twice is no mistake: the workflow has been asked, which is what the caller wants.
      if (!(error instanceof CancellationAlreadyRequestedError)) throw error;
    }
    await store.committed();
    return {};
  };
