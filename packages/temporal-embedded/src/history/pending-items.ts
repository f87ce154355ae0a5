/**
 * The members of a run's collections as mutable state holds them, their kinds in the store and their codecs.
 * Kinds are stored: a number once given is never reused.
 */
import { stateCodec } from './state-schema.js';

export const PendingKind = {
  Activity: 1,
  Timer: 2,
  Child: 3,
  CancelExternal: 4,
  SignalExternal: 5,
  BufferedEvent: 6,
  Update: 7,
  RequestId: 8,
  NexusOperation: 9,
  CompletionCallback: 10,
} as const;

/** The started event of something with a retry policy is written only when it closes; until then this stands for it. */
export const TRANSIENT_EVENT_ID = -124;
/** The id of an event that waits in the buffer while a workflow task is with a worker. */
export const BUFFERED_EVENT_ID = -123;

export interface PendingActivity {
  scheduledEventId: number;
  /** 0: not started; TRANSIENT_EVENT_ID: started, event not written; BUFFERED_EVENT_ID: written to the buffer. */
  startedEventId: number;
  activityId: string;
  activityType: string;
  taskQueue: string;
  firstScheduledTimeMs: number;
  /** When the current attempt may be handed out; in the future while it backs off. */
  scheduledTimeMs: number;
  startedTimeMs: number;
  attempt: number;
  scheduleToCloseMs: number;
  scheduleToStartMs: number;
  startToCloseMs: number;
  heartbeatMs: number;
  retryInitialMs: number;
  retryCoefficient: number;
  retryMaximumMs: number;
  retryMaximumAttempts: number;
  retryNonRetryableTypes: string[];
  retryExpirationMs: number;
  cancelRequested: boolean;
  cancelRequestedEventId: number;
  lastHeartbeatTimeMs: number;
  /** Encoded `Payloads`. */
  heartbeatDetails: Uint8Array;
  /** Encoded `Failure` of the attempt before. */
  lastFailure: Uint8Array;
  lastWorkerIdentity: string;
  requestId: string;
  /** Encoded `Payloads`, as scheduled. */
  input: Uint8Array;
  /** Encoded `Header`, as scheduled. */
  header: Uint8Array;
  /** Encoded `RetryPolicy`, defaults filled in. */
  retryPolicy: Uint8Array;
  lastAttemptCompleteTimeMs: number;
  /** Encoded `Priority`; empty: none. */
  priority: Uint8Array;
  paused: boolean;
  pauseTimeMs: number;
  /** Identity of who paused it. */
  pausedBy: string;
  pauseReason: string;
  /** Counts what makes an offer of this attempt stale although the attempt is the same. */
  stamp: number;
  /** It was reset, and the attempt that was out then still is. */
  isReset: boolean;
  /** The next attempt gets no heartbeat details. */
  resetsHeartbeat: boolean;
  /** The backoff of this attempt is over and matching has it. In memory only: boot dispatches again. */
  isDispatched?: boolean;
}

export interface PendingTimer {
  timerId: string;
  startedEventId: number;
  fireTimeMs: number;
}

export interface PendingChild {
  initiatedEventId: number;
  /** 0: not started yet; BUFFERED_EVENT_ID: its started event waits in the buffer. */
  startedEventId: number;
  namespaceId: string;
  namespace: string;
  workflowId: string;
  runId: string;
  workflowType: string;
  /** `temporal.api.enums.v1.ParentClosePolicy`. */
  parentClosePolicy: number;
}

/** A signal or cancel request on its way to another workflow. */
export interface PendingExternalRequest {
  initiatedEventId: number;
  namespaceId: string;
  namespace: string;
  workflowId: string;
  runId: string;
  requestId: string;
  control: string;
}

/** An update that the history knows: admitted by a reset, or accepted, maybe completed. */
export interface StoredUpdate {
  updateId: string;
  /** 0: not accepted yet. */
  acceptedEventId: number;
  /** 0: not completed yet. */
  completedEventId: number;
  /** The event that holds the request of an update that a reset has carried over; 0: there is none. */
  admittedEventId: number;
}

/** A request id that the run has already honoured (signals, attached starts). */
export interface KnownRequestId {
  requestId: string;
  eventType: number;
  /** 0 when the event was buffered at the time. */
  eventId: number;
}

/** A Nexus operation that has not ended. Input and header are read from its scheduled event. */
export interface PendingNexusOperation {
  scheduledEventId: number;
  endpointId: string;
  endpoint: string;
  service: string;
  operation: string;
  scheduledTimeMs: number;
  /** 0: none. */
  scheduleToCloseMs: number;
  requestId: string;
  /** `temporal.api.enums.v1.PendingNexusOperationState`. */
  state: number;
  /** Calls that were answered, one way or the other. */
  attempt: number;
  lastAttemptCompleteTimeMs: number;
  /** Encoded `Failure`; empty: none. */
  lastAttemptFailure: Uint8Array;
  /** While it backs off. */
  nextAttemptTimeMs: number;
  /** Once it has started. */
  operationToken: string;
  cancellation: NexusCancellation | null;
}

/** The wish of a workflow to cancel one of its Nexus operations. */
export interface NexusCancellation {
  requestedEventId: number;
  /** 0 while the operation has not started: until then there is nothing that could be cancelled. */
  requestedTimeMs: number;
  /** `temporal.api.enums.v1.NexusOperationCancellationState`. */
  state: number;
  attempt: number;
  lastAttemptCompleteTimeMs: number;
  lastAttemptFailure: Uint8Array;
  nextAttemptTimeMs: number;
}

/** Whom to tell when the run has closed. It stays with the closed run, to show how that went. */
export interface CompletionCallback {
  /** Of the request that brought it. */
  requestId: string;
  /** Encoded `Callback`. */
  callback: Uint8Array;
  registrationTimeMs: number;
  /** `temporal.api.enums.v1.CallbackState`. */
  state: number;
  attempt: number;
  lastAttemptCompleteTimeMs: number;
  /** Encoded `Failure`; empty: none. */
  lastAttemptFailure: Uint8Array;
}

export const nexusOperationCodec = stateCodec<PendingNexusOperation>('NexusOperation');
export const completionCallbackCodec = stateCodec<CompletionCallback>('CompletionCallback');
export const pendingActivityCodec = stateCodec<PendingActivity>('Activity');
export const pendingTimerCodec = stateCodec<PendingTimer>('Timer');
export const pendingChildCodec = stateCodec<PendingChild>('Child');
export const externalRequestCodec = stateCodec<PendingExternalRequest>('ExternalRequest');
export const storedUpdateCodec = stateCodec<StoredUpdate>('Update');
export const requestIdCodec = stateCodec<KnownRequestId>('RequestId');
