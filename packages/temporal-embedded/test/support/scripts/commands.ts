/** Commands and payloads, as scripts give them to a service. */
import { int64FromNumber } from '../../../src/proto/int64.js';
import { temporalProto } from '../../../src/proto/root.js';
import type { google, temporal } from '../../../src/proto/root.js';

type Command = temporal.api.command.v1.ICommand;

const { CommandType } = temporalProto.api.enums.v1;

export const payload = (value: unknown): temporal.api.common.v1.IPayload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(value)),
});

export const payloads = (value: unknown): temporal.api.common.v1.IPayloads => ({ payloads: [payload(value)] });

/** A duration; protobufjs takes numbers where its types say Long. */
export const seconds = (count: number): google.protobuf.IDuration =>
  ({ seconds: Math.trunc(count), nanos: Math.round((count % 1) * 1e9) }) as unknown as google.protobuf.IDuration;

/** An application failure. */
export const failure = (
  message: string,
  info: temporal.api.failure.v1.IApplicationFailureInfo = {},
): temporal.api.failure.v1.IFailure => ({ message, applicationFailureInfo: info });

export const scheduleActivityTask = (
  attributes: temporal.api.command.v1.IScheduleActivityTaskCommandAttributes | null = {},
): Command => ({
  commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
  scheduleActivityTaskCommandAttributes: attributes,
});

export const requestCancelActivityTask = (
  attributes: temporal.api.command.v1.IRequestCancelActivityTaskCommandAttributes | null = {},
): Command => ({
  commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK,
  requestCancelActivityTaskCommandAttributes: attributes,
});

export const startTimer = (attributes: temporal.api.command.v1.IStartTimerCommandAttributes | null = {}): Command => ({
  commandType: CommandType.COMMAND_TYPE_START_TIMER,
  startTimerCommandAttributes: attributes,
});

export const cancelTimer = (
  attributes: temporal.api.command.v1.ICancelTimerCommandAttributes | null = {},
): Command => ({
  commandType: CommandType.COMMAND_TYPE_CANCEL_TIMER,
  cancelTimerCommandAttributes: attributes,
});

export const recordMarker = (
  attributes: temporal.api.command.v1.IRecordMarkerCommandAttributes | null = {},
): Command => ({
  commandType: CommandType.COMMAND_TYPE_RECORD_MARKER,
  recordMarkerCommandAttributes: attributes,
});

export const completeWorkflowExecution = (
  attributes: temporal.api.command.v1.ICompleteWorkflowExecutionCommandAttributes | null = {},
): Command => ({
  commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
  completeWorkflowExecutionCommandAttributes: attributes,
});

export const failWorkflowExecution = (
  attributes: temporal.api.command.v1.IFailWorkflowExecutionCommandAttributes | null = {},
): Command => ({
  commandType: CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
  failWorkflowExecutionCommandAttributes: attributes,
});

export const cancelWorkflowExecution = (
  attributes: temporal.api.command.v1.ICancelWorkflowExecutionCommandAttributes | null = {},
): Command => ({
  commandType: CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION,
  cancelWorkflowExecutionCommandAttributes: attributes,
});

export const continueAsNewWorkflowExecution = (
  attributes: temporal.api.command.v1.IContinueAsNewWorkflowExecutionCommandAttributes | null = {},
): Command => ({
  commandType: CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
  continueAsNewWorkflowExecutionCommandAttributes: attributes,
});

export const startChildWorkflowExecution = (
  attributes: temporal.api.command.v1.IStartChildWorkflowExecutionCommandAttributes | null = {},
): Command => ({
  commandType: CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
  startChildWorkflowExecutionCommandAttributes: attributes,
});

export const signalExternalWorkflowExecution = (
  attributes: temporal.api.command.v1.ISignalExternalWorkflowExecutionCommandAttributes | null = {},
): Command => ({
  commandType: CommandType.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
  signalExternalWorkflowExecutionCommandAttributes: attributes,
});

export const requestCancelExternalWorkflowExecution = (
  attributes: temporal.api.command.v1.IRequestCancelExternalWorkflowExecutionCommandAttributes | null = {},
): Command => ({
  commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
  requestCancelExternalWorkflowExecutionCommandAttributes: attributes,
});

export const upsertWorkflowSearchAttributes = (
  attributes: temporal.api.command.v1.IUpsertWorkflowSearchAttributesCommandAttributes | null = {},
): Command => ({
  commandType: CommandType.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  upsertWorkflowSearchAttributesCommandAttributes: attributes,
});

export const modifyWorkflowProperties = (
  attributes: temporal.api.command.v1.IModifyWorkflowPropertiesCommandAttributes | null = {},
): Command => ({
  commandType: CommandType.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES,
  modifyWorkflowPropertiesCommandAttributes: attributes,
});

export const scheduleNexusOperation = (
  attributes: temporal.api.command.v1.IScheduleNexusOperationCommandAttributes | null = {},
): Command => ({
  commandType: CommandType.COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION,
  scheduleNexusOperationCommandAttributes: attributes,
});

export const requestCancelNexusOperation = (scheduledEventId: number): Command => ({
  commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_NEXUS_OPERATION,
  requestCancelNexusOperationCommandAttributes: { scheduledEventId: int64FromNumber(scheduledEventId) },
});
