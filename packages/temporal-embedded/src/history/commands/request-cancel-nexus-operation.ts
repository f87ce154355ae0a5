/** REQUEST_CANCEL_NEXUS_OPERATION: a handler is asked to cancel once its operation has started; it may refuse. */
import { int64FromNumber } from '../../proto/int64.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { EventType } from '../history-builder.js';
import { endsNexusOperation, requestCancellation } from '../nexus-operation.js';
import { numberFromInt64 } from '../proto-time.js';
import type { Int64 } from '../proto-time.js';
import { CommandRefusedError } from './command-context.js';
import type { CommandContext } from './command-context.js';

const BAD =
  temporalProto.api.enums.v1.WorkflowTaskFailedCause
    .WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_NEXUS_OPERATION_ATTRIBUTES;

export function requestCancelNexusOperation(
  context: CommandContext,
  command: temporal.api.command.v1.IRequestCancelNexusOperationCommandAttributes | null | undefined,
  metadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  const { tx } = context;
  if (!command) throw new CommandRefusedError(BAD, 'empty CancelNexusOperationCommandAttributes');
  const scheduledEventId = numberFromInt64(command.scheduledEventId as Int64);
  const operation = tx.state.nexusOperations.get(scheduledEventId);
  // One that has ended while the task was out: the workflow could not know. The request is history, nothing else.
  if (!operation && !tx.history.hasBuffered((event) => endsNexusOperation(event, scheduledEventId))) {
    throw new CommandRefusedError(
      BAD,
      `requested cancelation for a non-existing or already completed operation with scheduled event ID of ${scheduledEventId}`,
    );
  }
  const event = tx.history.add(EventType.EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUESTED, {
    nexusOperationCancelRequestedEventAttributes: {
      scheduledEventId: int64FromNumber(scheduledEventId),
      workflowTaskCompletedEventId: int64FromNumber(context.workflowTaskCompletedEventId),
    },
    ...(metadata ? { userMetadata: metadata } : {}),
  });
  if (!operation || requestCancellation(tx, operation, numberFromInt64(event.eventId as Int64))) return;
  throw new CommandRefusedError(
    BAD,
    `cancelation was already requested for an operation with scheduled event ID ${scheduledEventId}`,
  );
}
