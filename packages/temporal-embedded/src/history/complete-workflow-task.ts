/**
 * RespondWorkflowTaskCompleted as a transition: the completed event, the commands in order, update messages, and the
 * next workflow task if there is reason for one. A refused command throws; the engine then takes the whole
 * transition back and fails the task instead.
 */
import { int64FromNumber } from '../proto/int64.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { startActivity } from './activity.js';
import type { CommandContext } from './commands/command-context.js';
import { runCommand, validateCommandSequence } from './commands/command-table.js';
import { EventType } from './history-builder.js';
import { limits } from './limits.js';
import type { PendingWorkflowTask } from './mutable-state.js';
import type { ReadStartedEvent } from './next-run.js';
import type { PendingActivity } from './pending-items.js';
import type { NamespaceLookup, NexusEndpointLookup, SearchAttributeCatalog, VersionLookup } from './ports.js';
import { msFromDuration, numberFromInt64 } from './proto-time.js';
import type { Int64 } from './proto-time.js';
import { addResetPoint } from './reset-points.js';
import { noteCompletedBy, offerActivitiesAnew, versioningOf } from './run-versioning.js';
import type { Transition } from './transition.js';
import { UpdateMessages, isRejection } from './update-messages.js';
import type { UpdateRegistry } from './update-registry.js';
import {
  clearStickiness,
  materializeWorkflowTask,
  removeWorkflowTask,
  scheduleWorkflowTask,
  startWorkflowTask,
  timeOutStartedWorkflowTask,
} from './workflow-task.js';

type Request = temporal.api.workflowservice.v1.IRespondWorkflowTaskCompletedRequest;

const { WorkerVersionStamp } = temporalProto.api.common.v1;
const WorkerVersioningMode = temporalProto.api.enums.v1.WorkerVersioningMode;

export interface CompletionDependencies {
  readonly namespaces: NamespaceLookup;
  readonly searchAttributes: SearchAttributeCatalog;
  readonly nexusEndpoints: NexusEndpointLookup;
  readonly versions: VersionLookup;
  readonly readStartedEvent: ReadStartedEvent;
  readonly updates: UpdateRegistry;
}

export interface Completion {
  /** False when a speculative task was dropped without a trace: the worker has to roll back to the one before. */
  readonly isRecorded: boolean;
  /** The chain of heartbeats went on for too long; the worker is told NOT_FOUND. */
  readonly heartbeatTimedOut: boolean;
  /** Started for the worker, to travel with the response. */
  readonly eagerActivities: readonly PendingActivity[];
  /** The next task, started for the same worker, when it asked for that. */
  readonly newTask: PendingWorkflowTask | undefined;
  readonly hasNewTask: boolean;
  /** To be called once the transition holds. */
  readonly applyUpdates: () => void;
}

export function completeWorkflowTask(
  tx: Transition,
  request: Request,
  dependencies: CompletionDependencies,
): Completion {
  const { state, history } = tx;
  const task = state.workflowTask;
  if (!task) throw new Error(`Run ${state.runId} has no workflow task to complete.`);
  const commands = request.commands ?? [];
  const messages = request.messages ?? [];
  validateCommandSequence(commands);
  const isIdleHeartbeat = request.forceCreateNewWorkflowTask === true && commands.length === 0 && messages.length === 0;
  const heartbeatTimedOut =
    isIdleHeartbeat && tx.nowMs > task.originalScheduledTimeMs + tx.limits.workflowTaskHeartbeatMs;
  const hasUnseenEvents = history.hasBufferedEvents;
  let completedEventId = 0;
  if (heartbeatTimedOut) {
    timeOutStartedWorkflowTask(tx);
    clearStickiness(tx);
  } else {
    completedEventId = recordCompleted(tx, task, request);
    setStickiness(tx, request);
  }
  const updateMessages = new UpdateMessages(tx, dependencies.updates, messages);
  const context: CommandContext = {
    tx,
    workflowTaskCompletedEventId: completedEventId,
    identity: request.identity ?? '',
    namespaces: dependencies.namespaces,
    searchAttributes: dependencies.searchAttributes,
    nexusEndpoints: dependencies.nexusEndpoints,
    versions: dependencies.versions,
    readStartedEvent: dependencies.readStartedEvent,
    hasUnseenEvents,
    initiatedChildren: new Set(),
    eagerActivities: [],
    canceledUnstartedActivity: false,
  };
  for (const command of commands) runCommand(context, command, (messageId) => updateMessages.take(messageId));
  updateMessages.takeRemaining();
  const eagerActivities = startEagerActivities(context);
  if (state.isRunning && request.forceCreateNewWorkflowTask !== true) updateMessages.rejectUnprocessed();
  if (!state.isRunning) updateMessages.abortAccepted();

  const needsTask =
    state.isRunning &&
    (request.forceCreateNewWorkflowTask === true || context.hasUnseenEvents || context.canceledUnstartedActivity);
  let newTask: PendingWorkflowTask | undefined;
  if (needsTask) {
    newTask = scheduleWorkflowTask(tx, {
      dispatch: request.returnNewWorkflowTask !== true,
      ...(isIdleHeartbeat && !heartbeatTimedOut ? { originalScheduledTimeMs: task.originalScheduledTimeMs } : {}),
    });
    if (request.returnNewWorkflowTask === true) startForSameWorker(tx, request);
  }
  return {
    isRecorded: completedEventId !== 0 || heartbeatTimedOut,
    heartbeatTimedOut,
    eagerActivities,
    newTask: request.returnNewWorkflowTask === true ? newTask : undefined,
    hasNewTask: newTask !== undefined,
    applyUpdates: () => updateMessages.apply(),
  };
}

