/** A run as lists tell of it. What only a closed run knows is left out of an open one's. */
import type { VisibilityRow } from '../persistence/store.js';
import { int64FromNumber } from '../proto/int64.js';
import { temporalProto } from '../proto/root.js';
import type { google, temporal } from '../proto/root.js';

type WorkflowExecutionInfo = temporal.api.workflow.v1.IWorkflowExecutionInfo;

const { Memo } = temporalProto.api.common.v1;

/** Search attributes are handed in, since their types are the namespace's. */
export function executionInfo(
  row: VisibilityRow,
  searchAttributes: temporal.api.common.v1.ISearchAttributes | undefined,
): WorkflowExecutionInfo {
  return {
    execution: { workflowId: row.workflowId, runId: row.runId },
    type: { name: row.workflowType },
    startTime: timestamp(row.startTimeMs),
    executionTime: timestamp(row.executionTimeMs),
    status: row.status,
    taskQueue: row.taskQueue,
    memo: row.memo ? Memo.decode(row.memo) : {},
    rootExecution: { workflowId: row.rootWorkflowId, runId: row.rootRunId },
    ...(searchAttributes && { searchAttributes }),
    ...(row.parentWorkflowId !== undefined && {
      parentExecution: { workflowId: row.parentWorkflowId, runId: row.parentRunId ?? '' },
    }),
    ...(row.closeTimeMs !== undefined && {
      closeTime: timestamp(row.closeTimeMs),
      executionDuration: timestamp(row.closeTimeMs - row.executionTimeMs),
      historyLength: int64FromNumber(row.historyLength ?? 0),
      historySizeBytes: int64FromNumber(row.historySizeBytes ?? 0),
      stateTransitionCount: int64FromNumber(row.stateTransitionCount ?? 0),
    }),
  };
}

/** Seconds and nanoseconds, the shape that a Timestamp and a Duration share. */
function timestamp(ms: number): google.protobuf.ITimestamp {
  const seconds = Math.floor(ms / 1000);
  return { seconds: int64FromNumber(seconds), nanos: (ms - seconds * 1000) * 1_000_000 };
}
