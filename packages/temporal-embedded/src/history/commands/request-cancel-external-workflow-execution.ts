/** REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION: the target is tried right after this transition; one event tells how it went. */
import { int64FromNumber } from '../../proto/int64.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { initiateCancelExternal } from '../external-workflow.js';
import { limits } from '../limits.js';
import { isUuid } from '../uuid.js';
import { CommandRefusedError } from './command-context.js';
import type { CommandContext } from './command-context.js';

const Cause = temporalProto.api.enums.v1.WorkflowTaskFailedCause;
const BAD = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES;
const COMMAND = 'RequestCancelExternalWorkflowExecutionCommand';

export function requestCancelExternalWorkflowExecution(
  context: CommandContext,
  command: temporal.api.command.v1.IRequestCancelExternalWorkflowExecutionCommandAttributes,
  metadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  const { tx } = context;
  const { state } = tx;
  const namespace = command.namespace
    ? context.namespaces.require(command.namespace)
    : { id: state.namespaceId, name: '' };
  const workflowId = command.workflowId ?? '';
  const runId = command.runId ?? '';
  const refuse = (message: string): never => {
    throw new CommandRefusedError(BAD, message);
  };
  if (workflowId === '') refuse(`WorkflowId is not set on ${COMMAND}. Namespace=${namespace.name} RunId=${runId}`);
  if (workflowId.length > limits.idLength)
    refuse(
      `WorkflowId on ${COMMAND} exceeds length limit. WorkflowId=${workflowId} Length=${workflowId.length} Limit=${limits.idLength} RunId=${runId} Namespace=${namespace.name}`,
    );
  if (runId !== '' && !isUuid(runId))
    refuse(`Invalid RunId set on ${COMMAND}. WorkflowId=${workflowId} RunId=${runId} Namespace=${namespace.name}`);
  if (context.initiatedChildren.has(workflowId))
    refuse(
      `Start and RequestCancel for child workflow is not allowed in same workflow task. WorkflowId=${workflowId} RunId=${runId} Namespace=${namespace.name}`,
    );
  if (state.cancelExternals.size >= tx.limits.pendingCancelRequests) {
    throw new CommandRefusedError(
      Cause.WORKFLOW_TASK_FAILED_CAUSE_PENDING_REQUEST_CANCEL_LIMIT_EXCEEDED,
      `the number of pending requests to cancel external workflows, ${state.cancelExternals.size}, has reached the per-workflow limit of ${tx.limits.pendingCancelRequests}`,
    );
  }
  initiateCancelExternal(
    tx,
    {
      workflowTaskCompletedEventId: int64FromNumber(context.workflowTaskCompletedEventId),
      namespace: namespace.name,
      namespaceId: namespace.id,
      workflowExecution: { workflowId, runId },
      control: command.control ?? '',
      childWorkflowOnly: command.childWorkflowOnly ?? false,
      reason: command.reason ?? '',
    },
    metadata,
  );
}
