/**
 * What one run's transition does to other runs: starts children and next runs, delivers signals and cancel requests,
 * closes children, tells parents. Each effect is one or two transitions of its own, in the same turn as its cause,
 * so a history reads as if the runs had talked to each other, and a crash leaves all of it or nothing.
 */
import { CancellationAlreadyRequestedError, ServiceError, WorkflowExecutionAlreadyStartedError } from '../errors.js';
import type { RunKey } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { recordChildClosed, recordChildStartFailed, recordChildStarted } from './child-workflow.js';
import { recordCancelExternalOutcome, recordSignalExternalOutcome } from './external-workflow.js';
import type { HistoryEngine } from './history-engine.js';
import { deliverCallback } from './nexus-completion.js';
import type { NewRun } from './new-run.js';
import type { PendingExternalRequest } from './pending-items.js';
import { msFromDuration } from './proto-time.js';
import type { RunContext } from './run-context.js';
import { cronBackoffMs } from './cron.js';
import { mergedPriority } from './priority.js';
import { requestCancelRun, signalRun } from './run-requests.js';
import { inheritablePin, overrideOf } from './run-versioning.js';
import { beginRun, startWorkflow } from './start-workflow.js';
import type { ChildOutcome, CrossRunEffect } from './transition.js';
import { SERVICE_IDENTITY, terminateWorkflow } from './workflow-close.js';
import { ensureWorkflowTask } from './workflow-task.js';

const {
  ParentClosePolicy,
  StartChildWorkflowExecutionFailedCause: StartFailed,
  SignalExternalWorkflowExecutionFailedCause: SignalFailed,
  CancelExternalWorkflowExecutionFailedCause: CancelFailed,
  WorkflowIdConflictPolicy,
} = temporalProto.api.enums.v1;

/** Carries one effect out. Throws only on what should not happen. */
export function applyCrossRunEffect(engine: HistoryEngine, runKey: RunKey, effect: CrossRunEffect): void {
  switch (effect.type) {
    case 'startChild':
      return startChild(engine, engine.load(runKey), effect);
    case 'startNextRun':
      beginRun(engine, effect.run);
      return;
    case 'cancelExternal':
      return cancelExternal(engine, engine.load(runKey), effect);
    case 'signalExternal':
      return signalExternal(engine, engine.load(runKey), effect);
    case 'closeChild':
      return closeChild(engine, engine.load(runKey), effect);
    case 'reportClose':
      return reportClose(engine, engine.load(runKey), effect.outcome);
    case 'deliverCallback':
      return deliverCallback(engine, engine.load(runKey), effect.callbackId, effect.completion);
    default:
      return effect satisfies never;
  }
}

function startChild(
  engine: HistoryEngine,
  parent: RunContext,
  effect: Extract<CrossRunEffect, { type: 'startChild' }>,
): void {
  const { attributes, initiatedEventId } = effect;
  const pending = parent.state.children.get(initiatedEventId);
  // A parent that closes in the same task never started the child, whatever its parent close policy.
  if (!parent.state.isRunning) return;
  const run = childRun(engine, parent, effect);
  let child: RunContext;
  try {
    child =
      childOfBaseRun(engine, parent, effect) ??
      startWorkflow(engine, run, {
        reusePolicy: attributes.workflowIdReusePolicy ?? 0,
        conflictPolicy: WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
        delayFirstTask: true,
      }).context;
  } catch (error) {
    if (!(error instanceof ServiceError) || !pending) throw error;
    const cause =
      error instanceof WorkflowExecutionAlreadyStartedError
        ? StartFailed.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS
        : StartFailed.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_NAMESPACE_NOT_FOUND;
    engine.transact(parent, (tx) => {
      recordChildStartFailed(tx, pending, cause, attributes.control ?? '');
      ensureWorkflowTask(tx);
    });
    return;
  }
  if (pending && parent.state.isRunning) {
    engine.transact(parent, (tx) => {
      recordChildStarted(tx, pending, child.state.info.firstExecutionRunId, attributes.header ?? null);
      ensureWorkflowTask(tx);
    });
  }
  engine.transact(child, (tx) => {
    const backoffMs = tx.state.info.executionTimeMs - tx.state.info.startTimeMs;
    if (backoffMs > 0) {
      tx.state.firstWorkflowTaskDueMs = tx.nowMs + backoffMs;
      tx.changed = true;
    } else {
      ensureWorkflowTask(tx);
    }
  });
}

