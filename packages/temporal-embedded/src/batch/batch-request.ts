/** What a batch operation is asked to do, checked; the official server's words. */
import { GrpcStatus, InvalidArgumentError, ServiceError } from '../errors.js';
import { numberFromInt64 } from '../history/proto-time.js';
import type { Int64 } from '../history/proto-time.js';
import { requireOverride } from '../history/versioning-override.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';

export type BatchRequest = temporal.api.workflowservice.v1.IStartBatchOperationRequest;

const { BatchOperationType: Type } = temporalProto.api.enums.v1;

interface BatchKind {
  readonly type: number;
  /** As a job's memo says it. */
  readonly name: string;
  readonly identity: string;
}

/** Operations that only make sense for workflows that run. */
const ONLY_RUNNING: ReadonlySet<number> = new Set<number>([
  Type.BATCH_OPERATION_TYPE_TERMINATE,
  Type.BATCH_OPERATION_TYPE_SIGNAL,
  Type.BATCH_OPERATION_TYPE_CANCEL,
  Type.BATCH_OPERATION_TYPE_UPDATE_EXECUTION_OPTIONS,
  Type.BATCH_OPERATION_TYPE_UNPAUSE_ACTIVITY,
]);

const NAMES: Readonly<Record<string, number>> = {
  terminate: Type.BATCH_OPERATION_TYPE_TERMINATE,
  signal: Type.BATCH_OPERATION_TYPE_SIGNAL,
  cancel: Type.BATCH_OPERATION_TYPE_CANCEL,
  delete: Type.BATCH_OPERATION_TYPE_DELETE,
  reset: Type.BATCH_OPERATION_TYPE_RESET,
  update_options: Type.BATCH_OPERATION_TYPE_UPDATE_EXECUTION_OPTIONS,
  unpause_activities: Type.BATCH_OPERATION_TYPE_UNPAUSE_ACTIVITY,
  reset_activities: Type.BATCH_OPERATION_TYPE_RESET_ACTIVITY,
  update_activity_options: Type.BATCH_OPERATION_TYPE_UPDATE_ACTIVITY_OPTIONS,
};

export const batchTypeOf = (name: string): number => NAMES[name] ?? Type.BATCH_OPERATION_TYPE_UNSPECIFIED;

/** Throws InvalidArgumentError, or a ServiceError of status UNKNOWN where the official server has no better one. */
export function requireBatch(request: BatchRequest): BatchKind {
  const kind = kindOf(request);
  const hasExecutions = (request.executions ?? []).length > 0;
  if (!kind || !request.reason || !request.namespace || (!request.visibilityQuery && !hasExecutions)) {
    throw new InvalidArgumentError('must provide required parameters: BatchType/Reason/Namespace/Query/Executions');
  }
  if (!request.jobId) throw new InvalidArgumentError('JobId is not set on request.');
  if (request.visibilityQuery && hasExecutions) refuse('batch query and executions are mutually exclusive');
  if (request.signalOperation && !request.signalOperation.signal) refuse('must provide signal name');
  requireOptions(request);
  requireReset(request);
  requireActivityFilters(request);
  return kind;
}

/** Which workflows are meant, as a list filter; empty: those that are named. */
export function batchQuery(request: BatchRequest, type: number): string {
  if ((request.executions ?? []).length > 0) return '';
  const unpause = request.unpauseActivitiesOperation;
  let query = request.visibilityQuery ?? '';
  if (unpause?.type) query = `TemporalPauseInfo = ${quoted(`property:activityType=${unpause.type}`)}`;
  else if (unpause) query = `(${query}) AND (TemporalPauseInfo IS NOT NULL)`;
  return ONLY_RUNNING.has(type) ? `(${query}) AND (ExecutionStatus='Running')` : query;
}

function kindOf(request: BatchRequest): BatchKind | undefined {
  const operations = {
    terminate: request.terminationOperation,
    signal: request.signalOperation,
    cancel: request.cancellationOperation,
    delete: request.deletionOperation,
    reset: request.resetOperation,
    update_options: request.updateWorkflowOptionsOperation,
    unpause_activities: request.unpauseActivitiesOperation,
    reset_activities: request.resetActivitiesOperation,
    update_activity_options: request.updateActivityOptionsOperation,
  };
  for (const [name, operation] of Object.entries(operations)) {
    if (operation) return { name, type: batchTypeOf(name), identity: operation.identity ?? '' };
  }
  return undefined;
}

function requireOptions({ updateWorkflowOptionsOperation: update }: BatchRequest): void {
  if (!update) return;
  if (!update.workflowExecutionOptions) refuse('must provide UpdateOptions');
  if (!update.updateMask) refuse('must provide UpdateMask');
  requireOverride(update.workflowExecutionOptions.versioningOverride);
}

function requireReset({ resetOperation }: BatchRequest): void {
  if (!resetOperation) return;
  const { options } = resetOperation;
  if (!options) {
    if (resetOperation.resetType) return;
    throw new InvalidArgumentError('unknown batch reset type Unspecified');
  }
  const eventId = numberFromInt64(options.workflowTaskId as Int64);
  if (!options.firstWorkflowTask && !options.lastWorkflowTask && eventId === 0 && !options.buildId) {
    throw new InvalidArgumentError('batch reset missing target');
  }
}

function requireActivityFilters(request: BatchRequest): void {
  const update = request.updateActivityOptionsOperation;
  if (update?.activityOptions && update.restoreOriginal) {
    throw new InvalidArgumentError('cannot set both activity options and restore original');
  }
  if (update && !update.activityOptions && !update.restoreOriginal) {
    throw new InvalidArgumentError('Either activity type must be set, or restore original should be set to true');
  }
  requireActivityFilter(request.unpauseActivitiesOperation, 'activity filter must be set');
  requireActivityFilter(request.resetActivitiesOperation, 'must provide ActivityType or MatchAll');
  requireActivityFilter(update, 'Either activity type must be set, or match all should be set to true');
}

function requireActivityFilter(
  filter: { readonly type?: string | null; readonly matchAll?: boolean | null } | null | undefined,
  message: string,
): void {
  if (filter && !filter.type && !filter.matchAll) throw new InvalidArgumentError(message);
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function refuse(message: string): never {
  throw new ServiceError(GrpcStatus.UNKNOWN, message);
}
