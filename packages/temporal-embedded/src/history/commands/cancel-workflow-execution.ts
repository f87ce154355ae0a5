/** CANCEL_WORKFLOW_EXECUTION: closes the run as cancelled. */
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { EventType } from '../history-builder.js';
import { closeWorkflow } from '../workflow-close.js';
import { requireNoUnseenEvents } from './command-context.js';
import type { CommandContext } from './command-context.js';

const Cause = temporalProto.api.enums.v1.WorkflowTaskFailedCause;
const Status = temporalProto.api.enums.v1.WorkflowExecutionStatus;

export function cancelWorkflowExecution(
  context: CommandContext,
  command: temporal.api.command.v1.ICancelWorkflowExecutionCommandAttributes,
  metadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  requireNoUnseenEvents(context, Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND);
  closeWorkflow(context.tx, {
    status: Status.WORKFLOW_EXECUTION_STATUS_CANCELED,
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
    attributes: {
      workflowExecutionCanceledEventAttributes: {
        workflowTaskCompletedEventId: context.workflowTaskCompletedEventId,
        details: command.details ?? null,
      },
      ...(metadata ? { userMetadata: metadata } : {}),
    },
    outcome: { type: 'canceled', details: command.details ?? null },
  });
}
