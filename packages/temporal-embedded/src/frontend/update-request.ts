/** An update request, checked: what UpdateWorkflowExecution and update-with-start have in common. */
import { InvalidArgumentError, PermissionDeniedError } from '../errors.js';
import type { HistoryEngine } from '../history/history-engine.js';
import type { RunContext } from '../history/run-context.js';
import type { UpdateStatus } from '../history/update-registry.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { checkLength, requireExecution } from './request-checks.js';

type Request = temporal.api.workflowservice.v1.IUpdateWorkflowExecutionRequest;
type Response = temporal.api.workflowservice.v1.IUpdateWorkflowExecutionResponse;

const Stage = temporalProto.api.enums.v1.UpdateWorkflowExecutionLifecycleStage;

export interface CheckedUpdate {
  readonly workflowId: string;
  readonly runId: string;
  readonly updateId: string;
  readonly request: temporal.api.update.v1.IRequest;
  /** How far the caller waits. */
  readonly stage: number;
}

/** Throws InvalidArgumentError or PermissionDeniedError for an update that cannot be sent; one without an id gets one. */
export function requireUpdate(engine: HistoryEngine, request: Request): CheckedUpdate {
  const { workflowId, runId } = requireExecution(request.workflowExecution);
  const update = request.request;
  if (!update?.meta) throw new InvalidArgumentError('Update meta is not set on request.');
  const updateId = checkLength(update.meta.updateId, 'UpdateId') || engine.ids.uuid();
  if (!update.input) throw new InvalidArgumentError('Update input is not set on request.');
  if (!update.input.name) throw new InvalidArgumentError('Update name is not set on request.');
  const stage = request.waitPolicy?.lifecycleStage || Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED;
  if (stage === Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED) {
    throw new PermissionDeniedError(
      'UpdateWorkflowExecution issued asynchronously and waiting on update admitted is not supported.',
    );
  }
  return { workflowId, runId, updateId, request: { ...update, meta: { ...update.meta, updateId } }, stage };
}

export function updateResponse({ state }: RunContext, updateId: string, status: UpdateStatus): Response {
  return {
    updateRef: { workflowExecution: { workflowId: state.workflowId, runId: state.runId }, updateId },
    outcome: status.outcome,
    stage: status.stage,
  };
}
