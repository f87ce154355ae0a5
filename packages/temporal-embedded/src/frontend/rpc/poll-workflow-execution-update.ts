/** PollWorkflowExecutionUpdate: waits for an update that was sent before. */
import { InvalidArgumentError, NotFoundError } from '../../errors.js';
import { findUpdate, waitForUpdate } from '../../history/update-workflow.js';
import type { temporal } from '../../proto/root.js';
import { requireExecution } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IPollWorkflowExecutionUpdateRequest;
type Response = temporal.api.workflowservice.v1.IPollWorkflowExecutionUpdateResponse;

export const pollWorkflowExecutionUpdate =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request, call) => {
    const namespace = namespaces.require(request.namespace);
    if (!request.updateRef) throw new InvalidArgumentError('UpdateRef is not set on request.');
    const { workflowId, runId } = requireExecution(request.updateRef.workflowExecution);
    const updateId = request.updateRef.updateId ?? '';
    const context = engine.findRun(namespace.id, workflowId, runId);
    const update = findUpdate(engine, context, updateId);
    if (!update) throw new NotFoundError(`update "${updateId}" not found`);
    const status = await waitForUpdate(update, request.waitPolicy?.lifecycleStage ?? 0, call.signal);
    await store.committed();
    return {
      updateRef: { workflowExecution: { workflowId, runId: context.state.runId }, updateId },
      outcome: status.outcome,
      stage: status.stage,
    };
  };
