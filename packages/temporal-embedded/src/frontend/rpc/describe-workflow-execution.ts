/** DescribeWorkflowExecution: a run's state and what is pending in it. */
import { describeRun } from '../../history/describe-run.js';
import type { temporal } from '../../proto/root.js';
import { requireExecution } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionRequest;
type Response = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse;

export const describeWorkflowExecution =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const { workflowId, runId } = requireExecution(request.execution);
    const response = describeRun(engine.findRun(namespace.id, workflowId, runId).state, engine.clock.nowMs());
    await store.committed();
    return response;
  };
