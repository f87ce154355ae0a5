/**
 * Update-with-start: one update to the workflow with this id, started first if need be, in one commit.
 *
 * | current run                                  | what happens                                              |
 * |----------------------------------------------|-----------------------------------------------------------|
 * | knows the update as completed (even closed)  | its outcome, nothing is started                           |
 * | running: started by this request, knows the update, or the policy uses what exists | the update joins that run |
 * | anything else                                | started as the policies say, with the update in its first task |
 *
 * The rule it guards: a run that is started here gets its first workflow task only after the update waits in its
 * registry, so no worker sees the one without the other.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { MultiOperationExecutionError, OperationAbortedError, ServiceError, UnavailableError } from '../errors.js';
import type { HistoryEngine } from './history-engine.js';
import type { NewRun } from './new-run.js';
import type { RunContext } from './run-context.js';
import { startWorkflow } from './start-workflow.js';
import type { StartPolicies } from './start-workflow.js';
import type { Update } from './update-registry.js';
import { admitUpdate, findUpdate } from './update-workflow.js';
import { scheduleFirstWorkflowTask } from './workflow-start.js';

type UpdateRequest = temporal.api.update.v1.IRequest;

const { WorkflowIdConflictPolicy: Conflict } = temporalProto.api.enums.v1;

export interface UpdateWithStart {
  readonly context: RunContext;
  readonly update: Update;
  /** False when the update went to a run that was there before. */
  readonly started: boolean;
  /** Of the run, as the update found it. */
  readonly status: number;
}

/** Throws MultiOperationExecutionError, which tells which of the two failed; then neither has happened. */
export function updateWithStart(
  engine: HistoryEngine,
  run: NewRun,
  policies: Pick<StartPolicies, 'reusePolicy' | 'conflictPolicy'>,
  request: UpdateRequest,
): UpdateWithStart {
  const updateId = request.meta?.updateId ?? '';
  const current = engine.tryFindRun(run.namespaceId, run.workflowId, '');
  if (current) {
    const isCompleted = (current.state.updates.get(updateId)?.completedEventId ?? 0) !== 0;
    const completed = isCompleted ? findUpdate(engine, current, updateId) : undefined;
    const { status } = current.state;
    if (completed) return { context: current, update: completed, started: false, status };
    if (current.state.isRunning && joins(engine, current, run, policies.conflictPolicy, updateId)) {
      const update = attempt('update', () => admitUpdate(engine, current, request));
      return { context: current, update, started: false, status };
    }
  }
  const { context, started } = attempt('start', () =>
    startWorkflow(engine, run, { ...policies, delayFirstTask: true }),
  );
  if (!started || context.state.runId !== run.runId) {
    // The request started a run before that has closed since: there is nothing left to update.
    throw failed('start', new UnavailableError(`Workflow was not started: ${started ? 3 : 2}`));
  }
  const update = context.updates.admit(updateId, request, 0, engine.limits);
  engine.transact(context, (tx) => scheduleFirstWorkflowTask(tx, 0));
  return { context, update, started: true, status: context.state.status };
}

/** The error of one operation, with the other one told as aborted; or as done, when the run has been started. */
export function failed(
  operation: 'start' | 'update',
  error: ServiceError,
  isStarted = false,
): MultiOperationExecutionError {
  const other = isStarted ? undefined : new OperationAbortedError();
  return new MultiOperationExecutionError(operation === 'start' ? [error, other] : [other, error]);
}

function joins(
  engine: HistoryEngine,
  current: RunContext,
  run: NewRun,
  conflictPolicy: number,
  updateId: string,
): boolean {
  return (
    current.state.info.startRequestId === run.requestId ||
    findUpdate(engine, current, updateId) !== undefined ||
    conflictPolicy === Conflict.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
  );
}

function attempt<T>(operation: 'start' | 'update', act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof ServiceError ? failed(operation, error) : error;
  }
}