/** Updates came in while the task was out: the next one brings them. Called after `applyUpdates`. */
export function scheduleTaskForUpdates(tx: Transition, request: Request): PendingWorkflowTask | undefined {
  // Without "return the new task" it has to go through matching, as an ordinary task.
  const returnsTask = request.returnNewWorkflowTask === true;
  const task = scheduleWorkflowTask(tx, { isSpeculative: returnsTask, dispatch: !returnsTask });
  if (!returnsTask) return undefined;
  startForSameWorker(tx, request);
  return task;
}

function startForSameWorker(tx: Transition, request: Request): void {
  startWorkflowTask(tx, {
    identity: request.identity ?? '',
    requestId: 'request-from-RespondWorkflowTaskCompleted',
    ...(request.workerVersionStamp ? { workerVersion: request.workerVersionStamp } : {}),
  });
}

function recordCompleted(tx: Transition, task: PendingWorkflowTask, request: Request): number {
  const { state, history } = tx;
  if (task.isSpeculative && isForgettable(tx, request)) {
    removeWorkflowTask(tx);
    return 0;
  }
  if (state.isWorkflowTaskTransient || task.isSpeculative) {
    task.identity = request.identity ?? task.identity;
    if (request.workerVersionStamp) task.workerVersion = WorkerVersionStamp.encode(request.workerVersionStamp).finish();
    materializeWorkflowTask(tx, task);
  }
  removeWorkflowTask(tx);
  const deployment = request.deploymentOptions;
  const isVersioned = deployment?.workerVersioningMode === WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED;
  const completed = {
    scheduledEventId: int64FromNumber(task.scheduledEventId),
    startedEventId: int64FromNumber(task.startedEventId),
    identity: request.identity ?? '',
    workerVersion: request.workerVersionStamp ?? null,
    sdkMetadata: request.sdkMetadata ?? null,
    meteringMetadata: request.meteringMetadata ?? null,
    ...(request.binaryChecksum ? { binaryChecksum: request.binaryChecksum } : {}),
    ...(deployment?.deploymentName ? { workerDeploymentName: deployment.deploymentName } : {}),
    ...(deployment?.deploymentName && deployment.buildId && isVersioned
      ? { deploymentVersion: { deploymentName: deployment.deploymentName, buildId: deployment.buildId } }
      : {}),
    ...(isVersioned && request.versioningBehavior ? { versioningBehavior: request.versioningBehavior } : {}),
  };
  const event = history.add(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, {
    workflowTaskCompletedEventAttributes: completed,
  });
  const completedEventId = numberFromInt64(event.eventId as Int64);
  addResetPoint(state, completed, completedEventId, tx.nowMs);
  const { hasMoved, isListedAnew } = noteCompletedBy(state, completed);
  if (hasMoved) offerActivitiesAnew(tx);
  if (isListedAnew) tx.visibilityChanged = true;
  state.previousStartedEventId = task.startedEventId;
  if (request.workerVersionStamp) {
    state.mostRecentWorkerVersion = WorkerVersionStamp.encode(request.workerVersionStamp).finish();
  }
  return completedEventId;
}

/** A speculative task that changed nothing: no commands, only rejections, and few enough events to bring again. */
function isForgettable(tx: Transition, request: Request): boolean {
  if ((request.commands ?? []).length > 0 || request.forceCreateNewWorkflowTask) return false;
  const { state } = tx;
  const seen = state.previousStartedEventId + 2;
  const allowed = request.capabilities?.discardSpeculativeWorkflowTaskWithEvents
    ? seen + limits.discardSpeculativeMaximumEvents
    : seen;
  if (state.nextEventId > allowed) return false;
  return (request.messages ?? []).every(isRejection);
}

function setStickiness(tx: Transition, { stickyAttributes: attributes, deploymentOptions }: Request): void {
  const { state } = tx;
  const version = versioningOf(state)?.version ?? '';
  // Told to go elsewhere while this worker had the task: the next one is not for it.
  const isLeaving = version !== '' && version !== `${deploymentOptions?.deploymentName}.${deploymentOptions?.buildId}`;
  const name = isLeaving ? '' : (attributes?.workerTaskQueue?.name ?? '');
  state.stickyTaskQueue = name;
  state.stickyScheduleToStartMs = name === '' ? 0 : msFromDuration(attributes?.scheduleToStartTimeout);
}

function startEagerActivities(context: CommandContext): PendingActivity[] {
  const { tx } = context;
  if (!tx.state.isRunning) return [];
  // One that was cancelled by a later command of the same task is gone already.
  const started = context.eagerActivities.filter((activity) => tx.state.activities.get(activity.scheduledEventId));
  for (const activity of started) {
    startActivity(tx, activity, { identity: context.identity, requestId: tx.ids.uuid() });
  }
  return started;
}
