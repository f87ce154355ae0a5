/**
 * Brings a fresh mutable state to where a history has got, event by event: how a reset makes a run out of another run's
 * first events. The boundary between a history, which is all there is of the past, and the state that lives on from it.
 *
 * What only mutable state knew (attempts of activities, heartbeats, request ids of signals) is not in a history and so
 * begins anew. What was still on its way to other workflows is given back, to be sent again.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { pendingActivity } from './activity.js';
import { pendingChild } from './child-workflow.js';
import { addCallbacks } from './completion-callback.js';
import { cancelExternalEffect, pendingRequest, signalExternalEffect } from './external-workflow.js';
import { EventType } from './history-builder.js';
import type { HistoryEvent } from './history-builder.js';
import type { MutableState } from './mutable-state.js';
import { replayNexusEvent } from './nexus-replay.js';
import { mergePayloads } from './payload-map.js';
import { msFromDuration, msFromTimestamp, numberFromInt64 } from './proto-time.js';
import type { Int64 } from './proto-time.js';
import { addResetPoint } from './reset-points.js';
import { noteCompletedBy, noteOverride, noteStart } from './run-versioning.js';
import type { CrossRunEffect, Transition } from './transition.js';
import { readOverride } from './versioning-override.js';
import { replayWorkflowTaskEvent } from './workflow-task.js';

type Started = temporal.api.history.v1.IWorkflowExecutionStartedEventAttributes;

const { Memo, SearchAttributes, WorkerVersionStamp } = temporalProto.api.common.v1;
const { ResetPoints } = temporalProto.api.workflow.v1;

const id = (value: unknown): number => numberFromInt64(value as Int64);

/** Applies the events in their order; returns what has still to be told to other runs, by initiated event id. */
export function replayEvents(
  tx: Pick<Transition, 'state' | 'ids' | 'nowMs'>,
  events: readonly HistoryEvent[],
): readonly CrossRunEffect[] {
  const effects = new Map<number, CrossRunEffect>();
  for (const event of events) {
    const eventId = id(event.eventId);
    tx.state.nextEventId = eventId + 1;
    if (event.workflowExecutionStartedEventAttributes) replayStarted(tx, event.workflowExecutionStartedEventAttributes);
    replayWorkflowTaskEvent(tx, event);
    replayBuild(tx, event);
    replayActivityEvent(tx, event);
    replayOtherEvent(tx, event);
    replayUpdateEvent(tx, event);
    replayExternalEvent(tx, event, effects);
    replayNexusEvent(tx.state, event);
    replayCallbacks(tx.state, event);
  }
  return [...effects.values()];
}

function replayStarted({ state }: Pick<Transition, 'state'>, started: Started): void {
  if (started.memo) state.memo = Memo.encode(started.memo).finish();
  if (started.prevAutoResetPoints) state.resetPoints = ResetPoints.encode(started.prevAutoResetPoints).finish();
  if (started.searchAttributes) state.searchAttributes = SearchAttributes.encode(started.searchAttributes).finish();
  noteStart(state, started);
}

/** They are called when the new run ends; the one before has not ended, it was reset. */
function replayCallbacks(state: MutableState, event: HistoryEvent): void {
  const started = event.workflowExecutionStartedEventAttributes?.completionCallbacks;
  const options = event.workflowExecutionOptionsUpdatedEventAttributes;
  const registrationTimeMs = msFromTimestamp(event.eventTime) ?? 0;
  addCallbacks(state, state.info.startRequestId, started ?? [], registrationTimeMs);
  addCallbacks(state, options?.attachedRequestId ?? '', options?.attachedCompletionCallbacks ?? [], registrationTimeMs);
}

function replayBuild({ state }: Pick<Transition, 'state'>, event: HistoryEvent): void {
  const completed = event.workflowTaskCompletedEventAttributes;
  if (!completed) return;
  if (completed.workerVersion) {
    state.mostRecentWorkerVersion = WorkerVersionStamp.encode(completed.workerVersion).finish();
  }
  addResetPoint(state, completed, id(event.eventId), msFromTimestamp(event.eventTime) ?? 0);
  noteCompletedBy(state, completed);
}

function replayActivityEvent({ state }: Pick<Transition, 'state'>, event: HistoryEvent): void {
  const scheduled = event.activityTaskScheduledEventAttributes;
  if (scheduled) {
    const activity = pendingActivity(scheduled, id(event.eventId), msFromTimestamp(event.eventTime) ?? 0);
    state.activities.put(activity.scheduledEventId, activity);
    state.activityIds.set(activity.activityId, activity.scheduledEventId);
    return;
  }
  const attributes =
    event.activityTaskStartedEventAttributes ??
    event.activityTaskCancelRequestedEventAttributes ??
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  const activity = attributes && state.activities.get(id(attributes.scheduledEventId));
  if (!activity) return;
  if (event.activityTaskStartedEventAttributes) {
    activity.startedEventId = id(event.eventId);
    activity.startedTimeMs = msFromTimestamp(event.eventTime) ?? 0;
    activity.lastWorkerIdentity = event.activityTaskStartedEventAttributes.identity ?? '';
  } else if (event.activityTaskCancelRequestedEventAttributes) {
    activity.cancelRequested = true;
    activity.cancelRequestedEventId = id(event.eventId);
  } else {
    state.activities.delete(activity.scheduledEventId);
    state.activityIds.delete(activity.activityId);
  }
}

