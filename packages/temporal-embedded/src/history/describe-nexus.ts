/** Nexus operations and completion callbacks of a run, as DescribeWorkflowExecution shows them. */
import { temporalProto } from '../proto/root.js';
import type { CompletionCallback, NexusCancellation, PendingNexusOperation } from './pending-items.js';
import { durationFromMs, timestampFromMs } from './proto-time.js';

const CallbackMessage = temporalProto.api.common.v1.Callback;
const FailureMessage = temporalProto.api.failure.v1.Failure;

export function describeNexusOperation(operation: PendingNexusOperation): object {
  const { cancellation } = operation;
  return {
    endpoint: operation.endpoint,
    service: operation.service,
    operation: operation.operation,
    operationId: operation.operationToken,
    operationToken: operation.operationToken,
    scheduledEventId: operation.scheduledEventId,
    scheduleToCloseTimeout: durationFromMs(operation.scheduleToCloseMs),
    scheduledTime: timestampFromMs(operation.scheduledTimeMs),
    state: operation.state,
    ...describeAttempts(operation),
    ...(cancellation ? { cancellationInfo: describeCancellation(cancellation) } : {}),
  };
}

function describeCancellation(cancellation: NexusCancellation): object {
  return {
    ...(cancellation.requestedTimeMs ? { requestedTime: timestampFromMs(cancellation.requestedTimeMs) } : {}),
    state: cancellation.state,
    ...describeAttempts(cancellation),
  };
}

export function describeCallback(callback: CompletionCallback): object {
  return {
    callback: CallbackMessage.decode(callback.callback),
    trigger: { workflowClosed: {} },
    registrationTime: timestampFromMs(callback.registrationTimeMs),
    state: callback.state,
    ...describeAttempts({ ...callback, nextAttemptTimeMs: 0 }),
  };
}

function describeAttempts(
  of: Pick<NexusCancellation, 'attempt' | 'lastAttemptCompleteTimeMs' | 'lastAttemptFailure' | 'nextAttemptTimeMs'>,
): object {
  return {
    attempt: of.attempt,
    ...(of.lastAttemptCompleteTimeMs ? { lastAttemptCompleteTime: timestampFromMs(of.lastAttemptCompleteTimeMs) } : {}),
    ...(of.lastAttemptFailure.length > 0 ? { lastAttemptFailure: FailureMessage.decode(of.lastAttemptFailure) } : {}),
    ...(of.nextAttemptTimeMs ? { nextAttemptScheduleTime: timestampFromMs(of.nextAttemptTimeMs) } : {}),
  };
}
