/**
 * A run as the service knows it between two events: everything a transition needs, and nothing that can only be
 * had from the history. Decoded once when a run is loaded; staged as one `ExecutionRecord` plus the pending items
 * that changed. Only transitions (workflow-task, activity, ...) change it.
 *
 * Workflow task, states:
 *
 *   none --schedule--> scheduled --a poller gets it--> started --completed--> none
 *                          |                              +--failed, timed out--> none (attempt + 1 unless sticky)
 *                          +--sticky schedule-to-start timeout--> none (stickiness gone, scheduled again at once)
 *
 * attempt > 1 makes the task transient: its scheduled and started events are written only when it completes.
 * A speculative task (an update with nothing else to do) leaves no events unless it has to, and is never stored.
 */
import type { ExecutionRecord, PendingItem, RunKey, Store } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import { PendingCollection } from './pending-collection.js';
import {
  PendingKind,
  completionCallbackCodec,
  externalRequestCodec,
  nexusOperationCodec,
  pendingActivityCodec,
  pendingChildCodec,
  pendingTimerCodec,
  requestIdCodec,
  storedUpdateCodec,
} from './pending-items.js';
import type {
  CompletionCallback,
  KnownRequestId,
  PendingActivity,
  PendingChild,
  PendingExternalRequest,
  PendingNexusOperation,
  PendingTimer,
  StoredUpdate,
} from './pending-items.js';
import { runInfoCodec } from './run-info.js';
import type { RunInfo } from './run-info.js';
import { stateCodec } from './state-schema.js';
import type { StateCodec } from './state-schema.js';
import type { temporal } from '../proto/root.js';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const Status = temporalProto.api.enums.v1.WorkflowExecutionStatus;
const EMPTY = new Uint8Array(0);

/** A workflow task that is scheduled or with a worker. */
export interface PendingWorkflowTask {
  scheduledEventId: number;
  /** 0 until a poller has it. */
  startedEventId: number;
  scheduledTimeMs: number;
  /** When the first of a chain of heartbeat tasks was scheduled. */
  originalScheduledTimeMs: number;
  startedTimeMs: number;
  timeoutMs: number;
  requestId: string;
  identity: string;
  suggestContinueAsNew: boolean;
  historySizeBytes: number;
  isOnStickyQueue: boolean;
  /** Encoded `WorkerVersionStamp` of the worker that has it; empty: it does not say. */
  workerVersion: Uint8Array;
  /** Never stored: a speculative task does not survive the process. */
  isSpeculative?: boolean;
}

interface StoredState {
  info: Uint8Array;
  nextEventId: number;
  previousStartedEventId: number;
  workflowTask?: PendingWorkflowTask | null;
  workflowTaskAttempt: number;
  stickyTaskQueue: string;
  stickyScheduleToStartMs: number;
  cancelRequested: boolean;
  cancelRequestId: string;
  historySizeBytes: number;
  signalCount: number;
  memo: Uint8Array;
  searchAttributes: Uint8Array;
  closeTimeMs: number;
  stateTransitionCount: number;
  firstWorkflowTaskDueMs: number;
  bufferedSequence: number;
  closeEventBatchId: number;
  continuedRunId: string;
  workflowTaskFailureCause: number;
  updateCount: number;
  mostRecentWorkerVersion: Uint8Array;
  versioningBehavior: number;
  deploymentVersion: string;
  versionTransition: string;
  overrideBehavior: number;
  overrideVersion: string;
  workerDeploymentName: string;
  hasVersioningInfo: boolean;
  resetRunId: string;
  baseRunId: string;
  lastSharedEventId: number;
  originalStartTimeMs: number;
  resetPoints: Uint8Array;
}

const stateRecordCodec = stateCodec<StoredState>('RunState');

const bufferedEventCodec: StateCodec<HistoryEvent> = {
  encode: (event) => temporalProto.api.history.v1.HistoryEvent.encode(event).finish(),
  decode: (bytes) => temporalProto.api.history.v1.HistoryEvent.decode(bytes),
};

export interface RunIdentity {
  readonly runKey: RunKey;
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
}

export class MutableState {
  readonly runKey: RunKey;
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly info: RunInfo;
  readonly #infoBytes: Uint8Array;

