/** FAIL_WORKFLOW_EXECUTION: closes the run with a failure; its retry policy, else its cron schedule, starts the next one. */
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { EventType } from '../history-builder.js';
import { nextCronRun, nextRetryRun } from '../next-run.js';
import { closeWorkflow } from '../workflow-close.js';
import { CommandRefusedError, requireNoUnseenEvents } from './command-context.js';
import type { CommandContext } from './command-context.js';

const Cause = temporalProto.api.enums.v1.WorkflowTaskFailedCause;
const Status = temporalProto.api.enums.v1.WorkflowExecutionStatus;

export function failWorkflowExecution(
  context: CommandContext,
  command: temporal.api.command.v1.IFailWorkflowExecutionCommandAttributes,
  metadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  requireNoUnseenEvents(context, Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND);
  const { tx } = context;
  const failure = command.failure;
  if (!failure) {
    throw new CommandRefusedError(
      Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES,
      'Failure is not set on FailWorkflowExecutionCommand.',
    );
  }
  const retry = nextRetryRun(tx, context.readStartedEvent, failure);
  const nextRun = retry.run ?? nextCronRun(tx, context.readStartedEvent, { result: null, failure });
  closeWorkflow(tx, {
    status: Status.WORKFLOW_EXECUTION_STATUS_FAILED,
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
    attributes: {
      workflowExecutionFailedEventAttributes: {
        failure,
        retryState: retry.retryState,
        workflowTaskCompletedEventId: context.workflowTaskCompletedEventId,
        ...(nextRun ? { newExecutionRunId: nextRun.runId } : {}),
      },
      ...(metadata ? { userMetadata: metadata } : {}),
    },
    outcome: { type: 'failed', failure, retryState: retry.retryState },
    nextRun,
  });
}
