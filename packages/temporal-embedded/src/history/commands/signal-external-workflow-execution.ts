/** SIGNAL_EXTERNAL_WORKFLOW_EXECUTION: the target is tried right after this transition; one event tells how it went. */
import { int64FromNumber } from '../../proto/int64.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { initiateSignalExternal } from '../external-workflow.js';
import { limits } from '../limits.js';
import { isUuid } from '../uuid.js';
import { CommandRefusedError } from './command-context.js';
import type { CommandContext } from './command-context.js';

const Cause = temporalProto.api.enums.v1.WorkflowTaskFailedCause;
const BAD = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES;
const COMMAND = 'SignalExternalWorkflowExecutionCommand';

export function signalExternalWorkflowExecution(
  context: CommandContext,
  command: temporal.api.command.v1.ISignalExternalWorkflowExecutionCommandAttributes,
  metadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  const { tx } = context;
  const { state } = tx;
  const namespace = command.namespace
    ? context.namespaces.require(command.namespace)
    : { id: state.namespaceId, name: '' };
  const refuse = (message: string): never => {
    throw new CommandRefusedError(BAD, message);
  };
  if (!command.execution) refuse(`Execution is not set on ${COMMAND}.`);
  const workflowId = command.execution?.workflowId ?? '';
  const runId = command.execution?.runId ?? '';
  const signalName = command.signalName ?? '';
  if (workflowId === '')
    refuse(`WorkflowId is not set on ${COMMAND}. Namespace=${namespace.name} RunId=${runId} SignalName=${signalName}`);
  if (workflowId.length > limits.idLength)
    refuse(
      `WorkflowId on ${COMMAND} exceeds length limit. WorkflowId=${workflowId} Length=${workflowId.length} Limit=${limits.idLength} Namespace=${namespace.name} RunId=${runId} SignalName=${signalName}`,
    );
  if (runId !== '' && !isUuid(runId))
    refuse(
      `Invalid RunId set on ${COMMAND}. WorkflowId=${workflowId} Namespace=${namespace.name} RunId=${runId} SignalName=${signalName}`,
    );
  if (signalName === '')
    refuse(`SignalName is not set on ${COMMAND}. WorkflowId=${workflowId} Namespace=${namespace.name} RunId=${runId}`);
  if (state.signalExternals.size >= tx.limits.pendingSignals) {
    throw new CommandRefusedError(
      Cause.WORKFLOW_TASK_FAILED_CAUSE_PENDING_SIGNALS_LIMIT_EXCEEDED,
      `the number of pending signals to external workflows, ${state.signalExternals.size}, has reached the per-workflow limit of ${tx.limits.pendingSignals}`,
    );
  }
  initiateSignalExternal(
    tx,
    {
      workflowTaskCompletedEventId: int64FromNumber(context.workflowTaskCompletedEventId),
      namespace: namespace.name,
      namespaceId: namespace.id,
      workflowExecution: { workflowId, runId },
      signalName,
      input: command.input ?? null,
      control: command.control ?? '',
      childWorkflowOnly: command.childWorkflowOnly ?? false,
      header: command.header ?? null,
    },
    metadata,
  );
}
