/** COMPLETE_WORKFLOW_EXECUTION: closes the run with a result; a cron schedule starts the next one. */
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { EventType } from '../history-builder.js';
import { nextCronRun } from '../next-run.js';
import { closeWorkflow } from '../workflow-close.js';
import { requireNoUnseenEvents } from './command-context.js';
import type { CommandContext } from './command-context.js';

const Cause = temporalProto.api.enums.v1.WorkflowTaskFailedCause;
const Status = temporalProto.api.enums.v1.WorkflowExecutionStatus;

export function completeWorkflowExecution(
  context: CommandContext,
  command: temporal.api.command.v1.ICompleteWorkflowExecutionCommandAttributes,
  metadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  requireNoUnseenEvents(context, Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND);
  const { tx } = context;
  const nextRun = nextCronRun(tx, context.readStartedEvent, { result: command.result ?? null, failure: null });
  closeWorkflow(tx, {
    status: Status.WORKFLOW_EXECUTION_STATUS_COMPLETED,
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    attributes: {
      workflowExecutionCompletedEventAttributes: {
        result: command.result ?? null,
        workflowTaskCompletedEventId: context.workflowTaskCompletedEventId,
        ...(nextRun ? { newExecutionRunId: nextRun.runId } : {}),
      },
      ...(metadata ? { userMetadata: metadata } : {}),
    },
    outcome: { type: 'completed', result: command.result ?? null },
    nextRun,
  });
}
