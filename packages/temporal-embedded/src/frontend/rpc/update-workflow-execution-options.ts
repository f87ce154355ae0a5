/** UpdateWorkflowExecutionOptions: another versioning override for a run, or none any more. */
import { InvalidArgumentError } from '../../errors.js';
import { requireOptionsUpdate, updateWorkflowOptions } from '../../history/workflow-options.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IUpdateWorkflowExecutionOptionsRequest;
type Response = temporal.api.workflowservice.v1.IUpdateWorkflowExecutionOptionsResponse;

export const updateWorkflowExecutionOptions =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const { workflowId, runId } = request.workflowExecution ?? {};
    if (!workflowId) throw new InvalidArgumentError('WorkflowId is not set on request.');
    if (!request.updateMask) throw new InvalidArgumentError('UpdateMask is required');
    if (!request.workflowExecutionOptions) throw new InvalidArgumentError('WorkflowExecutionOptions is required');
    requireOptionsUpdate(request, 'error parsing UpdateMask');
    const namespace = namespaces.require(request.namespace);
    const context = engine.findRun(namespace.id, workflowId, runId ?? '');
    const workflowExecutionOptions = updateWorkflowOptions(engine, context, request);
    await store.committed();
    return { workflowExecutionOptions };
  };
