/**
 * The service's limits and default intervals, with the values that the official server has out of the box, so that a number
 * is found, explained and changed in one place: those that a service may be started with otherwise (dynamic configuration),
 * and those that are the same for each.
 */

/** Per service. Times in ms, sizes in bytes. */
export interface ServiceLimits {
  /** A worker is told to continue as new from here on. */
  readonly suggestContinueAsNewBytes: number;
  readonly suggestContinueAsNewEvents: number;
  /** Beyond these a run is terminated. */
  readonly historyBytes: number;
  readonly historyEvents: number;
  /** Payloads of a request. */
  readonly blobBytes: number;
  /** Of one run. */
  readonly pendingActivities: number;
  readonly pendingChildren: number;
  readonly pendingSignals: number;
  readonly pendingCancelRequests: number;
  readonly pendingNexusOperations: number;
  readonly callbacksPerRun: number;
  readonly signalsPerRun: number;
  readonly updatesInFlight: number;
  readonly updatesPerRun: number;
  /** Of workflows that say none. */
  readonly defaultWorkflowTaskTimeoutMs: number;
  /** How long a worker may keep a task by heartbeats. */
  readonly workflowTaskHeartbeatMs: number;
  /** A poll for tasks. */
  readonly longPollMs: number;
  /** A wait for new events. */
  readonly historyLongPollMs: number;
  /** Batch operations of a namespace at a time, and workflows that one of them does in a second. */
  readonly batchesAtOnce: number;
  readonly batchRate: number;
}

export const DEFAULT_SERVICE_LIMITS: ServiceLimits = Object.freeze({
  suggestContinueAsNewBytes: 4 * 1024 * 1024,
  suggestContinueAsNewEvents: 4096,
  historyBytes: 50 * 1024 * 1024,
  historyEvents: 51_200,
  blobBytes: 2 * 1024 * 1024,
  pendingActivities: 2000,
  pendingChildren: 2000,
  pendingSignals: 2000,
  pendingCancelRequests: 2000,
  pendingNexusOperations: 30,
  callbacksPerRun: 32,
  signalsPerRun: 10_000,
  updatesInFlight: 10,
  updatesPerRun: 2000,
  defaultWorkflowTaskTimeoutMs: 10_000,
  workflowTaskHeartbeatMs: 30 * 60 * 1000,
  longPollMs: 60_000,
  historyLongPollMs: 20_000,
  batchesAtOnce: 1,
  batchRate: 50,
});

export const limits = Object.freeze({
  memoBytes: 2 * 1024 * 1024,
  searchAttributesBytes: 40 * 1024,
  searchAttributeCount: 100,
  searchAttributeValueBytes: 2048,
  /** Any id or name. */
  idLength: 1000,
  nexusHeaderBytes: 4096,
  nexusTokenLength: 4096,
  /** A call of a Nexus handler has this long to be answered. */
  nexusRequestMs: 10_000,
  nexusRetryInitialMs: 1000,
  nexusRetryMaximumMs: 60 * 60 * 1000,
  callbackUrlLength: 1000,
  callbackHeaderBytes: 8192,
  bufferedEvents: 100,
  bufferedEventsBytes: 2 * 1024 * 1024,
  bufferedQueries: 1,
  maximumWorkflowTaskTimeoutMs: 120_000,
  workflowTaskBackoffMinAttempts: 3,
  workflowTaskBackoffInitialMs: 5000,
  workflowTaskBackoffMaximumMs: 600_000,
  speculativeScheduleToStartMs: 5000,
  /** Below this many events a speculative task that only rejected is dropped even though it delivered events. */
  discardSpeculativeMaximumEvents: 10,
  /** A wait for a stage of an update. */
  updateWaitMs: 20_000,
  /** A long poll answers this long before the caller's own deadline. */
  longPollMarginMs: 1000,
  historyPageBytes: 3 * 1024 * 1024,
  historyPageEvents: 1000,
  minimumRunIntervalMs: 1000,
});
