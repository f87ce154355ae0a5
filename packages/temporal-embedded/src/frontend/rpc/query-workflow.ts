/** QueryWorkflow: a worker answers from the workflow's state; closed workflows too. */
import { InvalidArgumentError } from '../../errors.js';
import { queryWorkflow as query } from '../../history/query-workflow.js';
import type { temporal } from '../../proto/root.js';
import { requireBlobSize, requireExecution } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IQueryWorkflowRequest;
type Response = temporal.api.workflowservice.v1.IQueryWorkflowResponse;

export const queryWorkflow =
  ({ engine, matching, namespaces, queryWaiters, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request, call) => {
    const namespace = namespaces.require(request.namespace);
    const { workflowId, runId } = requireExecution(request.execution);
    if (!request.query) throw new InvalidArgumentError('WorkflowQuery is not set on request.');
    if (!request.query.queryType) throw new InvalidArgumentError('QueryType is not set on request.');
    requireBlobSize(request.query.queryArgs, engine.limits);
    const context = engine.findRun(namespace.id, workflowId, runId);
    const response = await query(
      { engine, matching, waiters: queryWaiters },
      context,
      request.query,
      request.queryRejectCondition ?? 0,
      call.signal,
    );
    await store.committed();
    return response;
  };
