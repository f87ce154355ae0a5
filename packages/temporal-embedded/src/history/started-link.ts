/** A link to the event that started a run, for whoever wants to point at it. */
import { int64FromNumber } from '../proto/int64.js';
import type { temporal } from '../proto/root.js';
import { EventType } from './history-builder.js';
import type { MutableState } from './mutable-state.js';

export function startedLink({ info, workflowId, runId }: MutableState): temporal.api.common.v1.ILink {
  return {
    workflowEvent: {
      namespace: info.namespace,
      workflowId,
      runId,
      eventRef: { eventId: int64FromNumber(1), eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED },
    },
  };
}
