/** Histories as tests read them: lists of event types, spelled as in the Temporal Web UI. */
import type { WorkflowHandle } from '@temporalio/client';
import { temporalProto } from '../../src/proto/root.js';

const EventType = temporalProto.api.enums.v1.EventType as unknown as Record<number, string>;

/** `WorkflowExecutionStarted`, `WorkflowTaskScheduled`, ... */
export async function eventTypes(handle: Pick<WorkflowHandle, 'fetchHistory'>): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).map((event) => eventTypeName(event.eventType ?? 0));
}

function eventTypeName(type: number): string {
  return (EventType[type] ?? String(type))
    .replace('EVENT_TYPE_', '')
    .toLowerCase()
    .replace(/(^|_)([a-z])/g, (_match, _separator, letter: string) => letter.toUpperCase());
}
