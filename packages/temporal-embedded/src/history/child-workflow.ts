/**
 * A parent's side of its children: initiated by a command, started or refused by the child's run, closed with it.
 * The rule it guards: each child closes at most once in its parent's history, and only after it has started there.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { EventType } from './history-builder.js';
import type { PendingChild } from './pending-items.js';
import { numberFromInt64 } from './proto-time.js';
import type { Int64 } from './proto-time.js';
import type { ChildOutcome, Transition } from './transition.js';

const ParentClosePolicy = temporalProto.api.enums.v1.ParentClosePolicy;

export function initiateChild(
  tx: Transition,
  attributes: temporal.api.history.v1.IStartChildWorkflowExecutionInitiatedEventAttributes,
  userMetadata: temporal.api.sdk.v1.IUserMetadata | null,
): void {
  const event = tx.history.add(EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED, {
    startChildWorkflowExecutionInitiatedEventAttributes: attributes,
    ...(userMetadata ? { userMetadata } : {}),
  });
  const child = pendingChild(attributes, numberFromInt64(event.eventId as Int64));
  tx.state.children.put(child.initiatedEventId, child);
  tx.effects.push({ type: 'startChild', initiatedEventId: child.initiatedEventId, attributes, userMetadata });
}

/** A child as it is when its initiated event has been written. */
export function pendingChild(
  attributes: temporal.api.history.v1.IStartChildWorkflowExecutionInitiatedEventAttributes,
  initiatedEventId: number,
): PendingChild {
  return {
    initiatedEventId,
    startedEventId: 0,
    namespaceId: attributes.namespaceId ?? '',
    namespace: attributes.namespace ?? '',
    workflowId: attributes.workflowId ?? '',
    runId: '',
    workflowType: attributes.workflowType?.name ?? '',
    parentClosePolicy: attributes.parentClosePolicy ?? ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE,
  };
}

export function recordChildStarted(
  tx: Transition,
  child: PendingChild,
  runId: string,
  header: temporal.api.common.v1.IHeader | null,
): void {
  child.runId = runId;
  const event = tx.history.add(EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED, {
    childWorkflowExecutionStartedEventAttributes: {
      initiatedEventId: child.initiatedEventId,
      namespace: child.namespace,
      namespaceId: child.namespaceId,
      workflowExecution: { workflowId: child.workflowId, runId },
      workflowType: { name: child.workflowType },
      ...(header ? { header } : {}),
    },
  });
  child.startedEventId = numberFromInt64(event.eventId as Int64);
  tx.state.children.put(child.initiatedEventId, child);
}

export function recordChildStartFailed(
  tx: Transition,
  child: PendingChild,
  cause: temporal.api.enums.v1.StartChildWorkflowExecutionFailedCause,
  control: string,
): void {
  tx.history.add(EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED, {
    startChildWorkflowExecutionFailedEventAttributes: {
      initiatedEventId: child.initiatedEventId,
      namespace: child.namespace,
      namespaceId: child.namespaceId,
      workflowId: child.workflowId,
      workflowType: { name: child.workflowType },
      cause,
      control,
    },
  });
  tx.state.children.delete(child.initiatedEventId);
}

/** Records how a started child ended. */
export function recordChildClosed(tx: Transition, child: PendingChild, runId: string, outcome: ChildOutcome): void {
  const common = {
    initiatedEventId: child.initiatedEventId,
    startedEventId: child.startedEventId,
    namespace: child.namespace,
    namespaceId: child.namespaceId,
    // The run that closed, which is not the one that started when the child continued as new.
    workflowExecution: { workflowId: child.workflowId, runId: runId || child.runId },
    workflowType: { name: child.workflowType },
  };
  const [eventType, attributes] = childClosedEvent(common, outcome);
  tx.history.add(eventType, attributes);
  tx.state.children.delete(child.initiatedEventId);
}

function childClosedEvent(common: object, outcome: ChildOutcome): [number, object] {
  switch (outcome.type) {
    case 'completed':
      return [
        EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
        { childWorkflowExecutionCompletedEventAttributes: { ...common, result: outcome.result } },
      ];
    case 'failed':
      return [
        EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
        {
          childWorkflowExecutionFailedEventAttributes: {
            ...common,
            failure: outcome.failure,
            retryState: outcome.retryState,
          },
        },
      ];
    case 'canceled':
      return [
        EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED,
        { childWorkflowExecutionCanceledEventAttributes: { ...common, details: outcome.details } },
      ];
    case 'timedOut':
      return [
        EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
        { childWorkflowExecutionTimedOutEventAttributes: { ...common, retryState: outcome.retryState } },
      ];
    case 'terminated':
      return [
        EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED,
        { childWorkflowExecutionTerminatedEventAttributes: common },
      ];
    default:
      return outcome satisfies never;
  }
}

/** Applies each child's parent close policy; the parent has just closed. */
export function closeChildren(tx: Transition): void {
  for (const child of tx.state.children.values()) {
    if (child.parentClosePolicy === ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON || child.startedEventId === 0)
      continue;
    tx.effects.push({
      type: 'closeChild',
      policy: child.parentClosePolicy,
      namespaceId: child.namespaceId,
      workflowId: child.workflowId,
      runId: child.runId,
    });
  }
}
