/** TerminateWorkflowExecution: ends a running workflow at once. */
import { NotFoundError } from '../../errors.js';
import { requireRunning } from '../../history/run-requests.js';
import { terminateWorkflow } from '../../history/workflow-close.js';
import type { temporal } from '../../proto/root.js';
import { checkLength, requireExecution } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.ITerminateWorkflowExecutionRequest;
type Response = temporal.api.workflowservice.v1.ITerminateWorkflowExecutionResponse;

export const terminateWorkflowExecution =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const { workflowId, runId } = requireExecution(request.workflowExecution);
    const context = engine.findRun(namespace.id, workflowId, runId);
    const { firstExecutionRunId } = request;
    if (firstExecutionRunId && context.state.info.firstExecutionRunId !== firstExecutionRunId) {
      throw new NotFoundError('workflow execution not found');
    }
    requireRunning(context);
    engine.transact(context, (tx) =>
      terminateWorkflow(tx, {
        reason: request.reason ?? '',
        details: request.details ?? null,
        identity: checkLength(request.identity, 'Identity'),
        links: request.links ?? [],
      }),
    );
    await store.committed();
    return {};
  };
