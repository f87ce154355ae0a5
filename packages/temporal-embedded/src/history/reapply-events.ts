/**
 * What a reset carries over from the part of the history that it leaves behind: signals and updates that the workflow
 * has had (unless told not to), attached starts, and what became of children that the new run has as well.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { recordChildClosed, recordChildStartFailed, recordChildStarted } from './child-workflow.js';
import { addCallbacks } from './completion-callback.js';
import { reapplyNexusEvent } from './nexus-replay.js';
import { BUFFERED_EVENT_ID } from './pending-items.js';
import { EventType } from './history-builder.js';
import type { HistoryEvent } from './history-builder.js';
import { numberFromInt64 } from './proto-time.js';
import type { Int64 } from './proto-time.js';
import { recordSignal } from './run-requests.js';
import type { ChildOutcome, Transition } from './transition.js';
import { readOverride } from './versioning-override.js';
import { followOverride } from './workflow-options.js';

const {
  ResetReapplyExcludeType: Exclude,
  ResetReapplyType: Reapply,
  UpdateAdmittedEventOrigin,
} = temporalProto.api.enums.v1;

/** What is left out, from the two ways in which a request may say it. */
export function reapplyExclusions(excludeTypes: readonly number[], reapplyType: number): ReadonlySet<number> {
  const excluded = new Set(excludeTypes);
  if (reapplyType === Reapply.RESET_REAPPLY_TYPE_SIGNAL || reapplyType === Reapply.RESET_REAPPLY_TYPE_NONE) {
    excluded.add(Exclude.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE);
  }
  if (reapplyType === Reapply.RESET_REAPPLY_TYPE_NONE) excluded.add(Exclude.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL);
  return excluded;
}

/** True when there is nothing that may be carried over. */
export function excludesEverything(excluded: ReadonlySet<number>): boolean {
  return Object.values(Exclude).every((type) => typeof type !== 'number' || type === 0 || excluded.has(type));
}

/** Adds one event of the old history to the new one, if it is of a kind that is carried over. */
export function reapplyEvent(tx: Transition, event: HistoryEvent, excluded: ReadonlySet<number>): void {
  const signal = event.workflowExecutionSignaledEventAttributes;
  const admitted = event.workflowExecutionUpdateAdmittedEventAttributes;
  const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
  const options = event.workflowExecutionOptionsUpdatedEventAttributes;
  if (signal) {
    if (!excluded.has(Exclude.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL)) reapplySignal(tx, event, signal);
  } else if (admitted) {
    if (!excluded.has(Exclude.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE)) {
      reapplyUpdate(tx, admitted.request, admitted.origin ?? 0);
    }
  } else if (accepted) {
    // Without its request the event that admitted it is in the history too, and is carried over itself.
    if (!excluded.has(Exclude.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE)) {
      reapplyUpdate(tx, accepted.acceptedRequest, UpdateAdmittedEventOrigin.UPDATE_ADMITTED_EVENT_ORIGIN_REAPPLY);
    }
  } else if (options) {
    reapplyOptions(tx, event, options.attachedRequestId ?? '');
  } else {
    reapplyChild(tx, event);
    if (!excluded.has(Exclude.RESET_REAPPLY_EXCLUDE_TYPE_NEXUS)) reapplyNexusEvent(tx, event);
  }
}

function reapplySignal(
  tx: Transition,
  event: HistoryEvent,
  signal: temporal.api.history.v1.IWorkflowExecutionSignaledEventAttributes,
): void {
  recordSignal(
    tx,
    {
      signalName: signal.signalName ?? '',
      input: signal.input ?? null,
      header: signal.header ?? null,
      identity: signal.identity ?? '',
      requestId: '',
      links: event.links ?? [],
    },
    false,
  );
}

function reapplyUpdate(
  tx: Transition,
  request: temporal.api.update.v1.IRequest | null | undefined,
  origin: temporal.api.enums.v1.UpdateAdmittedEventOrigin,
): void {
  if (!request) return;
  const updateId = request.meta?.updateId ?? '';
  tx.state.updates.put(updateId, {
    updateId,
    acceptedEventId: 0,
    completedEventId: 0,
    admittedEventId: BUFFERED_EVENT_ID,
  });
  tx.state.updateCount += 1;
  tx.history.add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED, {
    workflowExecutionUpdateAdmittedEventAttributes: { request, origin },
  });
}

function reapplyOptions(tx: Transition, event: HistoryEvent, requestId: string): void {
  const attributes = event.workflowExecutionOptionsUpdatedEventAttributes ?? {};
  if (requestId !== '') {
    if (tx.state.requestIds.get(requestId)) return;
    const eventType = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED;
    tx.state.requestIds.put(requestId, { requestId, eventType, eventId: 0 });
  }
  addCallbacks(tx.state, requestId, attributes.attachedCompletionCallbacks ?? [], tx.nowMs);
  if (attributes.unsetVersioningOverride) followOverride(tx, undefined);
  else if (attributes.versioningOverride) followOverride(tx, readOverride(attributes.versioningOverride));
  tx.history.add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED, {
    workflowExecutionOptionsUpdatedEventAttributes: { ...attributes },
    workerMayIgnore: true,
    ...(event.links && event.links.length > 0 ? { links: event.links } : {}),
  });
}

/** Of children that were initiated before the reset's point; the new run knows no others. */
function reapplyChild(tx: Transition, event: HistoryEvent): void {
  const find = (initiatedEventId: unknown) => tx.state.children.get(numberFromInt64(initiatedEventId as Int64));
  const failed = event.startChildWorkflowExecutionFailedEventAttributes;
  if (failed) {
    const child = find(failed.initiatedEventId);
    if (child) recordChildStartFailed(tx, child, failed.cause ?? 0, failed.control ?? '');
    return;
  }
  const started = event.childWorkflowExecutionStartedEventAttributes;
  if (started) {
    const child = find(started.initiatedEventId);
    if (child?.startedEventId !== 0) return;
    recordChildStarted(tx, child, started.workflowExecution?.runId ?? '', started.header ?? null);
    return;
  }
  const closed = childClosed(event);
  const child = closed && find(closed.initiatedEventId);
  if (child) recordChildClosed(tx, child, closed.runId, closed.outcome);
}

interface ClosedChild {
  readonly initiatedEventId: unknown;
  readonly runId: string;
  readonly outcome: ChildOutcome;
}

function childClosed(event: HistoryEvent): ClosedChild | undefined {
  const completed = event.childWorkflowExecutionCompletedEventAttributes;
  const failed = event.childWorkflowExecutionFailedEventAttributes;
  const canceled = event.childWorkflowExecutionCanceledEventAttributes;
  const timedOut = event.childWorkflowExecutionTimedOutEventAttributes;
  const terminated = event.childWorkflowExecutionTerminatedEventAttributes;
  const attributes = completed ?? failed ?? canceled ?? timedOut ?? terminated;
  if (!attributes) return undefined;
  const close = (outcome: ChildOutcome): ClosedChild => ({
    initiatedEventId: attributes.initiatedEventId,
    runId: attributes.workflowExecution?.runId ?? '',
    outcome,
  });
  if (completed) return close({ type: 'completed', result: completed.result ?? null });
  if (failed) {
    return close({ type: 'failed', failure: failed.failure ?? null, retryState: failed.retryState ?? 0 });
  }
  if (canceled) return close({ type: 'canceled', details: canceled.details ?? null });
  if (timedOut) return close({ type: 'timedOut', retryState: timedOut.retryState ?? 0 });
  return close({ type: 'terminated' });
}
