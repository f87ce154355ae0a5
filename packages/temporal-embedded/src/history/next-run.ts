/**
 * The run that goes on when one closes: continue-as-new, workflow retry, cron. Pure: reads the closing run, gives
 * the description of the next one.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { callbacksOf } from './completion-callback.js';
import { cronBackoffMs } from './cron.js';
import { limits } from './limits.js';
import type { NewRun, ParentLink } from './new-run.js';
import type { VersionLookup } from './ports.js';
import { msFromDuration } from './proto-time.js';
import { RetryState, decideRetry, retrySettings } from './retry.js';
import { inheritablePin, pinnedVersion } from './run-versioning.js';
import type { Transition } from './transition.js';

type Failure = temporal.api.failure.v1.IFailure;
type Payloads = temporal.api.common.v1.IPayloads;
type StartedAttributes = temporal.api.history.v1.IWorkflowExecutionStartedEventAttributes;

const Initiator = temporalProto.api.enums.v1.ContinueAsNewInitiator;
const { RetryPolicy, Priority } = temporalProto.api.common.v1;
const { ResetPoints } = temporalProto.api.workflow.v1;

/** Reads the run's first event; the store has it as bytes. */
export type ReadStartedEvent = () => {
  readonly attributes: StartedAttributes;
  readonly links: readonly temporal.api.common.v1.ILink[];
};

/** The next run by the workflow's own retry policy, and why there is none. */
export function nextRetryRun(
  tx: Transition,
  readStarted: ReadStartedEvent,
  failure: Failure,
): { readonly run: NewRun | undefined; readonly retryState: number } {
  const { info } = tx.state;
  if (info.retryPolicy.length === 0) return { run: undefined, retryState: RetryState.RETRY_STATE_RETRY_POLICY_NOT_SET };
  const decision = decideRetry(
    retrySettings(RetryPolicy.decode(info.retryPolicy)),
    info.attempt,
    tx.nowMs,
    info.executionExpirationMs,
    failure,
    false,
  );
  if (decision.type === 'stop') return { run: undefined, retryState: decision.retryState };
  const run = sameAgain(tx, readStarted, {
    initiator: Initiator.CONTINUE_AS_NEW_INITIATOR_RETRY,
    attempt: info.attempt + 1,
    backoffMs: decision.delayMs,
    lastCompletionResult: null,
    failure,
  });
  return { run, retryState: RetryState.RETRY_STATE_IN_PROGRESS };
}

/** The next run by the workflow's cron schedule, if it has one and time is left. */
export function nextCronRun(
  tx: Transition,
  readStarted: ReadStartedEvent,
  end: { readonly result: Payloads | null; readonly failure: Failure | null },
): NewRun | undefined {
  const { info } = tx.state;
  if (info.cronSchedule === '') return undefined;
  const backoffMs = cronBackoffMs(info.cronSchedule, info.executionTimeMs, tx.nowMs);
  if (backoffMs === undefined) return undefined;
  if (info.executionExpirationMs > 0 && tx.nowMs + backoffMs > info.executionExpirationMs) return undefined;
  return sameAgain(tx, readStarted, {
    initiator: Initiator.CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE,
    attempt: 1,
    backoffMs,
    // A failed run hands on the result of the last one that succeeded.
    lastCompletionResult: end.failure ? (readStarted().attributes.lastCompletionResult ?? null) : end.result,
    failure: end.failure,
  });
}

/**
 * The next run as the workflow itself asked for it; `command` has its defaults filled in. It inherits the version that the
 * run is pinned to. An override it does not: the official server 1.29.1 means to hand it on, and loses it.
 */
export function continueAsNewRun(
  tx: Transition,
  command: temporal.api.command.v1.IContinueAsNewWorkflowExecutionCommandAttributes,
  versions: VersionLookup,
): NewRun {
  const { info } = tx.state;
  const taskQueue = command.taskQueue?.name ?? info.taskQueue;
  const version = inheritablePin(tx.state, taskQueue, versions);
  return {
    ...inherited(tx),
    ...(version === '' ? {} : { inheritedPinnedVersion: version }),
    workflowType: command.workflowType?.name ?? info.workflowType,
    taskQueue,
    input: command.input ?? null,
    header: command.header ?? null,
    memo: command.memo ?? null,
    searchAttributes: command.searchAttributes ?? null,
    retryPolicy: command.retryPolicy ?? null,
    cronSchedule: command.cronSchedule ?? '',
    workflowRunTimeoutMs: msFromDuration(command.workflowRunTimeout),
    workflowTaskTimeoutMs: msFromDuration(command.workflowTaskTimeout),
    firstWorkflowTaskBackoffMs: minimalBackoffMs(tx, msFromDuration(command.backoffStartInterval)),
    attempt: 1,
    initiator: command.initiator ?? Initiator.CONTINUE_AS_NEW_INITIATOR_WORKFLOW,
    lastCompletionResult: command.lastCompletionResult ?? null,
    continuedFailure: command.failure ?? null,
    links: [],
  };
}

