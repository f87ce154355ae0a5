/**
 * What must hold of a stored run, whatever has happened to it: its state can be read, its history is without a gap and
 * ends where the state says, and exactly a closed run has a close event, as its last one. Pure.
 */
import type { EventBatch, ExecutionRecord, PendingItem } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import { decodeEvents } from './event-batch.js';
import type { HistoryEvent } from './history-builder.js';
import { MutableState } from './mutable-state.js';

const { EventType, WorkflowExecutionStatus: Status } = temporalProto.api.enums.v1;

/** The status that each event closes a run with. */
const CLOSED_BY = new Map<number, number>([
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, Status.WORKFLOW_EXECUTION_STATUS_COMPLETED],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, Status.WORKFLOW_EXECUTION_STATUS_FAILED],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT, Status.WORKFLOW_EXECUTION_STATUS_TIMED_OUT],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED, Status.WORKFLOW_EXECUTION_STATUS_CANCELED],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, Status.WORKFLOW_EXECUTION_STATUS_TERMINATED],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW, Status.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW],
]);

/** What is wrong with a run, a sentence each. */
export function checkRun(
  record: ExecutionRecord,
  items: readonly PendingItem[],
  batches: readonly EventBatch[],
): string[] {
  let state: MutableState;
  let events: readonly HistoryEvent[];
  try {
    state = MutableState.decode(record, items);
    events = batches.flatMap((batch) => decodeEvents(batch));
  } catch (error) {
    return [`it cannot be read: ${error instanceof Error ? error.message : String(error)}`];
  }
  return [...historyFaults(events), ...batchFaults(batches), ...stateFaults(state, events)];
}

function historyFaults(events: readonly HistoryEvent[]): string[] {
  const faults: string[] = [];
  events.forEach((event, index) => {
    if (Number(event.eventId) !== index + 1) faults.push(`event ${index + 1} has the id ${Number(event.eventId)}.`);
    const isLast = index === events.length - 1;
    if (!isLast && CLOSED_BY.has(event.eventType ?? 0)) faults.push(`it goes on behind its close event ${index + 1}.`);
  });
  if (events[0]?.eventType !== EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
    faults.push('its first event does not start it.');
  // One gap makes every later id wrong.
  return faults.slice(0, 3);
}

function batchFaults(batches: readonly EventBatch[]): string[] {
  const wrong = batches.find((batch, index) => batch.firstEventId !== (batches[index - 1]?.lastEventId ?? 0) + 1);
  return wrong ? [`the batch of event ${wrong.firstEventId} does not follow the one before it.`] : [];
}

function stateFaults(state: MutableState, events: readonly HistoryEvent[]): string[] {
  const faults: string[] = [];
  if (state.nextEventId !== events.length + 1)
    faults.push(`its state expects event ${state.nextEventId}, its history ends with ${events.length}.`);
  const closedWith = CLOSED_BY.get(events.at(-1)?.eventType ?? 0) ?? Status.WORKFLOW_EXECUTION_STATUS_RUNNING;
  if (closedWith !== (state.isRunning ? Status.WORKFLOW_EXECUTION_STATUS_RUNNING : state.status))
    faults.push(`its status is ${state.status}, its last event says ${closedWith}.`);
  const pending = [state.activities, state.timers, state.children].flatMap((items) => [...items.values()]);
  for (const item of pending) {
    const eventId = scheduledBy(item);
    if (eventId >= state.nextEventId) faults.push(`something pending belongs to event ${eventId}, which is not there.`);
  }
  return faults;
}

function scheduledBy(item: { scheduledEventId?: number; initiatedEventId?: number; startedEventId?: number }): number {
  return item.scheduledEventId ?? item.initiatedEventId ?? item.startedEventId ?? 0;
}
