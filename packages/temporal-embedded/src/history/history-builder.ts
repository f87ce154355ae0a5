/**
 * Collects the events of one transition and gives them their ids. It is the boundary between transitions, which
 * speak in events, and the store, which sees encoded batches.
 *
 * The rule it guards: while a workflow task is with a worker, the history must not grow under it. What comes from
 * outside meanwhile (signals, completions, fired timers, ...) is buffered without an id and gets its place when the
 * task has come back, completions last, as the official server orders them. Workflow task events, close events and
 * what a command or an update message makes are written at once.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { EventBatch } from '../persistence/store.js';
import { encodeEventBatch } from './event-batch.js';
import type { MutableState } from './mutable-state.js';
import { BUFFERED_EVENT_ID } from './pending-items.js';
import { int64FromNumber } from '../proto/int64.js';
import type { Built } from '../proto/int64.js';
import { numberFromInt64, timestampFromMs } from './proto-time.js';
import type { Int64 } from './proto-time.js';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
export const EventType = temporalProto.api.enums.v1.EventType;
export type EventType = temporal.api.enums.v1.EventType;

/** The first task id that the official server hands out is 2^20; ids of ours only have to grow with the event. */
const TASK_ID_BASE = 1 << 20;

const BUFFERED_TYPES: ReadonlySet<number> = new Set<number>([
  EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
  EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
  EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
  EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
  EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
  EventType.EVENT_TYPE_TIMER_FIRED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
  EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED,
  EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
  EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED,
  EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
  EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED,
  EventType.EVENT_TYPE_NEXUS_OPERATION_STARTED,
  EventType.EVENT_TYPE_NEXUS_OPERATION_COMPLETED,
  EventType.EVENT_TYPE_NEXUS_OPERATION_FAILED,
  EventType.EVENT_TYPE_NEXUS_OPERATION_CANCELED,
  EventType.EVENT_TYPE_NEXUS_OPERATION_TIMED_OUT,
  EventType.EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED,
  EventType.EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_FAILED,
]);

/** Events that close an activity, a child or a Nexus operation: on a flush they go after everything else. */
const COMPLETION_TYPES: ReadonlySet<number> = new Set<number>([
  EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
  EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
  EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
  EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED,
  EventType.EVENT_TYPE_NEXUS_OPERATION_COMPLETED,
  EventType.EVENT_TYPE_NEXUS_OPERATION_FAILED,
  EventType.EVENT_TYPE_NEXUS_OPERATION_CANCELED,
  EventType.EVENT_TYPE_NEXUS_OPERATION_TIMED_OUT,
]);

interface StartedReference {
  startedEventId?: Int64 | null;
  scheduledEventId?: Int64 | null;
  initiatedEventId?: Int64 | null;
}

export class HistoryBuilder {
  readonly #state: MutableState;
  readonly #nowMs: number;
  #batches: HistoryEvent[][] = [];
  #latest: HistoryEvent[] = [];
  /** An event was added, buffered or not. */
  hasAdded = false;

  constructor(state: MutableState, nowMs: number) {
    this.#state = state;
    this.#nowMs = nowMs;
  }

  /**
   * Adds an event. `attributes` holds the one attributes field of its type (`{ timerFiredEventAttributes: {...} }`).
   * Its `eventId` is BUFFERED_EVENT_ID when it had to wait.
   */
  add(eventType: EventType, attributes: Built<HistoryEvent>, eventTimeMs: number = this.#nowMs): HistoryEvent {
    const event = attributes as HistoryEvent;
    this.hasAdded = true;
    event.eventTime = timestampFromMs(eventTimeMs);
    event.eventType = eventType;
    if (BUFFERED_TYPES.has(eventType)) {
      event.eventId = int64FromNumber(BUFFERED_EVENT_ID);
      const sequence = ++this.#state.bufferedSequence;
      this.#state.bufferedEvents.put(sequence, event);
    } else {
      this.#assignId(event);
      this.#latest.push(event);
    }
    return event;
  }

