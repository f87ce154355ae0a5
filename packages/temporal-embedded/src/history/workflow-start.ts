/**
 * The first events of a run: what StartWorkflowExecution, a start-child command, continue-as-new, retry and cron
 * have in common.
 */
import type { Built } from '../proto/int64.js';
import type { RunKey } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import { addCallbacks } from './completion-callback.js';
import { EventType } from './history-builder.js';
import type { HistoryEvent } from './history-builder.js';
import { limits } from './limits.js';
import type { ServiceLimits } from './limits.js';
import { MutableState } from './mutable-state.js';
import type { NewRun } from './new-run.js';
import { durationFromMs, timestampFromMs } from './proto-time.js';
import type { RunInfo } from './run-info.js';
import { noteStart } from './run-versioning.js';
import type { Transition } from './transition.js';
import { overrideMessage, versionMessage } from './versioning-override.js';
import { scheduleWorkflowTask } from './workflow-task.js';

const { Memo, SearchAttributes, RetryPolicy, Priority } = temporalProto.api.common.v1;
const { UserMetadata } = temporalProto.api.sdk.v1;
const { ResetPoints } = temporalProto.api.workflow.v1;
const Initiator = temporalProto.api.enums.v1.ContinueAsNewInitiator;
const TaskQueueKind = temporalProto.api.enums.v1.TaskQueueKind;
const EMPTY = new Uint8Array(0);

/** The run timeout after the execution timeout has had its say; 0: none. */
export function effectiveRunTimeoutMs(runTimeoutMs: number, executionTimeoutMs: number): number {
  if (executionTimeoutMs === 0) return runTimeoutMs;
  if (runTimeoutMs === 0) return executionTimeoutMs;
  return Math.min(runTimeoutMs, executionTimeoutMs);
}

/** The workflow task timeout after default and caps. */
export function effectiveTaskTimeoutMs(
  taskTimeoutMs: number,
  runTimeoutMs: number,
  { defaultWorkflowTaskTimeoutMs }: ServiceLimits,
): number {
  const wished = Math.min(taskTimeoutMs || defaultWorkflowTaskTimeoutMs, limits.maximumWorkflowTaskTimeoutMs);
  return runTimeoutMs === 0 ? wished : Math.min(wished, runTimeoutMs);
}

/** Makes the mutable state of a run that has no events yet. */
export function createMutableState(runKey: RunKey, run: NewRun, nowMs: number): MutableState {
  const isRetry = run.initiator === Initiator.CONTINUE_AS_NEW_INITIATOR_RETRY;
  const executionExpirationMs =
    run.executionExpirationMs ||
    (run.workflowExecutionTimeoutMs > 0 ? nowMs + run.workflowExecutionTimeoutMs + run.firstWorkflowTaskBackoffMs : 0);
  let runExpirationMs =
    run.workflowRunTimeoutMs > 0 ? nowMs + run.workflowRunTimeoutMs + run.firstWorkflowTaskBackoffMs : 0;
  if (executionExpirationMs > 0 && (runExpirationMs === 0 || runExpirationMs > executionExpirationMs)) {
    runExpirationMs = executionExpirationMs;
  }
  const info: RunInfo = {
    workflowType: run.workflowType,
    taskQueue: run.taskQueue,
    startTimeMs: nowMs,
    executionTimeMs: nowMs + run.firstWorkflowTaskBackoffMs,
    workflowExecutionTimeoutMs: run.workflowExecutionTimeoutMs,
    workflowRunTimeoutMs: run.workflowRunTimeoutMs,
    workflowTaskTimeoutMs: run.workflowTaskTimeoutMs,
    executionExpirationMs: run.retryPolicy || run.cronSchedule || executionExpirationMs ? executionExpirationMs : 0,
    runExpirationMs,
    attempt: isRetry ? run.attempt : Math.max(run.attempt, 1),
    cronSchedule: run.cronSchedule,
    retryPolicy: run.retryPolicy ? RetryPolicy.encode(run.retryPolicy).finish() : EMPTY,
    firstExecutionRunId: run.firstExecutionRunId,
    originalExecutionRunId: run.runId,
    parentNamespaceId: run.parent?.namespaceId ?? '',
    parentNamespace: run.parent?.namespace ?? '',
    parentWorkflowId: run.parent?.workflowId ?? '',
    parentRunId: run.parent?.runId ?? '',
    parentInitiatedEventId: run.parent?.initiatedEventId ?? 0,
    rootWorkflowId: run.rootWorkflowId,
    rootRunId: run.rootRunId,
    priority: run.priority ? Priority.encode(run.priority).finish() : EMPTY,
    userMetadata: run.userMetadata ? UserMetadata.encode(run.userMetadata).finish() : EMPTY,
    startRequestId: run.requestId,
    namespace: run.namespace,
  };
  const state = new MutableState(
    { runKey, namespaceId: run.namespaceId, workflowId: run.workflowId, runId: run.runId },
    info,
  );
  if (run.memo) state.memo = Memo.encode(run.memo).finish();
  if (run.searchAttributes) state.searchAttributes = SearchAttributes.encode(run.searchAttributes).finish();
  if (run.prevAutoResetPoints) state.resetPoints = ResetPoints.encode(run.prevAutoResetPoints).finish();
  return state;
}