/** The child that the run has started already, before it was reset to between its command and its start. */
function childOfBaseRun(
  engine: HistoryEngine,
  parent: RunContext,
  { attributes, initiatedEventId }: Extract<CrossRunEffect, { type: 'startChild' }>,
): RunContext | undefined {
  const { state } = parent;
  if (state.baseRunId === '' || initiatedEventId > state.lastSharedEventId) return undefined;
  const child = engine.tryFindRun(attributes.namespaceId ?? state.namespaceId, attributes.workflowId ?? '', '');
  if (child?.state.info.parentWorkflowId !== state.workflowId) return undefined;
  const { parentRunId } = child.state.info;
  if (parentRunId === state.info.originalExecutionRunId) return child;
  const starter = engine.tryFindRun(state.namespaceId, state.workflowId, parentRunId);
  return starter?.state.info.originalExecutionRunId === state.info.originalExecutionRunId ? child : undefined;
}

function childRun(
  engine: HistoryEngine,
  parent: RunContext,
  effect: Extract<CrossRunEffect, { type: 'startChild' }>,
): NewRun {
  const { attributes } = effect;
  const { state } = parent;
  const runId = engine.ids.uuid();
  const nowMs = engine.clock.nowMs();
  const taskQueue = attributes.taskQueue?.name ?? '';
  const isSameNamespace = (attributes.namespaceId ?? state.namespaceId) === state.namespaceId;
  const version = isSameNamespace ? inheritablePin(state, taskQueue, engine.versions) : '';
  const override = version === '' ? undefined : overrideOf(state);
  return {
    ...(version === '' ? {} : { inheritedPinnedVersion: version }),
    ...(override?.isPinned ? { versioningOverride: override } : {}),
    namespaceId: attributes.namespaceId ?? state.namespaceId,
    namespace: attributes.namespace ?? state.info.namespace,
    workflowId: attributes.workflowId ?? '',
    runId,
    requestId: engine.ids.uuid(),
    identity: '',
    workflowType: attributes.workflowType?.name ?? '',
    taskQueue,
    input: attributes.input ?? null,
    header: attributes.header ?? null,
    memo: attributes.memo ?? null,
    searchAttributes: attributes.searchAttributes ?? null,
    retryPolicy: attributes.retryPolicy ?? null,
    userMetadata: effect.userMetadata,
    priority: mergedPriority(state.info.priority, attributes.priority ?? null),
    links: [],
    completionCallbacks: [],
    cronSchedule: attributes.cronSchedule ?? '',
    workflowExecutionTimeoutMs: msFromDuration(attributes.workflowExecutionTimeout),
    workflowRunTimeoutMs: msFromDuration(attributes.workflowRunTimeout),
    workflowTaskTimeoutMs: msFromDuration(attributes.workflowTaskTimeout),
    firstWorkflowTaskBackoffMs: cronBackoffMs(attributes.cronSchedule ?? '', nowMs, nowMs) ?? 0,
    attempt: 1,
    initiator: 0,
    continuedExecutionRunId: '',
    firstExecutionRunId: runId,
    executionExpirationMs: 0,
    lastCompletionResult: null,
    continuedFailure: null,
    parent: {
      namespaceId: state.namespaceId,
      namespace: state.info.namespace,
      workflowId: state.workflowId,
      runId: state.runId,
      initiatedEventId: effect.initiatedEventId,
      rootWorkflowId: state.info.rootWorkflowId,
      rootRunId: state.info.rootRunId,
    },
    rootWorkflowId: state.info.rootWorkflowId,
    rootRunId: state.info.rootRunId,
    eagerExecutionAccepted: false,
  };
}

function cancelExternal(
  engine: HistoryEngine,
  sender: RunContext,
  effect: Extract<CrossRunEffect, { type: 'cancelExternal' }>,
): void {
  // Read from the state before the sender closed: a cancel request outlives the workflow that sent it.
  const pending = sender.state.cancelExternals.get(effect.initiatedEventId);
  if (!pending) return;
  const NOT_FOUND = CancelFailed.CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND;
  const cause = tryTarget(engine, sender, pending, effect.childOnly, NOT_FOUND, (target) => {
    try {
      requestCancelRun(engine, target, {
        reason: effect.reason,
        identity: SERVICE_IDENTITY,
        requestId: pending.requestId,
        links: [],
        sender: { execution: executionOf(sender), initiatedEventId: effect.initiatedEventId },
      });
    } catch (error) {
      // Somebody else asked before: it is being cancelled, which is what was wanted.
      if (!(error instanceof CancellationAlreadyRequestedError)) throw error;
    }
  });
  engine.transact(sender, (tx) => {
    recordCancelExternalOutcome(tx, pending, cause);
    ensureWorkflowTask(tx);
  });
}

