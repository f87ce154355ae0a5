/**
 * Signals and cancel requests from one workflow to another, seen from the sender: initiated by a command, answered
 * by exactly one event once the target has been tried.
 */
import type { temporal } from '../proto/root.js';
import { EventType } from './history-builder.js';
import type { HistoryEvent } from './history-builder.js';
import type { PendingExternalRequest } from './pending-items.js';
import { numberFromInt64 } from './proto-time.js';
import type { Int64 } from './proto-time.js';
import type { CrossRunEffect, Transition } from './transition.js';

/** The outcome of trying the target: undefined when it worked, else the failure's cause. */
export type ExternalOutcome = number | undefined;

export function initiateCancelExternal(
  tx: Transition,
  attributes: temporal.api.history.v1.IRequestCancelExternalWorkflowExecutionInitiatedEventAttributes,
  userMetadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  const event = tx.history.add(EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED, {
    requestCancelExternalWorkflowExecutionInitiatedEventAttributes: attributes,
    ...(userMetadata ? { userMetadata } : {}),
  });
  const pending = pendingRequest(tx, event, attributes);
  tx.state.cancelExternals.put(pending.initiatedEventId, pending);
  tx.effects.push(cancelExternalEffect(pending.initiatedEventId, attributes));
}

/** What is left to do for a cancel request whose initiated event has been written. */
export function cancelExternalEffect(
  initiatedEventId: number,
  attributes: temporal.api.history.v1.IRequestCancelExternalWorkflowExecutionInitiatedEventAttributes,
): CrossRunEffect {
  return {
    type: 'cancelExternal',
    initiatedEventId,
    childOnly: attributes.childWorkflowOnly ?? false,
    reason: attributes.reason ?? '',
  };
}

export function initiateSignalExternal(
  tx: Transition,
  attributes: temporal.api.history.v1.ISignalExternalWorkflowExecutionInitiatedEventAttributes,
  userMetadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  const event = tx.history.add(EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED, {
    signalExternalWorkflowExecutionInitiatedEventAttributes: attributes,
    ...(userMetadata ? { userMetadata } : {}),
  });
  const pending = pendingRequest(tx, event, attributes);
  tx.state.signalExternals.put(pending.initiatedEventId, pending);
  tx.effects.push(signalExternalEffect(pending.initiatedEventId, attributes));
}

/** What is left to do for a signal whose initiated event has been written. */
export function signalExternalEffect(
  initiatedEventId: number,
  attributes: temporal.api.history.v1.ISignalExternalWorkflowExecutionInitiatedEventAttributes,
): CrossRunEffect {
  return {
    type: 'signalExternal',
    initiatedEventId,
    childOnly: attributes.childWorkflowOnly ?? false,
    signalName: attributes.signalName ?? '',
    input: attributes.input ?? null,
    header: attributes.header ?? null,
  };
}

export function recordCancelExternalOutcome(
  tx: Transition,
  pending: PendingExternalRequest,
  cause: ExternalOutcome,
): void {
  tx.state.cancelExternals.delete(pending.initiatedEventId);
  if (cause === undefined) {
    tx.history.add(EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED, {
      externalWorkflowExecutionCancelRequestedEventAttributes: target(pending),
    });
    return;
  }
  tx.history.add(EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED, {
    requestCancelExternalWorkflowExecutionFailedEventAttributes: { ...target(pending), cause },
  });
}

export function recordSignalExternalOutcome(
  tx: Transition,
  pending: PendingExternalRequest,
  cause: ExternalOutcome,
): void {
  tx.state.signalExternals.delete(pending.initiatedEventId);
  const attributes = { ...target(pending), control: pending.control };
  if (cause === undefined) {
    tx.history.add(EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED, {
      externalWorkflowExecutionSignaledEventAttributes: attributes,
    });
    return;
  }
  tx.history.add(EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED, {
    signalExternalWorkflowExecutionFailedEventAttributes: { ...attributes, cause },
  });
}

/** A signal or cancel request as it is when its initiated event has been written. */
export function pendingRequest(
  tx: Pick<Transition, 'state' | 'ids'>,
  event: HistoryEvent,
  attributes: {
    namespaceId?: string | null;
    namespace?: string | null;
    workflowExecution?: temporal.api.common.v1.IWorkflowExecution | null;
    control?: string | null;
  },
): PendingExternalRequest {
  return {
    initiatedEventId: numberFromInt64(event.eventId as Int64),
    namespaceId: attributes.namespaceId ?? '',
    // A command that names none means the sender's; what came of it is told with its name.
    namespace: attributes.namespace || tx.state.info.namespace,
    workflowId: attributes.workflowExecution?.workflowId ?? '',
    runId: attributes.workflowExecution?.runId ?? '',
    requestId: tx.ids.uuid(),
    control: attributes.control ?? '',
  };
}

function target(pending: PendingExternalRequest): object {
  return {
    initiatedEventId: pending.initiatedEventId,
    namespace: pending.namespace,
    namespaceId: pending.namespaceId,
    workflowExecution: { workflowId: pending.workflowId, runId: pending.runId },
  };
}