/** Timers, signals, cancel requests, memo, search attributes. */
function replayOtherEvent({ state }: Pick<Transition, 'state'>, event: HistoryEvent): void {
  const timer = event.timerStartedEventAttributes;
  switch (event.eventType) {
    case EventType.EVENT_TYPE_TIMER_STARTED:
      state.timers.put(timer?.timerId ?? '', {
        timerId: timer?.timerId ?? '',
        startedEventId: id(event.eventId),
        fireTimeMs: (msFromTimestamp(event.eventTime) ?? 0) + msFromDuration(timer?.startToFireTimeout),
      });
      return;
    case EventType.EVENT_TYPE_TIMER_FIRED:
      return state.timers.delete(event.timerFiredEventAttributes?.timerId ?? '');
    case EventType.EVENT_TYPE_TIMER_CANCELED:
      return state.timers.delete(event.timerCanceledEventAttributes?.timerId ?? '');
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
      state.signalCount += 1;
      return;
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
      state.cancelRequested = true;
      return;
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED: {
      const options = event.workflowExecutionOptionsUpdatedEventAttributes ?? {};
      if (options.unsetVersioningOverride) noteOverride(state, undefined);
      else if (options.versioningOverride) noteOverride(state, readOverride(options.versioningOverride));
      const requestId = options.attachedRequestId ?? '';
      if (requestId === '') return;
      state.requestIds.put(requestId, { requestId, eventType: event.eventType, eventId: id(event.eventId) });
      return;
    }
    case EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: {
      const current = SearchAttributes.decode(state.searchAttributes).indexedFields ?? {};
      const changes = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields ?? {};
      state.searchAttributes = SearchAttributes.encode({ indexedFields: mergePayloads(current, changes) }).finish();
      return;
    }
    case EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED: {
      const current = Memo.decode(state.memo).fields ?? {};
      const changes = event.workflowPropertiesModifiedEventAttributes?.upsertedMemo?.fields ?? {};
      state.memo = Memo.encode({ fields: mergePayloads(current, changes) }).finish();
      return;
    }
    default:
  }
}

function replayUpdateEvent({ state }: Pick<Transition, 'state'>, event: HistoryEvent): void {
  const admitted = event.workflowExecutionUpdateAdmittedEventAttributes;
  const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
  const completed = event.workflowExecutionUpdateCompletedEventAttributes;
  const updateId = admitted?.request?.meta?.updateId ?? accepted?.protocolInstanceId ?? completed?.meta?.updateId;
  if (!updateId) return;
  const known = state.updates.get(updateId);
  if (!known) state.updateCount += 1;
  const eventId = id(event.eventId);
  state.updates.put(updateId, {
    updateId,
    admittedEventId: admitted ? eventId : (known?.admittedEventId ?? 0),
    acceptedEventId: accepted ? eventId : (known?.acceptedEventId ?? 0),
    completedEventId: completed ? eventId : (known?.completedEventId ?? 0),
  });
}

/** Children, and signals and cancel requests to other workflows. */
function replayExternalEvent(
  tx: Pick<Transition, 'state' | 'ids'>,
  event: HistoryEvent,
  effects: Map<number, CrossRunEffect>,
): void {
  const { state } = tx;
  const eventId = id(event.eventId);
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
  const signal = event.signalExternalWorkflowExecutionInitiatedEventAttributes;
  const cancel = event.requestCancelExternalWorkflowExecutionInitiatedEventAttributes;
  if (child) {
    const userMetadata = event.userMetadata ?? null;
    state.children.put(eventId, pendingChild(child, eventId));
    effects.set(eventId, { type: 'startChild', initiatedEventId: eventId, attributes: child, userMetadata });
  } else if (signal) {
    state.signalExternals.put(eventId, pendingRequest(tx, event, signal));
    effects.set(eventId, signalExternalEffect(eventId, signal));
  } else if (cancel) {
    state.cancelExternals.put(eventId, pendingRequest(tx, event, cancel));
    effects.set(eventId, cancelExternalEffect(eventId, cancel));
  }
  const childStarted = event.childWorkflowExecutionStartedEventAttributes;
  if (childStarted) {
    const initiatedEventId = id(childStarted.initiatedEventId);
    const pending = state.children.get(initiatedEventId);
    effects.delete(initiatedEventId);
    if (!pending) return;
    pending.startedEventId = eventId;
    pending.runId = childStarted.workflowExecution?.runId ?? '';
    return;
  }
  const ended = childEnd(event) ?? externalEnd(event);
  if (!ended) return;
  const initiatedEventId = id(ended.initiatedEventId);
  effects.delete(initiatedEventId);
  state.children.delete(initiatedEventId);
  state.signalExternals.delete(initiatedEventId);
  state.cancelExternals.delete(initiatedEventId);
}

/** The attributes of an event that ends a child in its parent's history. */
function childEnd(event: HistoryEvent) {
  return (
    event.startChildWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCompletedEventAttributes ??
    event.childWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCanceledEventAttributes ??
    event.childWorkflowExecutionTimedOutEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes
  );
}

function externalEnd(event: HistoryEvent) {
  return (
    event.signalExternalWorkflowExecutionFailedEventAttributes ??
    event.externalWorkflowExecutionSignaledEventAttributes ??
    event.requestCancelExternalWorkflowExecutionFailedEventAttributes ??
    event.externalWorkflowExecutionCancelRequestedEventAttributes
  );
}
