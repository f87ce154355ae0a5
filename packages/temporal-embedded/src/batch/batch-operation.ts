/** A batch's operation done to one workflow, as if a client had asked for it. */
import { reapplyExclusions } from '../history/reapply-events.js';
import { changeActivityOptions, resetActivities, unpauseActivities } from '../history/activity-operations.js';
import type { ActivitySelection } from '../history/activity-control.js';
import { deleteRun } from '../history/delete-run.js';
import type { HistoryEngine } from '../history/history-engine.js';
import { resetRun } from '../history/reset-run.js';
import { resetTarget } from '../history/reset-targets.js';
import type { RunContext } from '../history/run-context.js';
import { requestCancelRun, requireRunning, signalRun } from '../history/run-requests.js';
import { applyOptionsUpdate, requireOptionsUpdate, updateWorkflowOptions } from '../history/workflow-options.js';
import { terminateWorkflow } from '../history/workflow-close.js';
import { temporalProto } from '../proto/root.js';
import type { BatchRequest } from './batch-request.js';

const { ResetType } = temporalProto.api.enums.v1;

/** Throws what the operation by itself would. */
export function doBatchOperation(engine: HistoryEngine, context: RunContext, request: BatchRequest): void {
  const { terminationOperation: termination, signalOperation: signal, cancellationOperation: cancellation } = request;
  if (termination) {
    requireRunning(context);
    const { identity, details } = termination;
    engine.transact(context, (tx) =>
      terminateWorkflow(tx, { reason: request.reason ?? '', details: details ?? null, identity: identity ?? '' }),
    );
  } else if (cancellation) {
    requireRunning(context);
    requestCancelRun(engine, context, {
      reason: '',
      identity: cancellation.identity ?? '',
      requestId: engine.ids.uuid(),
      links: [],
    });
  } else if (signal) {
    signalRun(engine, context, {
      signalName: signal.signal ?? '',
      input: signal.input ?? null,
      header: signal.header ?? null,
      identity: signal.identity ?? '',
      requestId: '',
      links: [],
    });
  } else if (request.deletionOperation) {
    deleteRun(engine, context);
  } else if (request.updateWorkflowOptionsOperation) {
    requireOptionsUpdate(request.updateWorkflowOptionsOperation, 'error parsing UpdateMask');
    updateWorkflowOptions(engine, context, request.updateWorkflowOptionsOperation);
  } else if (request.resetOperation) {
    reset(engine, context, request);
  } else {
    controlActivities(engine, context, request);
  }
}

function reset(engine: HistoryEngine, context: RunContext, request: BatchRequest): void {
  const operation = request.resetOperation ?? {};
  const isLast = operation.resetType === ResetType.RESET_TYPE_LAST_WORKFLOW_TASK;
  const options = operation.options ?? (isLast ? { lastWorkflowTask: {} } : { firstWorkflowTask: {} });
  const target = resetTarget(engine, context, options);
  const reapplyType = operation.options ? operation.options.resetReapplyType : operation.resetReapplyType;
  resetRun(engine, target.context, {
    requestId: engine.ids.uuid(),
    reason: request.reason ?? '',
    workflowTaskFinishEventId: target.workflowTaskFinishEventId,
    excluded: reapplyExclusions(options.resetReapplyExcludeTypes ?? [], reapplyType ?? 0),
    afterwards: (tx) => {
      for (const { updateWorkflowOptions: update } of operation.postResetOperations ?? []) {
        if (update) applyOptionsUpdate(tx, update);
      }
    },
  });
}

function controlActivities(engine: HistoryEngine, context: RunContext, request: BatchRequest): void {
  const { unpauseActivitiesOperation: unpause, resetActivitiesOperation: resets } = request;
  const update = request.updateActivityOptionsOperation;
  if (unpause) unpauseActivities(engine, context, selection(unpause), unpause);
  else if (resets) resetActivities(engine, context, selection(resets), resets);
  else if (update) changeActivityOptions(engine, context, selection(update), update);
}

function selection(filter: { readonly type?: string | null }): ActivitySelection {
  return filter.type ? { type: filter.type } : 'all';
}