  status: number = Status.WORKFLOW_EXECUTION_STATUS_RUNNING;
  nextEventId = 1;
  /** Started event id of the last completed workflow task; 0: none completed yet. */
  previousStartedEventId = 0;
  workflowTask: PendingWorkflowTask | undefined;
  workflowTaskAttempt = 1;
  /** Cause of the last failed attempt, as query and describe report it; 0: the last one did not fail. */
  workflowTaskFailureCause = 0;
  stickyTaskQueue = '';
  stickyScheduleToStartMs = 0;
  cancelRequested = false;
  cancelRequestId = '';
  historySizeBytes = 0;
  signalCount = 0;
  updateCount = 0;
  /** Encoded `Memo`. */
  memo: Uint8Array = EMPTY;
  /** Encoded `SearchAttributes`. */
  searchAttributes: Uint8Array = EMPTY;
  closeTimeMs = 0;
  stateTransitionCount = 0;
  /** When the delayed first workflow task is due; 0: it is not delayed (any more). */
  firstWorkflowTaskDueMs = 0;
  bufferedSequence = 0;
  /** First event id of the batch that holds the close event. */
  closeEventBatchId = 0;
  /** The run that goes on after this one (continue-as-new, retry, cron). */
  continuedRunId = '';
  /** Encoded `WorkerVersionStamp` of the last worker that completed a task. */
  mostRecentWorkerVersion: Uint8Array = EMPTY;
  /** `temporal.api.enums.v1.VersioningBehavior`; 0: no versioned worker has had it. */
  versioningBehavior = 0;
  /** `deployment.build`; '': unversioned. */
  deploymentVersion = '';
  /** The version to which it moves with the task that is out; '': it does not. */
  versionTransition = '';
  /** `VersioningBehavior` that an operator or the starter has set, whatever the workflow says; 0: none. */
  overrideBehavior = 0;
  /** Of a pinned override: `deployment.build`. */
  overrideVersion = '';
  /** The deployment that its last worker, or an override, belongs to; a worker without a version may have one too. */
  workerDeploymentName = '';
  /** Something has been said about its version, ever. */
  hasVersioningInfo = false;
  /** The build that its search attributes have been brought up to date with. In memory only. */
  listedBuildId: string | undefined;
  /** The run that a reset of this one has made. */
  resetRunId = '';
  /** Of a run that a reset has made: the run it was made from, the last event they share, when the first of the line started. */
  baseRunId = '';
  lastSharedEventId = 0;
  originalStartTimeMs = 0;
  /** Encoded `ResetPoints`: where each build of the workers completed its first workflow task. */
  resetPoints: Uint8Array = EMPTY;
  /** A close command failed on unhandled events: new signals wait until the workflow is done with closing. In memory only. */
  closeAttempted = false;

  readonly activities = new PendingCollection<PendingActivity>(PendingKind.Activity, pendingActivityCodec);
  readonly timers = new PendingCollection<PendingTimer>(PendingKind.Timer, pendingTimerCodec);
  readonly children = new PendingCollection<PendingChild>(PendingKind.Child, pendingChildCodec);
  readonly cancelExternals = new PendingCollection<PendingExternalRequest>(
    PendingKind.CancelExternal,
    externalRequestCodec,
  );
  readonly signalExternals = new PendingCollection<PendingExternalRequest>(
    PendingKind.SignalExternal,
    externalRequestCodec,
  );
  readonly nexusOperations = new PendingCollection<PendingNexusOperation>(
    PendingKind.NexusOperation,
    nexusOperationCodec,
  );
  readonly callbacks = new PendingCollection<CompletionCallback>(
    PendingKind.CompletionCallback,
    completionCallbackCodec,
  );
  /** Events that wait for the workflow task to come back, keyed by `bufferedSequence`. */
  readonly bufferedEvents = new PendingCollection<HistoryEvent>(PendingKind.BufferedEvent, bufferedEventCodec);
  readonly updates = new PendingCollection<StoredUpdate>(PendingKind.Update, storedUpdateCodec);
  readonly requestIds = new PendingCollection<KnownRequestId>(PendingKind.RequestId, requestIdCodec);
  /** activity id -> scheduled event id, of pending activities. */
  readonly activityIds = new Map<string, number>();

