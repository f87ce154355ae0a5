/**
 * What is known of a run from its first event on and never changes: type, task queue, timeouts, lineage.
 * Encoded once at the start; every later staging of the run copies these bytes.
 */
import { stateCodec } from './state-schema.js';

/** Zero and empty mean "not set", as in protobuf. Times are ms since the epoch, lengths are ms. */
export interface RunInfo {
  workflowType: string;
  taskQueue: string;
  startTimeMs: number;
  /** Start time plus the backoff before the first workflow task (start delay, cron, retry). */
  executionTimeMs: number;
  workflowExecutionTimeoutMs: number;
  workflowRunTimeoutMs: number;
  workflowTaskTimeoutMs: number;
  executionExpirationMs: number;
  runExpirationMs: number;
  attempt: number;
  cronSchedule: string;
  /** Encoded `RetryPolicy`; empty: none. */
  retryPolicy: Uint8Array;
  firstExecutionRunId: string;
  originalExecutionRunId: string;
  parentNamespaceId: string;
  parentNamespace: string;
  parentWorkflowId: string;
  parentRunId: string;
  parentInitiatedEventId: number;
  rootWorkflowId: string;
  rootRunId: string;
  /** Encoded `Priority`; empty: none. */
  priority: Uint8Array;
  /** Encoded `UserMetadata`; empty: none. */
  userMetadata: Uint8Array;
  startRequestId: string;
  /** The namespace's name, as the events of this run carry it. */
  namespace: string;
}

export const runInfoCodec = stateCodec<RunInfo>('RunInfo');
