/** ResetWorkflowExecution: a new run from a workflow task of an old one on. */
import { InvalidArgumentError } from '../../errors.js';
import { reapplyExclusions } from '../../history/reapply-events.js';
import { numberFromInt64 } from '../../history/proto-time.js';
import type { Int64 } from '../../history/proto-time.js';
import { resetRun } from '../../history/reset-run.js';
import { requireOverride } from '../../history/versioning-override.js';
import { applyOptionsUpdate, requireOptionsUpdate } from '../../history/workflow-options.js';
import type { OptionsUpdate } from '../../history/workflow-options.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { requireExecution, requireName } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IResetWorkflowExecutionRequest;
type Response = temporal.api.workflowservice.v1.IResetWorkflowExecutionResponse;

const { ResetReapplyType } = temporalProto.api.enums.v1;

export const resetWorkflowExecution =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const requestId = requireName(request.requestId, 'RequestId');
    const { workflowId, runId } = requireExecution(request.workflowExecution);
    if (ResetReapplyType[request.resetReapplyType ?? 0] === undefined) {
      throw new InvalidArgumentError(`unknown reset reapply type: ${request.resetReapplyType}`);
    }
    const namespace = namespaces.require(request.namespace);
    const updates = (request.postResetOperations ?? []).map(requireOptionsOperation);
    const base = engine.findRun(namespace.id, workflowId, runId);
    for (const update of updates) requireOptionsUpdate(update, 'error applying update_options');
    const context = resetRun(engine, base, {
      requestId,
      reason: request.reason ?? '',
      workflowTaskFinishEventId: numberFromInt64(request.workflowTaskFinishEventId as Int64),
      excluded: reapplyExclusions(request.resetReapplyExcludeTypes ?? [], request.resetReapplyType ?? 0),
      afterwards: (tx) => updates.forEach((update) => applyOptionsUpdate(tx, update)),
    });
    await store.committed();
    return { runId: context.state.runId };
  };

/** What may be done to the new run; the official server's words for what may not. */
function requireOptionsOperation(operation: temporal.api.workflow.v1.IPostResetOperation): OptionsUpdate {
  const { updateWorkflowOptions, signalWorkflow } = operation;
  if (!updateWorkflowOptions) {
    const kind = signalWorkflow ? '*workflow.PostResetOperation_SignalWorkflow_' : '<nil>';
    throw new InvalidArgumentError(`unsupported post reset operation: ${kind}`);
  }
  requireOverride(updateWorkflowOptions.workflowExecutionOptions?.versioningOverride);
  return updateWorkflowOptions;
}