  constructor(identity: RunIdentity, info: RunInfo, infoBytes: Uint8Array = runInfoCodec.encode(info)) {
    this.runKey = identity.runKey;
    this.namespaceId = identity.namespaceId;
    this.workflowId = identity.workflowId;
    this.runId = identity.runId;
    this.info = info;
    this.#infoBytes = infoBytes;
  }

  get isRunning(): boolean {
    return this.status === Status.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  get isWorkflowTaskStarted(): boolean {
    return this.workflowTask !== undefined && this.workflowTask.startedEventId !== 0;
  }

  /** True when the next (or pending) workflow task is a retry whose events are not written until it completes. */
  get isWorkflowTaskTransient(): boolean {
    return this.workflowTaskAttempt > 1;
  }

  get hasParent(): boolean {
    return this.info.parentWorkflowId !== '';
  }

  findActivityById(activityId: string): PendingActivity | undefined {
    const scheduledEventId = this.activityIds.get(activityId);
    return scheduledEventId === undefined ? undefined : this.activities.get(scheduledEventId);
  }

  /** Decodes a run from its row and its pending items. */
  static decode(record: ExecutionRecord, items: readonly PendingItem[]): MutableState {
    const stored = stateRecordCodec.decode(record.state);
    const state = new MutableState(record, runInfoCodec.decode(stored.info), stored.info);
    state.status = record.status;
    state.nextEventId = stored.nextEventId;
    state.previousStartedEventId = stored.previousStartedEventId;
    if (stored.workflowTask) state.workflowTask = copyWorkflowTask(stored.workflowTask);
    state.workflowTaskAttempt = stored.workflowTaskAttempt;
    state.workflowTaskFailureCause = stored.workflowTaskFailureCause;
    state.stickyTaskQueue = stored.stickyTaskQueue;
    state.stickyScheduleToStartMs = stored.stickyScheduleToStartMs;
    state.cancelRequested = stored.cancelRequested;
    state.cancelRequestId = stored.cancelRequestId;
    state.historySizeBytes = stored.historySizeBytes;
    state.signalCount = stored.signalCount;
    state.updateCount = stored.updateCount;
    state.memo = stored.memo;
    state.searchAttributes = stored.searchAttributes;
    state.closeTimeMs = stored.closeTimeMs;
    state.stateTransitionCount = stored.stateTransitionCount;
    state.firstWorkflowTaskDueMs = stored.firstWorkflowTaskDueMs;
    state.bufferedSequence = stored.bufferedSequence;
    state.closeEventBatchId = stored.closeEventBatchId;
    state.continuedRunId = stored.continuedRunId;
    state.mostRecentWorkerVersion = stored.mostRecentWorkerVersion;
    state.versioningBehavior = stored.versioningBehavior;
    state.deploymentVersion = stored.deploymentVersion;
    state.versionTransition = stored.versionTransition;
    state.overrideBehavior = stored.overrideBehavior;
    state.overrideVersion = stored.overrideVersion;
    state.workerDeploymentName = stored.workerDeploymentName;
    state.hasVersioningInfo = stored.hasVersioningInfo;
    state.resetRunId = stored.resetRunId;
    state.baseRunId = stored.baseRunId;
    state.lastSharedEventId = stored.lastSharedEventId;
    state.originalStartTimeMs = stored.originalStartTimeMs;
    state.resetPoints = stored.resetPoints;
    for (const item of items) state.#loadItem(item);
    return state;
  }

  #loadItem(item: PendingItem): void {
    switch (item.kind) {
      case PendingKind.Activity: {
        this.activities.load(item.id, item.data);
        const activity = this.activities.get(item.id);
        if (activity) this.activityIds.set(activity.activityId, activity.scheduledEventId);
        return;
      }
      case PendingKind.Timer:
        return this.timers.load(item.id, item.data);
      case PendingKind.Child:
        return this.children.load(item.id, item.data);
      case PendingKind.CancelExternal:
        return this.cancelExternals.load(item.id, item.data);
      case PendingKind.SignalExternal:
        return this.signalExternals.load(item.id, item.data);
      case PendingKind.BufferedEvent:
        return this.bufferedEvents.load(item.id, item.data);
      case PendingKind.Update:
        return this.updates.load(item.id, item.data);
      case PendingKind.RequestId:
        return this.requestIds.load(item.id, item.data);
      case PendingKind.NexusOperation:
        return this.nexusOperations.load(item.id, item.data);
      case PendingKind.CompletionCallback:
        return this.callbacks.load(item.id, item.data);
      default:
        throw new Error(`Run ${this.runId} holds a pending item of the unknown kind ${item.kind}.`);
    }
  }

