/**
 * A start request, checked and turned into the description of a run. What StartWorkflowExecution and
 * SignalWithStartWorkflowExecution have in common.
 */
import { InvalidArgumentError } from '../errors.js';
import { cronBackoffMs, requireValidCron } from '../history/cron.js';
import type { HistoryEngine } from '../history/history-engine.js';
import type { NewRun } from '../history/new-run.js';
import type { SearchAttributeCatalog } from '../history/ports.js';
import { requirePriority } from '../history/priority.js';
import { isNegativeDuration, msFromDuration } from '../history/proto-time.js';
import { fillRetryPolicy, validateRetryPolicy } from '../history/retry.js';
import { requireTaskQueueName } from '../history/task-queue-name.js';
import { effectiveRunTimeoutMs, effectiveTaskTimeoutMs } from '../history/workflow-start.js';
import { readOverride, requireOverride } from '../history/versioning-override.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { linksBesideCallbacks, requireCallbacks } from './completion-callbacks.js';
import { checkLength, requireBlobSize, requireName } from './request-checks.js';

type StartRequest = temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest;
type SignalWithStartRequest = temporal.api.workflowservice.v1.ISignalWithStartWorkflowExecutionRequest;

const { WorkflowIdReusePolicy: Reuse, WorkflowIdConflictPolicy: Conflict } = temporalProto.api.enums.v1;

export interface StartContext {
  readonly engine: HistoryEngine;
  readonly searchAttributes: SearchAttributeCatalog;
  readonly namespace: { readonly id: string; readonly name: string };
}

/** Throws InvalidArgumentError for a request that cannot be followed. */
export function newRunFromRequest(context: StartContext, request: StartRequest | SignalWithStartRequest): NewRun {
  const { engine, namespace } = context;
  const workflowId = requireName(request.workflowId, 'WorkflowId');
  const retryPolicy = request.retryPolicy ? fillRetryPolicy(request.retryPolicy) : null;
  if (retryPolicy) validateRetryPolicy(retryPolicy);
  const cronSchedule = request.cronSchedule ?? '';
  const startDelayMs = startDelay(request, cronSchedule);
  requireValidCron(cronSchedule, engine.clock.nowMs());
  const workflowType = request.workflowType?.name ?? '';
  if (workflowType === '') throw new InvalidArgumentError('WorkflowType is not set on request.');
  checkLength(workflowType, 'WorkflowType');
  const taskQueue = requireTaskQueueName(request.taskQueue);
  requireTimeouts(request);
  const requestId = checkLength(request.requestId, 'RequestId') || engine.ids.uuid();
  const identity = checkLength(request.identity, 'Identity');
  requireCompatiblePolicies(request.workflowIdReusePolicy ?? 0, request.workflowIdConflictPolicy ?? 0);
  context.searchAttributes.validate(namespace.id, request.searchAttributes);
  requirePriority(request.priority);
  requireOverride(request.versioningOverride);
  requireBlobSize(request.input, engine.limits);
  const executionTimeoutMs = msFromDuration(request.workflowExecutionTimeout);
  const runTimeoutMs = effectiveRunTimeoutMs(msFromDuration(request.workflowRunTimeout), executionTimeoutMs);
  const completionCallbacks = requireCallbacks(
    'completionCallbacks' in request ? request.completionCallbacks : [],
    engine.limits,
  );
  const nowMs = engine.clock.nowMs();
  const runId = engine.ids.uuid();
  return {
    namespaceId: namespace.id,
    namespace: namespace.name,
    workflowId,
    runId,
    requestId,
    identity,
    workflowType,
    taskQueue,
    input: request.input ?? null,
    header: request.header ?? null,
    memo: request.memo ?? null,
    searchAttributes: request.searchAttributes ?? null,
    retryPolicy,
    userMetadata: request.userMetadata ?? null,
    priority: request.priority ?? null,
    links: linksBesideCallbacks(request.links, completionCallbacks),
    completionCallbacks,
    cronSchedule,
    workflowExecutionTimeoutMs: executionTimeoutMs,
    workflowRunTimeoutMs: runTimeoutMs,
    workflowTaskTimeoutMs: effectiveTaskTimeoutMs(
      msFromDuration(request.workflowTaskTimeout),
      runTimeoutMs,
      engine.limits,
    ),
    firstWorkflowTaskBackoffMs: startDelayMs || (cronBackoffMs(cronSchedule, nowMs, nowMs) ?? 0),
    attempt: 1,
    initiator: 0,
    continuedExecutionRunId: '',
    firstExecutionRunId: runId,
    executionExpirationMs: 0,
    lastCompletionResult: 'lastCompletionResult' in request ? (request.lastCompletionResult ?? null) : null,
    continuedFailure: 'continuedFailure' in request ? (request.continuedFailure ?? null) : null,
    parent: null,
    rootWorkflowId: workflowId,
    rootRunId: runId,
    eagerExecutionAccepted: false,
    versioningOverride: readOverride(request.versioningOverride),
  };
}

function startDelay(request: StartRequest | SignalWithStartRequest, cronSchedule: string): number {
  const delay = request.workflowStartDelay;
  if (!delay) return 0;
  if (cronSchedule !== '') {
    throw new InvalidArgumentError('CronSchedule and WorkflowStartDelay may not be used together.');
  }
  if (isNegativeDuration(delay)) {
    throw new InvalidArgumentError(
      'An invalid WorkflowStartDelaySeconds is set on request. cause: negative timestamp duration',
    );
  }
  return msFromDuration(delay);
}

function requireTimeouts(request: StartRequest | SignalWithStartRequest): void {
  for (const [name, value] of [
    ['WorkflowExecutionTimeout', request.workflowExecutionTimeout],
    ['WorkflowRunTimeout', request.workflowRunTimeout],
    ['WorkflowTaskTimeout', request.workflowTaskTimeout],
  ] as const) {
    if (!isNegativeDuration(value)) continue;
    throw new InvalidArgumentError(`An invalid ${name}Seconds is set on request. cause: negative timestamp duration`);
  }
}

function requireCompatiblePolicies(reuse: number, conflict: number): void {
  const isConflictSet = conflict !== Conflict.WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED;
  if (isConflictSet && reuse === Reuse.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING) {
    throw new InvalidArgumentError(
      'Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING cannot be used together with a WorkflowIDConflictPolicy',
    );
  }
  if (
    conflict === Conflict.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING &&
    reuse === Reuse.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
  ) {
    throw new InvalidArgumentError(
      'Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE cannot be used together with WorkflowIdConflictPolicy WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING',
    );
  }
}