  /** Id of the first event of the batch that is being collected; where a close event will be found. */
  get batchFirstEventId(): number {
    return numberFromInt64(this.#latest[0]?.eventId as Int64) || this.#state.nextEventId;
  }

  /** True when this transition has written events (buffered ones not counted). */
  get hasWritten(): boolean {
    return this.#latest.length > 0 || this.#batches.length > 0;
  }

  get hasBufferedEvents(): boolean {
    return this.#state.bufferedEvents.size > 0;
  }

  /** Gives the buffered events their ids and places; call only when no workflow task is with a worker. */
  flushBuffered(): void {
    const { bufferedEvents } = this.#state;
    if (bufferedEvents.size === 0) return;
    const entries = [...bufferedEvents.entries()].sort((a, b) => Number(a[0]) - Number(b[0]));
    bufferedEvents.clear();
    const rest: HistoryEvent[] = [];
    const completions: HistoryEvent[] = [];
    for (const [, event] of entries) {
      (COMPLETION_TYPES.has(event.eventType ?? 0) ? completions : rest).push(event);
    }
    const startedIds = new Map<number, number>();
    for (const event of [...rest, ...completions]) {
      this.#assignId(event);
      this.#wire(event, startedIds);
      this.#latest.push(event);
    }
  }

  /** Drops what is buffered: the run has closed and nobody will see it. */
  discardBuffered(): void {
    this.#state.bufferedEvents.clear();
  }

  /** Takes a buffered "timer fired" back, when its timer is cancelled before anyone has seen it fire. */
  takeBufferedTimerFired(timerId: string): boolean {
    for (const [sequence, event] of this.#state.bufferedEvents.entries()) {
      if (event.timerFiredEventAttributes?.timerId === timerId) {
        this.#state.bufferedEvents.delete(sequence);
        return true;
      }
    }
    return false;
  }

  /** True when an event like this waits in the buffer. */
  hasBuffered(isLike: (event: HistoryEvent) => boolean): boolean {
    for (const event of this.#state.bufferedEvents.values()) if (isLike(event)) return true;
    return false;
  }

  /** True when an activity's closing event waits in the buffer or was added by this transition. */
  hasActivityClosed(scheduledEventId: number): boolean {
    if (this.hasBuffered((event) => closesActivity(event, scheduledEventId))) return true;
    return [...this.#batches.flat(), ...this.#latest].some((event) => closesActivity(event, scheduledEventId));
  }

  /** Ends the current batch: what follows is another one. */
  startBatch(): void {
    if (this.#latest.length === 0) return;
    this.#batches.push(this.#latest);
    this.#latest = [];
  }

  /** Encodes everything that was added; the builder is empty afterwards. */
  finish(): EventBatch[] {
    this.startBatch();
    const batches = this.#batches.map((events) => encodeEventBatch(this.#state.runKey, events));
    this.#batches = [];
    for (const batch of batches) this.#state.historySizeBytes += batch.bytes.length;
    return batches;
  }

  #assignId(event: HistoryEvent): void {
    const id = this.#state.nextEventId++;
    event.eventId = int64FromNumber(id);
    event.taskId = int64FromNumber(TASK_ID_BASE + id);
  }

  /** Points a completion at its started event, and mutable state at the ids that the started events have got now. */
  #wire(event: HistoryEvent, startedIds: Map<number, number>): void {
    const eventId = numberFromInt64(event.eventId as Int64);
    switch (event.eventType) {
      case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED: {
        const scheduledEventId = numberFromInt64(event.activityTaskStartedEventAttributes?.scheduledEventId as Int64);
        startedIds.set(scheduledEventId, eventId);
        const activity = this.#state.activities.get(scheduledEventId);
        if (activity?.startedEventId === BUFFERED_EVENT_ID) {
          activity.startedEventId = eventId;
          this.#state.activities.put(scheduledEventId, activity);
        }
        return;
      }
      case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED: {
        const attributes = event.childWorkflowExecutionStartedEventAttributes;
        const initiatedEventId = numberFromInt64(attributes?.initiatedEventId as Int64);
        startedIds.set(initiatedEventId, eventId);
        const child = this.#state.children.get(initiatedEventId);
        if (child?.startedEventId === BUFFERED_EVENT_ID) {
          child.startedEventId = eventId;
          this.#state.children.put(initiatedEventId, child);
        }
        return;
      }
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED: {
        const requestId = event.workflowExecutionOptionsUpdatedEventAttributes?.attachedRequestId ?? '';
        const known = this.#state.requestIds.get(requestId);
        if (known) this.#state.requestIds.put(requestId, { ...known, eventId });
        return;
      }
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED: {
        const updateId = event.workflowExecutionUpdateAdmittedEventAttributes?.request?.meta?.updateId ?? '';
        const update = this.#state.updates.get(updateId);
        if (!update) return;
        update.admittedEventId = eventId;
        this.#state.updates.put(updateId, update);
        return;
      }
      default:
        this.#wireCompletion(event, startedIds);
    }
  }

  #wireCompletion(event: HistoryEvent, startedIds: ReadonlyMap<number, number>): void {
    if (!COMPLETION_TYPES.has(event.eventType ?? 0)) return;
    const reference = completionReference(event);
    if (!reference) return;
    const origin = numberFromInt64((reference.scheduledEventId ?? reference.initiatedEventId) as Int64);
    const startedEventId = startedIds.get(origin);
    if (startedEventId !== undefined) reference.startedEventId = startedEventId;
  }
}

function completionReference(event: HistoryEvent): StartedReference | undefined {
  const reference =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes ??
    event.childWorkflowExecutionCompletedEventAttributes ??
    event.childWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCanceledEventAttributes ??
    event.childWorkflowExecutionTimedOutEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes;
  return (reference ?? undefined) as StartedReference | undefined;
}

function closesActivity(event: HistoryEvent, scheduledEventId: number): boolean {
  const attributes =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  return !!attributes && numberFromInt64(attributes.scheduledEventId as Int64) === scheduledEventId;
}
