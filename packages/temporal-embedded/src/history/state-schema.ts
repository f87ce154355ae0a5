/**
 * The protobuf schema of a run's durable state: what goes into `ExecutionRecord.state` and `PendingItem.data`.
 * It is the boundary between mutable state in memory and its bytes in the store.
 *
 * The rule it guards: field numbers are for ever. A field may be added with a new number (readers of old rows see
 * its default) and a number may be retired, never reused. Messages of the Temporal API inside it stay `bytes`.
 * Milliseconds are doubles: exact to 2^53 and cheaper to read than int64.
 */
import protobuf from 'protobufjs';

type FieldTable = Readonly<Record<string, readonly [number, string] | readonly [number, string, 'repeated']>>;

function message(fields: FieldTable): { fields: Record<string, protobuf.IField> } {
  const out: Record<string, protobuf.IField> = {};
  for (const [name, [id, type, rule]] of Object.entries(fields)) out[name] = rule ? { id, type, rule } : { id, type };
  return { fields: out };
}

const root = protobuf.Root.fromJSON({
  nested: {
    // What never changes after the run's start; encoded once and kept as bytes.
    RunInfo: message({
      workflowType: [1, 'string'],
      taskQueue: [2, 'string'],
      startTimeMs: [3, 'double'],
      executionTimeMs: [4, 'double'],
      workflowExecutionTimeoutMs: [5, 'double'],
      workflowRunTimeoutMs: [6, 'double'],
      workflowTaskTimeoutMs: [7, 'double'],
      executionExpirationMs: [8, 'double'],
      runExpirationMs: [9, 'double'],
      attempt: [10, 'uint32'],
      cronSchedule: [11, 'string'],
      retryPolicy: [12, 'bytes'],
      firstExecutionRunId: [13, 'string'],
      parentNamespaceId: [14, 'string'],
      parentNamespace: [15, 'string'],
      parentWorkflowId: [16, 'string'],
      parentRunId: [17, 'string'],
      parentInitiatedEventId: [18, 'uint32'],
      rootWorkflowId: [19, 'string'],
      rootRunId: [20, 'string'],
      priority: [21, 'bytes'],
      userMetadata: [22, 'bytes'],
      originalExecutionRunId: [23, 'string'],
      startRequestId: [24, 'string'],
      namespace: [25, 'string'],
      completionCallbacks: [26, 'bytes', 'repeated'],
    }),
    WorkflowTask: message({
      scheduledEventId: [1, 'uint32'],
      startedEventId: [2, 'uint32'],
      scheduledTimeMs: [3, 'double'],
      originalScheduledTimeMs: [4, 'double'],
      startedTimeMs: [5, 'double'],
      timeoutMs: [6, 'double'],
      requestId: [7, 'string'],
      identity: [8, 'string'],
      suggestContinueAsNew: [9, 'bool'],
      historySizeBytes: [10, 'double'],
      isOnStickyQueue: [11, 'bool'],
      workerVersion: [12, 'bytes'],
    }),
    RunState: message({
      info: [1, 'bytes'],
      nextEventId: [2, 'uint32'],
      previousStartedEventId: [3, 'uint32'],
      workflowTask: [4, 'WorkflowTask'],
      workflowTaskAttempt: [5, 'uint32'],
      stickyTaskQueue: [6, 'string'],
      stickyScheduleToStartMs: [7, 'double'],
      cancelRequested: [8, 'bool'],
      cancelRequestId: [9, 'string'],
      historySizeBytes: [10, 'double'],
      signalCount: [11, 'uint32'],
      memo: [12, 'bytes'],
      searchAttributes: [13, 'bytes'],
      closeTimeMs: [14, 'double'],
      stateTransitionCount: [15, 'uint32'],
      firstWorkflowTaskDueMs: [16, 'double'],
      bufferedSequence: [17, 'uint32'],
      closeEventBatchId: [18, 'uint32'],
      continuedRunId: [19, 'string'],
      workflowTaskFailureCause: [20, 'uint32'],
      updateCount: [21, 'uint32'],
      mostRecentWorkerVersion: [22, 'bytes'],
      resetRunId: [40, 'string'],
      baseRunId: [41, 'string'],
      lastSharedEventId: [42, 'uint32'],
      originalStartTimeMs: [43, 'double'],
      resetPoints: [44, 'bytes'],
    }),
    Activity: message({
      scheduledEventId: [1, 'uint32'],
      startedEventId: [2, 'sint32'],
      activityId: [3, 'string'],
      activityType: [4, 'string'],
      taskQueue: [5, 'string'],
      firstScheduledTimeMs: [6, 'double'],
      scheduledTimeMs: [7, 'double'],
      startedTimeMs: [8, 'double'],
      attempt: [9, 'uint32'],
      scheduleToCloseMs: [10, 'double'],
      scheduleToStartMs: [11, 'double'],
      startToCloseMs: [12, 'double'],
      heartbeatMs: [13, 'double'],
      retryInitialMs: [14, 'double'],
      retryCoefficient: [15, 'double'],
      retryMaximumMs: [16, 'double'],
      retryMaximumAttempts: [17, 'uint32'],
      retryNonRetryableTypes: [18, 'string', 'repeated'],
      retryExpirationMs: [19, 'double'],
      cancelRequested: [20, 'bool'],
      cancelRequestedEventId: [21, 'uint32'],
      lastHeartbeatTimeMs: [22, 'double'],
      heartbeatDetails: [23, 'bytes'],
      lastFailure: [24, 'bytes'],
      lastWorkerIdentity: [25, 'string'],
      requestId: [26, 'string'],
      input: [27, 'bytes'],
      header: [28, 'bytes'],
      retryPolicy: [29, 'bytes'],
      lastAttemptCompleteTimeMs: [30, 'double'],
      priority: [31, 'bytes'],
    }),
    Timer: message({
      timerId: [1, 'string'],
      startedEventId: [2, 'uint32'],
      fireTimeMs: [3, 'double'],
    }),
    Child: message({
      initiatedEventId: [1, 'uint32'],
      startedEventId: [2, 'sint32'],
      namespaceId: [3, 'string'],
      namespace: [4, 'string'],
      workflowId: [5, 'string'],
      runId: [6, 'string'],
      workflowType: [7, 'string'],
      parentClosePolicy: [8, 'uint32'],
    }),
    ExternalRequest: message({
      initiatedEventId: [1, 'uint32'],
      namespaceId: [2, 'string'],
      namespace: [3, 'string'],
      workflowId: [4, 'string'],
      runId: [5, 'string'],
      requestId: [6, 'string'],
      control: [7, 'string'],
    }),
    Update: message({
      updateId: [1, 'string'],
      acceptedEventId: [2, 'uint32'],
      completedEventId: [3, 'uint32'],
      admittedEventId: [4, 'uint32'],
    }),
    RequestId: message({
      requestId: [1, 'string'],
      eventType: [2, 'uint32'],
      eventId: [3, 'sint32'],
    }),
    TaskToken: message({
      runKey: [1, 'double'],
      runId: [2, 'string'],
      scheduledEventId: [3, 'uint32'],
      startedEventId: [4, 'uint32'],
      attempt: [5, 'uint32'],
      startedTimeMs: [6, 'double'],
      activityId: [7, 'string'],
      queryId: [8, 'string'],
      namespaceId: [9, 'string'],
      workflowId: [10, 'string'],
    }),
    HistoryPageToken: message({
      runKey: [1, 'double'],
      runId: [2, 'string'],
      nextEventId: [3, 'uint32'],
      endEventId: [4, 'uint32'],
      transientSuffix: [5, 'bytes'],
      isRunning: [6, 'bool'],
    }),
  },
});

/** Encodes and decodes one message of the schema; decoding fills every default in, so objects keep one shape. */
export interface StateCodec<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** The codec of one message; `T` must name the fields of the table above. */
export function stateCodec<T extends object>(name: string): StateCodec<T> {
  const type = root.lookupType(name);
  return {
    encode: (value) => type.encode(value as protobuf.Message<object>).finish(),
    decode: (bytes) => type.decode(bytes) as unknown as T,
  };
}
