/**
 * A run that is to be started: what StartWorkflowExecution, a start-child command, continue-as-new, retry and cron
 * all boil down to. The boundary between those and the one function that writes the first events.
 */
import type { temporal } from '../proto/root.js';
import type { TaskVersioning } from './ports.js';

/** Lineage of a child. */
export interface ParentLink {
  readonly namespaceId: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly initiatedEventId: number;
  readonly rootWorkflowId: string;
  readonly rootRunId: string;
}

export interface NewRun {
  readonly namespaceId: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly requestId: string;
  readonly identity: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly input: temporal.api.common.v1.IPayloads | null;
  readonly header: temporal.api.common.v1.IHeader | null;
  readonly memo: temporal.api.common.v1.IMemo | null;
  readonly searchAttributes: temporal.api.common.v1.ISearchAttributes | null;
  readonly retryPolicy: temporal.api.common.v1.IRetryPolicy | null;
  readonly userMetadata: temporal.api.sdk.v1.IUserMetadata | null;
  readonly priority: temporal.api.common.v1.IPriority | null;
  readonly links: readonly temporal.api.common.v1.ILink[];
  readonly completionCallbacks: readonly temporal.api.common.v1.ICallback[];
  readonly cronSchedule: string;
  readonly workflowExecutionTimeoutMs: number;
  readonly workflowRunTimeoutMs: number;
  readonly workflowTaskTimeoutMs: number;
  /** Wait before the first workflow task; 0: none. */
  readonly firstWorkflowTaskBackoffMs: number;
  readonly attempt: number;
  /** `ContinueAsNewInitiator`; 0: this is a first run. */
  readonly initiator: number;
  readonly continuedExecutionRunId: string;
  readonly firstExecutionRunId: string;
  /** Carried over a chain of runs; 0: computed from the execution timeout. */
  readonly executionExpirationMs: number;
  readonly lastCompletionResult: temporal.api.common.v1.IPayloads | null;
  readonly continuedFailure: temporal.api.failure.v1.IFailure | null;
  readonly parent: ParentLink | null;
  readonly rootWorkflowId: string;
  readonly rootRunId: string;
  readonly eagerExecutionAccepted: boolean;
  readonly versioningOverride?: TaskVersioning | undefined;
  /** `deployment.build` of a pinned run that this one comes from. */
  readonly inheritedPinnedVersion?: string;
  /** Of the runs before in the chain. */
  readonly prevAutoResetPoints?: temporal.api.workflow.v1.IResetPoints;
}
