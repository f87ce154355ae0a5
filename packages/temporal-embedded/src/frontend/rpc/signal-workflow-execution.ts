/** SignalWorkflowExecution: an event for a running workflow. */
import { signalRun } from '../../history/run-requests.js';
import type { temporal } from '../../proto/root.js';
import { checkLength, requireBlobSize, requireExecution, requireName } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.ISignalWorkflowExecutionRequest;
type Response = temporal.api.workflowservice.v1.ISignalWorkflowExecutionResponse;

export const signalWorkflowExecution =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const { workflowId, runId } = requireExecution(request.workflowExecution);
    const signalName = requireName(request.signalName, 'SignalName');
    requireBlobSize(request.input, engine.limits);
    signalRun(engine, engine.findRun(namespace.id, workflowId, runId), {
      signalName,
      input: request.input ?? null,
      header: request.header ?? null,
      identity: checkLength(request.identity, 'Identity'),
      requestId: checkLength(request.requestId, 'RequestId'),
      links: request.links ?? [],
    });
    await store.committed();
    return {};
  };