/** Writes the started event. The first workflow task is the caller's next step. */
export function recordWorkflowStarted(tx: Transition, run: NewRun): void {
  const { info } = tx.state;
  // The first run of a cron schedule says so too.
  const initiator = run.initiator || (run.cronSchedule ? Initiator.CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE : 0);
  const attributes = {
    workflowType: { name: run.workflowType },
    taskQueue: { name: run.taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
    input: run.input,
    header: run.header,
    ...(run.workflowExecutionTimeoutMs
      ? { workflowExecutionTimeout: durationFromMs(run.workflowExecutionTimeoutMs) }
      : {}),
    ...(run.workflowRunTimeoutMs ? { workflowRunTimeout: durationFromMs(run.workflowRunTimeoutMs) } : {}),
    workflowTaskTimeout: durationFromMs(run.workflowTaskTimeoutMs),
    identity: run.identity,
    retryPolicy: run.retryPolicy,
    attempt: info.attempt,
    firstExecutionRunId: run.firstExecutionRunId,
    originalExecutionRunId: run.runId,
    memo: run.memo,
    searchAttributes: run.searchAttributes,
    workflowId: run.workflowId,
    ...(run.firstWorkflowTaskBackoffMs || !run.continuedExecutionRunId
      ? { firstWorkflowTaskBackoff: durationFromMs(run.firstWorkflowTaskBackoffMs) }
      : {}),
    ...(run.priority ? { priority: run.priority } : {}),
    ...(run.cronSchedule ? { cronSchedule: run.cronSchedule } : {}),
    ...(info.executionExpirationMs
      ? { workflowExecutionExpirationTime: timestampFromMs(info.executionExpirationMs) }
      : {}),
    ...(initiator ? { initiator } : {}),
    ...(run.continuedExecutionRunId ? { continuedExecutionRunId: run.continuedExecutionRunId } : {}),
    ...(run.lastCompletionResult ? { lastCompletionResult: run.lastCompletionResult } : {}),
    ...(run.continuedFailure ? { continuedFailure: run.continuedFailure } : {}),
    ...(run.completionCallbacks.length > 0 ? { completionCallbacks: [...run.completionCallbacks] } : {}),
    ...(run.prevAutoResetPoints ? { prevAutoResetPoints: run.prevAutoResetPoints } : {}),
    ...(run.eagerExecutionAccepted ? { eagerExecutionAccepted: true } : {}),
    ...(run.versioningOverride ? { versioningOverride: overrideMessage(run.versioningOverride) } : {}),
    ...(run.inheritedPinnedVersion ? { inheritedPinnedVersion: versionMessage(run.inheritedPinnedVersion) } : {}),
    ...(run.parent
      ? {
          rootWorkflowExecution: { workflowId: run.rootWorkflowId, runId: run.rootRunId },
          parentWorkflowNamespaceId: run.parent.namespaceId,
          parentWorkflowNamespace: run.parent.namespace,
          parentWorkflowExecution: { workflowId: run.parent.workflowId, runId: run.parent.runId },
          parentInitiatedEventId: run.parent.initiatedEventId,
        }
      : {}),
  };
  const event: Built<HistoryEvent> = { workflowExecutionStartedEventAttributes: attributes };
  if (run.links.length > 0) event.links = [...run.links];
  if (run.userMetadata) event.userMetadata = run.userMetadata;
  tx.history.add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, event);
  addCallbacks(tx.state, run.requestId, run.completionCallbacks, tx.nowMs);
  noteStart(tx.state, attributes);
  tx.visibilityChanged = true;
  tx.changed = true;
}

/** Schedules the first workflow task, or notes when it is due. */
export function scheduleFirstWorkflowTask(tx: Transition, backoffMs: number, dispatch = true): void {
  if (backoffMs > 0) {
    tx.state.firstWorkflowTaskDueMs = tx.nowMs + backoffMs;
    tx.changed = true;
    return;
  }
  scheduleWorkflowTask(tx, { dispatch });
}
