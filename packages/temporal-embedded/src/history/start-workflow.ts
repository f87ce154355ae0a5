/**
 * Starting a workflow: may it start under this id, and if so, its first transition.
 *
 * | current run        | policy that decides | outcomes                                               |
 * |--------------------|---------------------|--------------------------------------------------------|
 * | none               |                     | start                                                  |
 * | same request id    |                     | the run that the request started before                |
 * | running            | conflict policy     | fail, use existing, or terminate it and start          |
 * | closed             | reuse policy        | start, or refuse (always, or unless the last one failed) |
 */
import { WorkflowExecutionAlreadyStartedError } from '../errors.js';
import type { CurrentRun } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import type { HistoryEngine } from './history-engine.js';
import type { NewRun } from './new-run.js';
import type { RunContext } from './run-context.js';
import { encodeStringPayloads } from './string-payload.js';
import type { Transition } from './transition.js';
import { SERVICE_IDENTITY, terminateWorkflow } from './workflow-close.js';
import { recordWorkflowStarted, scheduleFirstWorkflowTask } from './workflow-start.js';

const {
  WorkflowExecutionStatus: Status,
  WorkflowIdReusePolicy: Reuse,
  WorkflowIdConflictPolicy: Conflict,
} = temporalProto.api.enums.v1;

export interface StartPolicies {
  /** `WorkflowIdReusePolicy`; 0: allow duplicates. */
  readonly reusePolicy: number;
  /** `WorkflowIdConflictPolicy`; 0: fail. */
  readonly conflictPolicy: number;
  /** The caller schedules the first workflow task (children: after their parent knows of them). */
  readonly delayFirstTask?: boolean;
  /** Runs inside the first transition, after the started event. */
  readonly onStarted?: (tx: Transition) => void;
  /** The first workflow task is handed out by the caller, not by matching. */
  readonly isEager?: boolean;
}

export interface StartResult {
  readonly context: RunContext;
  /** False when an existing run is used. */
  readonly started: boolean;
}

/** Throws WorkflowExecutionAlreadyStartedError when the policies say so. */
export function startWorkflow(engine: HistoryEngine, run: NewRun, policies: StartPolicies): StartResult {
  const current = engine.store.findCurrentRun(run.namespaceId, run.workflowId);
  if (current) {
    if (current.startRequestId === run.requestId) return { context: engine.load(current.runKey), started: true };
    const existing = resolveExisting(engine, current, run, policies);
    if (existing) return { context: existing, started: false };
  }
  return { context: beginRun(engine, run, policies), started: true };
}

/** The first transition of a run, policies aside. */
export function beginRun(
  engine: HistoryEngine,
  request: NewRun,
  options: Pick<StartPolicies, 'delayFirstTask' | 'onStarted' | 'isEager'> = {},
): RunContext {
  const { searchAttributes } = request;
  const run = searchAttributes
    ? { ...request, searchAttributes: engine.searchAttributes.typed(request.namespaceId, searchAttributes) }
    : request;
  return engine.startRun(run, (tx) => {
    recordWorkflowStarted(tx, run);
    options.onStarted?.(tx);
    if (!options.delayFirstTask) scheduleFirstWorkflowTask(tx, run.firstWorkflowTaskBackoffMs, !options.isEager);
  }).context;
}

function resolveExisting(
  engine: HistoryEngine,
  current: CurrentRun,
  run: NewRun,
  policies: StartPolicies,
): RunContext | undefined {
  if (current.status === Status.WORKFLOW_EXECUTION_STATUS_RUNNING) {
    return resolveRunning(engine, current, run, policies);
  }
  if (policies.reusePolicy === Reuse.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE) {
    throw alreadyStarted(
      current,
      `Workflow execution already finished. WorkflowId: ${current.workflowId}, RunId: ${current.runId}. Workflow Id reuse policy: reject duplicate workflow Id.`,
    );
  }
  const failed =
    current.status === Status.WORKFLOW_EXECUTION_STATUS_FAILED ||
    current.status === Status.WORKFLOW_EXECUTION_STATUS_CANCELED ||
    current.status === Status.WORKFLOW_EXECUTION_STATUS_TERMINATED ||
    current.status === Status.WORKFLOW_EXECUTION_STATUS_TIMED_OUT;
  if (policies.reusePolicy === Reuse.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY && !failed) {
    throw alreadyStarted(
      current,
      `Workflow execution already finished successfully. WorkflowId: ${current.workflowId}, RunId: ${current.runId}. Workflow Id reuse policy: allow duplicate workflow Id if last run failed.`,
    );
  }
  return undefined;
}

function resolveRunning(
  engine: HistoryEngine,
  current: CurrentRun,
  run: NewRun,
  policies: StartPolicies,
): RunContext | undefined {
  const isTerminate =
    policies.conflictPolicy === Conflict.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING ||
    policies.reusePolicy === Reuse.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING;
  if (isTerminate) {
    engine.transact(engine.load(current.runKey), (tx) =>
      terminateWorkflow(tx, {
        reason: 'TerminateIfRunning WorkflowIdReusePolicy',
        details: encodeStringPayloads(`terminated by new runID: ${run.runId}`),
        identity: SERVICE_IDENTITY,
      }),
    );
    return undefined;
  }
  if (policies.conflictPolicy === Conflict.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING) return engine.load(current.runKey);
  throw alreadyStarted(
    current,
    `Workflow execution is already running. WorkflowId: ${current.workflowId}, RunId: ${current.runId}.`,
  );
}

function alreadyStarted(current: CurrentRun, message: string): WorkflowExecutionAlreadyStartedError {
  return new WorkflowExecutionAlreadyStartedError(message, current.startRequestId, current.runId);
}