  /** Stages the run's row and the items that changed. */
  stage(store: Pick<Store, 'stage'>, wakeAtMs: number | undefined): void {
    this.activities.stage(this.runKey, store);
    this.timers.stage(this.runKey, store);
    this.children.stage(this.runKey, store);
    this.cancelExternals.stage(this.runKey, store);
    this.signalExternals.stage(this.runKey, store);
    this.nexusOperations.stage(this.runKey, store);
    this.callbacks.stage(this.runKey, store);
    this.bufferedEvents.stage(this.runKey, store);
    this.updates.stage(this.runKey, store);
    this.requestIds.stage(this.runKey, store);
    store.stage({ type: 'putExecution', record: this.#encode(wakeAtMs) });
  }

  #encode(wakeAtMs: number | undefined): ExecutionRecord {
    const task = this.workflowTask?.isSpeculative ? undefined : this.workflowTask;
    const stored: StoredState = {
      info: this.#infoBytes,
      nextEventId: this.nextEventId,
      previousStartedEventId: this.previousStartedEventId,
      workflowTask: task ?? null,
      workflowTaskAttempt: this.workflowTaskAttempt,
      stickyTaskQueue: this.stickyTaskQueue,
      stickyScheduleToStartMs: this.stickyScheduleToStartMs,
      cancelRequested: this.cancelRequested,
      cancelRequestId: this.cancelRequestId,
      historySizeBytes: this.historySizeBytes,
      signalCount: this.signalCount,
      memo: this.memo,
      searchAttributes: this.searchAttributes,
      closeTimeMs: this.closeTimeMs,
      stateTransitionCount: this.stateTransitionCount,
      firstWorkflowTaskDueMs: this.firstWorkflowTaskDueMs,
      bufferedSequence: this.bufferedSequence,
      closeEventBatchId: this.closeEventBatchId,
      continuedRunId: this.continuedRunId,
      workflowTaskFailureCause: this.workflowTaskFailureCause,
      updateCount: this.updateCount,
      mostRecentWorkerVersion: this.mostRecentWorkerVersion,
      versioningBehavior: this.versioningBehavior,
      deploymentVersion: this.deploymentVersion,
      versionTransition: this.versionTransition,
      overrideBehavior: this.overrideBehavior,
      overrideVersion: this.overrideVersion,
      workerDeploymentName: this.workerDeploymentName,
      hasVersioningInfo: this.hasVersioningInfo,
      resetRunId: this.resetRunId,
      baseRunId: this.baseRunId,
      lastSharedEventId: this.lastSharedEventId,
      originalStartTimeMs: this.originalStartTimeMs,
      resetPoints: this.resetPoints,
    };
    return {
      runKey: this.runKey,
      namespaceId: this.namespaceId,
      workflowId: this.workflowId,
      runId: this.runId,
      state: stateRecordCodec.encode(stored),
      status: this.status,
      wakeAtMs,
      hasDispatch: this.isRunning && (task !== undefined || this.activities.size > 0 || this.nexusOperations.size > 0),
    };
  }
}

function copyWorkflowTask(task: PendingWorkflowTask): PendingWorkflowTask {
  return {
    scheduledEventId: task.scheduledEventId,
    startedEventId: task.startedEventId,
    scheduledTimeMs: task.scheduledTimeMs,
    originalScheduledTimeMs: task.originalScheduledTimeMs,
    startedTimeMs: task.startedTimeMs,
    timeoutMs: task.timeoutMs,
    requestId: task.requestId,
    identity: task.identity,
    suggestContinueAsNew: task.suggestContinueAsNew,
    historySizeBytes: task.historySizeBytes,
    isOnStickyQueue: task.isOnStickyQueue,
    workerVersion: task.workerVersion,
  };
}
