/**
 * The small ports through which history knows its neighbours; `dev-server.ts` joins them.
 * History tells matching that a task exists; matching tells history that a poller is about to get it, and
 * history answers with what the poller needs, or that the task is gone.
 */
import type { RunKey, SearchAttributeValue } from '../persistence/store.js';
import type { temporal } from '../proto/root.js';

export interface TaskQueueAddress {
  readonly namespaceId: string;
  readonly name: string;
  /** `temporal.api.enums.v1.TaskQueueKind`: NORMAL = 1, STICKY = 2. */
  readonly kind: number;
  /** The part of a normal queue that workers of this version poll (`deployment.build`); '' or none: unversioned ones. */
  readonly version?: string;
}

/** Which version of workers a run belongs to, or is told to belong to. */
export interface TaskVersioning {
  readonly isPinned: boolean;
  /** `deployment.build`; '' when it is not known yet. */
  readonly version: string;
}

interface TaskAddress {
  readonly taskQueue: TaskQueueAddress;
  readonly runKey: RunKey;
  readonly workflowId: string;
  readonly runId: string;
  readonly scheduledEventId: number;
  /** The attempt that this hand-out stands for; a task of an earlier attempt is stale. */
  readonly attempt: number;
  /** Undefined: no versioned worker has had a task of the run. */
  readonly versioning?: TaskVersioning | undefined;
  /** `Priority.priority_key`: 1 is first, 5 is last. */
  readonly priority: number;
  /** `Priority.fairness_key`: tasks of one priority take turns by it; empty is a key as well. */
  readonly fairnessKey: string;
  /** `Priority.fairness_weight`; 1 when not given. */
  readonly fairnessWeight: number;
}

export interface WorkflowTaskAddress extends TaskAddress {
  readonly type: 'workflow';
  /** The queue to use when this one is sticky and its worker is gone. */
  readonly normalTaskQueue: string;
}

export interface ActivityTaskAddress extends TaskAddress {
  readonly type: 'activity';
  /** Differs from the activity's when an operator has changed something since. */
  readonly stamp: number;
}

/** Implemented by matching, called by history inside the transition's turn (pollers answer after the commit). */
export interface TaskDispatcher {
  addTask(task: WorkflowTaskAddress | ActivityTaskAddress): void;
  /** Forgets every task (not the pollers): history is about to add again what is still there. */
  reset(): void;
}

/** Who polls, as recorded in the started event. */
export interface PollerInfo {
  readonly identity: string;
  readonly requestId: string;
  /** `deployment.build` of a versioned worker. */
  readonly version?: string;
  /** The worker's build, as it says itself; undefined when it does not. */
  readonly workerVersion?: temporal.api.common.v1.IWorkerVersionStamp;
}

/** Implemented by history, called by matching when task and poller meet; undefined: the task is gone, try the next. */
export interface TaskStartRecorder {
  startWorkflowTask(task: WorkflowTaskAddress, poller: PollerInfo): WorkflowTaskHandout | undefined;
  startActivityTask(task: ActivityTaskAddress, poller: PollerInfo): ActivityTaskHandout | undefined;
}

/** What a workflow task poll answers with, but for the history, which is read when the reply is made. */
export interface WorkflowTaskHandout {
  readonly runKey: RunKey;
  readonly runId: string;
  /** First and last event of the history that goes with it; last < first: none. */
  readonly firstEventId: number;
  readonly lastEventId: number;
  /** Events that are not in the history yet (transient and speculative tasks), as `History.events` records. */
  readonly historySuffix: Uint8Array | undefined;
  readonly response: temporal.api.workflowservice.v1.IPollWorkflowTaskQueueResponse;
}

/** What an activity task poll answers with; payloads come as encoded fields. */
export interface ActivityTaskHandout {
  readonly response: temporal.api.workflowservice.v1.IPollActivityTaskQueueResponse;
  readonly encodedFields: readonly Uint8Array[];
}

/** A call to a Nexus handler that one of a run's operations waits for. */
export interface NexusCall {
  readonly scheduledEventId: number;
  readonly method: 'start' | 'cancel';
}

/** Implemented by nexus/: makes calls, and tells history how they went, in a later turn. */
export interface NexusCaller {
  call(runKey: RunKey, call: NexusCall): void;
  /** Forgets every call: history is about to ask again for what is still to be done. */
  reset(): void;
}

/** What history asks about Nexus endpoints. */
export interface NexusEndpointLookup {
  /** Undefined when no endpoint has this name. */
  findByName(name: string): { readonly id: string } | undefined;
}

/** A query on its way to a worker. */
export interface QueryTask {
  readonly workflowId: string;
  readonly versioning?: TaskVersioning | undefined;
  readonly priority: number;
  /** What the worker gets; undefined when nobody waits for the answer any more. */
  start(poller: PollerInfo, isSticky: boolean): WorkflowTaskHandout | undefined;
}

/** Implemented by matching: sends a query to a worker, the sticky one if it is there; returns how to take it back. */
export interface QueryDispatcher {
  addQuery(sticky: TaskQueueAddress | undefined, normal: TaskQueueAddress, query: QueryTask): () => void;
}

/** What history asks about worker deployments. */
export interface VersionLookup {
  /** True when workers of a version (`deployment.build`) have been seen at a workflow task queue. */
  servesWorkflows(namespaceId: string, version: string, taskQueue: string): boolean;
}

/** What history asks about namespaces. */
export interface NamespaceLookup {
  /** Throws NamespaceNotFoundError. */
  require(name: string | null | undefined): { readonly id: string; readonly name: string };
}

/** What history asks about search attributes; implemented by visibility. */
export interface SearchAttributeCatalog {
  /** Throws InvalidArgumentError when a name is unknown or a value does not fit its type. */
  validate(namespaceId: string, attributes: temporal.api.common.v1.ISearchAttributes | null | undefined): void;
  /** The same with the `type` by which SDKs decode them; of valid attributes. */
  typed(
    namespaceId: string,
    attributes: temporal.api.common.v1.ISearchAttributes,
  ): temporal.api.common.v1.ISearchAttributes;
  /** The values as the list filter language sees them. */
  indexedValues(
    namespaceId: string,
    attributes: temporal.api.common.v1.ISearchAttributes | null | undefined,
  ): ReadonlyMap<string, SearchAttributeValue>;
}
