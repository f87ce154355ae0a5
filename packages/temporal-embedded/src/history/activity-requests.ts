/**
 * What workers (or anyone who knows an activity's id) say about activities they hold. The boundary between those
 * rpcs and the transitions: finds the attempt that is meant and refuses what is out of date.
 */
import { InvalidArgumentError, NotFoundError } from '../errors.js';
import type { temporal } from '../proto/root.js';
import { cancelActivity, completeActivity, failActivity, recordHeartbeat, startActivity } from './activity.js';
import type { HistoryEngine } from './history-engine.js';
import type { PendingActivity } from './pending-items.js';
import type { RunContext } from './run-context.js';
import type { TaskToken } from './task-token.js';
import { isUuid } from './uuid.js';
import { ensureWorkflowTask } from './workflow-task.js';
import { findByToken } from './workflow-task-requests.js';

type Payloads = temporal.api.common.v1.IPayloads;

/** A pending, started activity. */
export interface ActivityReference {
  readonly context: RunContext;
  readonly activity: PendingActivity;
}

/** Who reports, and which build it says it is. */
export interface ReportingWorker {
  readonly identity: string;
  readonly workerVersion: temporal.api.common.v1.IWorkerVersionStamp | null;
}

/** The attempt that a token means. Throws NotFoundError when it is not (any more) with a worker. */
export function requireActivityByToken(engine: HistoryEngine, token: TaskToken): ActivityReference {
  const context = findByToken(engine, token);
  if (!context) throw new NotFoundError('workflow execution not found');
  if (!context.state.isRunning) throw new NotFoundError('workflow execution already completed');
  const activity = context.state.activities.get(token.scheduledEventId);
  if (!activity || activity.startedEventId === 0 || activity.attempt !== token.attempt) {
    throw new NotFoundError('invalid activityID or activity already timed out or invoking workflow is completed');
  }
  return { context, activity };
}

/** The pending activity with this id, whoever holds it. Throws InvalidArgumentError, NotFoundError. */
export function requireActivityById(
  engine: HistoryEngine,
  namespaceId: string,
  workflowId: string,
  runId: string,
  activityId: string,
): ActivityReference {
  if (runId !== '' && !isUuid(runId)) throw new InvalidArgumentError('RunId is not valid UUID.');
  const context = engine.findRun(namespaceId, workflowId, runId);
  if (!context.state.isRunning) throw new NotFoundError('workflow execution already completed');
  const activity = context.state.findActivityById(activityId);
  if (!activity) {
    throw new NotFoundError(
      `cannot find pending activity with ActivityID ${activityId}, check workflow execution history for more details`,
    );
  }
  return { context, activity };
}

export function respondActivityCompleted(
  engine: HistoryEngine,
  { context, activity }: ActivityReference,
  result: Payloads | null,
  worker: ReportingWorker,
): void {
  engine.transact(context, (tx) => {
    // By id an activity may be completed that no worker has; the history then shows its start all the same.
    if (activity.startedEventId === 0) startActivity(tx, activity, { identity: worker.identity, requestId: '' });
    completeActivity(tx, activity, result, worker.identity, worker.workerVersion);
    ensureWorkflowTask(tx);
  });
}

export function respondActivityFailed(
  engine: HistoryEngine,
  { context, activity }: ActivityReference,
  failure: temporal.api.failure.v1.IFailure | null,
  lastHeartbeatDetails: Payloads | null,
  worker: ReportingWorker,
): void {
  requireStarted(activity);
  engine.transact(context, (tx) => {
    if (lastHeartbeatDetails) recordHeartbeat(tx, activity, lastHeartbeatDetails);
    if (failActivity(tx, activity, failure, worker.identity, worker.workerVersion)) ensureWorkflowTask(tx);
  });
}

/** Throws InvalidArgumentError when nobody asked for the cancellation. */
export function respondActivityCanceled(
  engine: HistoryEngine,
  { context, activity }: ActivityReference,
  details: Payloads | null,
  identity: string,
): void {
  requireStarted(activity);
  if (!activity.cancelRequested) {
    throw new InvalidArgumentError('unable to mark activity as canceled without activity being request canceled first');
  }
  engine.transact(context, (tx) => {
    cancelActivity(tx, activity, details, identity);
    ensureWorkflowTask(tx);
  });
}

/** Returns what the worker has to know: whether the activity should stop, is paused, was reset. */
export function heartbeatActivity(
  engine: HistoryEngine,
  { context, activity }: ActivityReference,
  details: Payloads | null,
): temporal.api.workflowservice.v1.IRecordActivityTaskHeartbeatResponse {
  requireStarted(activity);
  engine.transact(context, (tx) => recordHeartbeat(tx, activity, details));
  return {
    cancelRequested: activity.cancelRequested,
    activityPaused: activity.paused,
    activityReset: activity.isReset,
  };
}

function requireStarted(activity: PendingActivity): void {
  if (activity.startedEventId === 0) {
    throw new NotFoundError('invalid activityID or activity already timed out or invoking workflow is completed');
  }
}