function signalExternal(
  engine: HistoryEngine,
  sender: RunContext,
  effect: Extract<CrossRunEffect, { type: 'signalExternal' }>,
): void {
  const pending = sender.state.signalExternals.get(effect.initiatedEventId);
  if (!pending) return;
  const NOT_FOUND = SignalFailed.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND;
  const cause = tryTarget(engine, sender, pending, effect.childOnly, NOT_FOUND, (target) =>
    signalRun(engine, target, {
      signalName: effect.signalName,
      input: effect.input,
      header: effect.header,
      identity: SERVICE_IDENTITY,
      requestId: pending.requestId,
      links: [],
      sender: executionOf(sender),
    }),
  );
  engine.transact(sender, (tx) => {
    recordSignalExternalOutcome(tx, pending, cause);
    ensureWorkflowTask(tx);
  });
}

/** Finds the target and does something to it; the failure's cause, or undefined. */
function tryTarget(
  engine: HistoryEngine,
  sender: RunContext,
  pending: PendingExternalRequest,
  childOnly: boolean,
  notFoundCause: number,
  act: (target: RunContext) => void,
): number | undefined {
  const { state } = sender;
  // A workflow that means itself has other ways; the official server answers that there is no such external one.
  if (pending.namespaceId === state.namespaceId && pending.workflowId === state.workflowId) return notFoundCause;
  try {
    const target = engine.findRun(pending.namespaceId, pending.workflowId, pending.runId);
    if (childOnly && target.state.info.parentWorkflowId !== state.workflowId) return notFoundCause;
    act(target);
    return undefined;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return notFoundCause;
  }
}

function closeChild(
  engine: HistoryEngine,
  parent: RunContext,
  effect: Extract<CrossRunEffect, { type: 'closeChild' }>,
): void {
  // The child may have continued as new: the chain's current run is the one to close.
  const child = engine.tryFindRun(effect.namespaceId, effect.workflowId, '');
  if (!child?.state.isRunning || child.state.info.firstExecutionRunId !== firstRunOf(engine, effect)) return;
  if (child.state.info.parentWorkflowId !== parent.state.workflowId) return;
  if (effect.policy === ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL) {
    try {
      requestCancelRun(engine, child, {
        reason: '',
        identity: SERVICE_IDENTITY,
        requestId: engine.ids.uuid(),
        links: [],
        sender: { execution: executionOf(parent), initiatedEventId: 0 },
      });
    } catch (error) {
      if (!(error instanceof CancellationAlreadyRequestedError)) throw error;
    }
    return;
  }
  engine.transact(child, (tx) =>
    terminateWorkflow(tx, { reason: 'by parent close policy', details: null, identity: SERVICE_IDENTITY }),
  );
}

function firstRunOf(engine: HistoryEngine, effect: { namespaceId: string; workflowId: string; runId: string }): string {
  const started = engine.tryFindRun(effect.namespaceId, effect.workflowId, effect.runId);
  return started?.state.info.firstExecutionRunId ?? effect.runId;
}

function reportClose(engine: HistoryEngine, child: RunContext, outcome: ChildOutcome): void {
  const { info } = child.state;
  let parent = engine.tryFindRun(info.parentNamespaceId, info.parentWorkflowId, info.parentRunId);
  // A parent that was reset goes on as another run, which has the child too.
  while (parent && !parent.state.isRunning && parent.state.resetRunId !== '') {
    parent = engine.tryFindRun(info.parentNamespaceId, info.parentWorkflowId, parent.state.resetRunId);
  }
  const pending = parent?.state.children.get(info.parentInitiatedEventId);
  if (!parent?.state.isRunning || !pending || pending.workflowId !== child.state.workflowId) return;
  engine.transact(parent, (tx) => {
    recordChildClosed(tx, pending, child.state.runId, outcome);
    ensureWorkflowTask(tx);
  });
}

function executionOf(context: RunContext): temporal.api.common.v1.IWorkflowExecution {
  return { workflowId: context.state.workflowId, runId: context.state.runId };
}
