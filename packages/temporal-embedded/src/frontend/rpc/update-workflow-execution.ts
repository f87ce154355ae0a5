/** UpdateWorkflowExecution: sends an update and waits until it has come as far as the caller wants. */
import { InvalidArgumentError, NotFoundError } from '../../errors.js';
import { admitUpdate, waitForUpdate } from '../../history/update-workflow.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { checkLength, requireExecution } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IUpdateWorkflowExecutionRequest;
type Response = temporal.api.workflowservice.v1.IUpdateWorkflowExecutionResponse;

const Stage = temporalProto.api.enums.v1.UpdateWorkflowExecutionLifecycleStage;

export const updateWorkflowExecution =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request, call) => {
    const namespace = namespaces.require(request.namespace);
    const { workflowId, runId } = requireExecution(request.workflowExecution);
    const update = request.request;
    if (!update?.meta) throw new InvalidArgumentError('Update meta is not set on request.');
    const updateId = checkLength(update.meta.updateId, 'UpdateId') || engine.ids.uuid();
    if (!update.input) throw new InvalidArgumentError('Update input is not set on request.');
    if (!update.input.name) throw new InvalidArgumentError('Update name is not set on request.');
    const stage = request.waitPolicy?.lifecycleStage || Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED;
    if (stage === Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED) {
      throw new InvalidArgumentError('UpdateWorkflowExecution operation is not supported with ADMITTED wait stage.');
    }
    const context = engine.findRun(namespace.id, workflowId, runId);
    const { firstExecutionRunId } = request;
    if (firstExecutionRunId && context.state.info.firstExecutionRunId !== firstExecutionRunId) {
      throw new NotFoundError('workflow execution not found');
    }
    const admitted = admitUpdate(engine, context, { ...update, meta: { ...update.meta, updateId } });
    const status = await waitForUpdate(admitted, stage, call.signal);
    await store.committed();
    return {
      updateRef: { workflowExecution: { workflowId, runId: context.state.runId }, updateId },
      outcome: status.outcome,
      stage: status.stage,
    };
  };
