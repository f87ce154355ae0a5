/**
 * The replies of task polls: what was put together when the task started, with the history spliced in as bytes.
 * The boundary between hand-outs and the wire.
 */
import type { HistoryEngine } from '../history/history-engine.js';
import { encodePageToken, readHistoryPage } from '../history/history-pages.js';
import type { ActivityTaskHandout, WorkflowTaskHandout } from '../history/ports.js';
import { encodeLengthDelimited } from '../history/event-batch.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';

type WorkflowResponse = temporal.api.workflowservice.v1.IPollWorkflowTaskQueueResponse;

/** A reply's message and the bytes to append to it. */
export interface SplicedMessage<T> {
  readonly message: T;
  readonly suffix: readonly Uint8Array[];
}

const HISTORY_FIELD = (
  temporalProto.api.workflowservice.v1.PollWorkflowTaskQueueResponse as unknown as {
    fields: Record<string, { id: number }>;
  }
).fields['history']?.id;

/** Reads the first page of the history that belongs to a hand-out. */
export function workflowTaskReply(
  engine: HistoryEngine,
  handout: WorkflowTaskHandout,
): SplicedMessage<WorkflowResponse> {
  const { firstEventId, lastEventId, historySuffix } = handout;
  if (HISTORY_FIELD === undefined) throw new Error('PollWorkflowTaskQueueResponse has no history field.');
  const page = readHistoryPage(engine, engine.load(handout.runKey), firstEventId, lastEventId);
  const parts = [...page.parts];
  let message = handout.response;
  if (page.nextEventId <= lastEventId) {
    message = {
      ...message,
      nextPageToken: encodePageToken({
        runKey: handout.runKey,
        runId: handout.runId,
        nextEventId: page.nextEventId,
        endEventId: lastEventId,
        transientSuffix: historySuffix ?? new Uint8Array(0),
        isRunning: true,
      }),
    };
  } else if (historySuffix) {
    parts.push(historySuffix);
  }
  return { message, suffix: encodeLengthDelimited(HISTORY_FIELD, parts) };
}

export function activityTaskReply(
  handout: ActivityTaskHandout,
): SplicedMessage<temporal.api.workflowservice.v1.IPollActivityTaskQueueResponse> {
  return { message: handout.response, suffix: handout.encodedFields };
}
