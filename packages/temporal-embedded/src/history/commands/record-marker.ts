/** RECORD_MARKER: side effects, versions, local activities; opaque to the service. */
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { EventType } from '../history-builder.js';
import { limits } from '../limits.js';
import { CommandRefusedError } from './command-context.js';
import type { CommandContext } from './command-context.js';

const BAD = temporalProto.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_RECORD_MARKER_ATTRIBUTES;

export function recordMarker(
  context: CommandContext,
  command: temporal.api.command.v1.IRecordMarkerCommandAttributes,
  metadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  const markerName = command.markerName ?? '';
  if (markerName === '') throw new CommandRefusedError(BAD, 'MarkerName is not set on RecordMarkerCommand.');
  if (markerName.length > limits.idLength) {
    throw new CommandRefusedError(
      BAD,
      `MarkerName on RecordMarkerCommand exceeds length limit. MarkerName=${markerName} Length=${markerName.length} Limit=${limits.idLength}`,
    );
  }
  context.tx.history.add(EventType.EVENT_TYPE_MARKER_RECORDED, {
    markerRecordedEventAttributes: {
      markerName,
      details: command.details ?? {},
      workflowTaskCompletedEventId: context.workflowTaskCompletedEventId,
      header: command.header ?? null,
      failure: command.failure ?? null,
    },
    ...(metadata ? { userMetadata: metadata } : {}),
  });
}