interface Repetition {
  readonly initiator: number;
  readonly attempt: number;
  readonly backoffMs: number;
  readonly lastCompletionResult: Payloads | null;
  readonly failure: Failure | null;
}

function sameAgain(tx: Transition, readStarted: ReadStartedEvent, repetition: Repetition): NewRun {
  const { attributes, links } = readStarted();
  const { info } = tx.state;
  const isRetry = repetition.initiator === Initiator.CONTINUE_AS_NEW_INITIATOR_RETRY;
  // What it has inherited itself; a run that has come to be pinned by its own choice chooses anew.
  const version = isRetry && attributes.inheritedPinnedVersion ? pinnedVersion(tx.state) : '';
  return {
    ...inherited(tx),
    ...(version === '' ? {} : { inheritedPinnedVersion: version }),
    workflowType: info.workflowType,
    taskQueue: info.taskQueue,
    input: attributes.input ?? null,
    header: attributes.header ?? null,
    memo: attributes.memo ?? null,
    searchAttributes: attributes.searchAttributes ?? null,
    retryPolicy: attributes.retryPolicy ?? null,
    cronSchedule: info.cronSchedule,
    workflowRunTimeoutMs: info.workflowRunTimeoutMs,
    workflowTaskTimeoutMs: info.workflowTaskTimeoutMs,
    firstWorkflowTaskBackoffMs: minimalBackoffMs(tx, repetition.backoffMs),
    attempt: repetition.attempt,
    initiator: repetition.initiator,
    lastCompletionResult: repetition.lastCompletionResult,
    continuedFailure: repetition.failure,
    links,
    // The run before has called them: whoever waits for a cron workflow waits for its first run.
    ...(repetition.initiator === Initiator.CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE ? { completionCallbacks: [] } : {}),
  };
}

function inherited(tx: Transition) {
  const { state } = tx;
  const { info } = state;
  const runId = tx.ids.uuid();
  return {
    namespaceId: state.namespaceId,
    namespace: info.namespace,
    workflowId: state.workflowId,
    runId,
    requestId: tx.ids.uuid(),
    identity: '',
    // Summary and details are those of the start request: the official server does not carry them on.
    userMetadata: null,
    priority: info.priority.length > 0 ? Priority.decode(info.priority) : null,
    completionCallbacks: callbacksOf(state),
    workflowExecutionTimeoutMs: info.workflowExecutionTimeoutMs,
    continuedExecutionRunId: state.runId,
    firstExecutionRunId: info.firstExecutionRunId,
    executionExpirationMs: info.executionExpirationMs,
    parent: parentLink(tx),
    rootWorkflowId: info.rootWorkflowId,
    // Without a parent, every run of the chain is its own root.
    rootRunId: state.hasParent ? info.rootRunId : runId,
    eagerExecutionAccepted: false,
    ...(state.resetPoints.length > 0 ? { prevAutoResetPoints: ResetPoints.decode(state.resetPoints) } : {}),
  };
}

function parentLink(tx: Transition): ParentLink | null {
  const { info } = tx.state;
  if (!tx.state.hasParent) return null;
  return {
    namespaceId: info.parentNamespaceId,
    namespace: info.parentNamespace,
    workflowId: info.parentWorkflowId,
    runId: info.parentRunId,
    initiatedEventId: info.parentInitiatedEventId,
    rootWorkflowId: info.rootWorkflowId,
    rootRunId: info.rootRunId,
  };
}

/** A run that lived for less than a second is followed only after the rest of it: no tight loops of new runs. */
function minimalBackoffMs(tx: Transition, backoffMs: number): number {
  const lifetimeMs = tx.nowMs - tx.state.info.executionTimeMs;
  return lifetimeMs + backoffMs < limits.minimumRunIntervalMs ? limits.minimumRunIntervalMs - lifetimeMs : backoffMs;
}
