/**
 * The service's limits and default intervals, with the values that the official server has out of the box.
 * One frozen table, so that a number is found, explained and changed in one place.
 */
export const limits = Object.freeze({
  /** A worker is told to continue as new from here on. */
  suggestContinueAsNewBytes: 4 * 1024 * 1024,
  suggestContinueAsNewEvents: 4096,
  /** Beyond these a run is terminated. */
  historyBytes: 50 * 1024 * 1024,
  historyEvents: 51_200,
  /** A payload, a memo, a failure. */
  blobBytes: 2 * 1024 * 1024,
  memoBytes: 2 * 1024 * 1024,
  searchAttributesBytes: 40 * 1024,
  searchAttributeCount: 100,
  searchAttributeValueBytes: 2048,
  /** Any id or name. */
  idLength: 1000,
  pendingActivities: 2000,
  pendingChildren: 2000,
  pendingSignals: 2000,
  pendingCancelRequests: 2000,
  pendingNexusOperations: 30,
  nexusHeaderBytes: 4096,
  nexusTokenLength: 4096,
  /** A call of a Nexus handler has this long to be answered. */
  nexusRequestMs: 10_000,
  nexusRetryInitialMs: 1000,
  nexusRetryMaximumMs: 60 * 60 * 1000,
  callbacksPerRun: 32,
  callbackUrlLength: 1000,
  callbackHeaderBytes: 8192,
  signalsPerRun: 10_000,
  updatesInFlight: 10,
  updatesPerRun: 2000,
  bufferedEvents: 100,
  bufferedEventsBytes: 2 * 1024 * 1024,
  bufferedQueries: 1,
  defaultWorkflowTaskTimeoutMs: 10_000,
  maximumWorkflowTaskTimeoutMs: 120_000,
  workflowTaskBackoffMinAttempts: 3,
  workflowTaskBackoffInitialMs: 5000,
  workflowTaskBackoffMaximumMs: 600_000,
  workflowTaskHeartbeatMs: 30 * 60 * 1000,
  speculativeScheduleToStartMs: 5000,
  /** Below this many events a speculative task that only rejected is dropped even though it delivered events. */
  discardSpeculativeMaximumEvents: 10,
  longPollMs: 60_000,
  historyLongPollMs: 20_000,
  /** A long poll answers this long before the caller's own deadline. */
  longPollMarginMs: 1000,
  historyPageBytes: 3 * 1024 * 1024,
  historyPageEvents: 1000,
  minimumRunIntervalMs: 1000,
});
