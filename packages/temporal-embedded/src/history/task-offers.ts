/**
 * What history has to hand out: workflow tasks and activities, told to matching with the queue they belong on, and
 * calls of Nexus handlers, told to who makes them.
 * The rule it guards: nothing is offered that a poller could not start, and after a reset everything is offered again.
 */
import { temporalProto } from '../proto/root.js';
import type { MutableState } from './mutable-state.js';
import type { PendingActivity } from './pending-items.js';
import { nexusCallsDue } from './nexus-operation.js';
import type { NexusCaller, TaskDispatcher } from './ports.js';
import { mergedPriority } from './priority.js';
import { versioningOf } from './run-versioning.js';
import type { Transition } from './transition.js';

const { Priority } = temporalProto.api.common.v1;
const TaskQueueKind = temporalProto.api.enums.v1.TaskQueueKind;
export const DEFAULT_PRIORITY = 3;
const NONE = new Uint8Array(0);
const DEFAULT_ORDER = { priority: DEFAULT_PRIORITY, fairnessKey: '', fairnessWeight: 1 };

export class TaskOffers {
  #dispatcher: TaskDispatcher | undefined;
  #nexusCaller: NexusCaller | undefined;

  /** Joins those who take the tasks; what is offered before that is lost. */
  connect(dispatcher: TaskDispatcher, nexusCaller: NexusCaller): void {
    this.#dispatcher = dispatcher;
    this.#nexusCaller = nexusCaller;
  }

  /** What was offered is forgotten: it is about to be offered again. */
  reset(): void {
    this.#dispatcher?.reset();
    this.#nexusCaller?.reset();
  }

  /** Offers what a transition wants dispatched, unless it is gone or started by now. */
  offerNew(tx: Transition): void {
    const { state } = tx;
    if (!state.isRunning) return;
    if (tx.dispatchWorkflowTask && state.workflowTask?.startedEventId === 0) this.#offerWorkflowTask(state);
    for (const scheduledEventId of tx.dispatchActivities) {
      const activity = state.activities.get(scheduledEventId);
      if (activity?.startedEventId === 0 && !activity.paused) this.#offerActivity(state, activity);
    }
    for (const call of tx.nexusCalls) {
      if (state.nexusOperations.get(call.scheduledEventId)) this.#nexusCaller?.call(state.runKey, call);
    }
  }

  /** Offers everything that waits for a poller, as after a restart. */
  offerAll(state: MutableState, nowMs: number): void {
    if (state.workflowTask?.startedEventId === 0) this.#offerWorkflowTask(state);
    for (const activity of state.activities.values()) {
      if (activity.startedEventId !== 0 || activity.paused || activity.scheduledTimeMs > nowMs) continue;
      activity.isDispatched = true;
      this.#offerActivity(state, activity);
    }
    for (const call of nexusCallsDue(state)) this.#nexusCaller?.call(state.runKey, call);
  }

  #offerWorkflowTask(state: MutableState): void {
    const task = state.workflowTask;
    if (!task || !this.#dispatcher) return;
    const isSticky = task.isOnStickyQueue && state.stickyTaskQueue !== '';
    this.#dispatcher.addTask({
      type: 'workflow',
      taskQueue: {
        namespaceId: state.namespaceId,
        name: isSticky ? state.stickyTaskQueue : state.info.taskQueue,
        kind: isSticky ? TaskQueueKind.TASK_QUEUE_KIND_STICKY : TaskQueueKind.TASK_QUEUE_KIND_NORMAL,
      },
      normalTaskQueue: state.info.taskQueue,
      runKey: state.runKey,
      workflowId: state.workflowId,
      runId: state.runId,
      versioning: versioningOf(state),
      scheduledEventId: task.scheduledEventId,
      attempt: state.workflowTaskAttempt,
      ...dispatchOrder(state.info.priority),
    });
  }

  #offerActivity(state: MutableState, activity: PendingActivity): void {
    this.#dispatcher?.addTask({
      type: 'activity',
      taskQueue: {
        namespaceId: state.namespaceId,
        name: activity.taskQueue,
        kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL,
      },
      runKey: state.runKey,
      workflowId: state.workflowId,
      runId: state.runId,
      versioning: versioningOf(state),
      scheduledEventId: activity.scheduledEventId,
      attempt: activity.attempt,
      stamp: activity.stamp,
      ...dispatchOrder(state.info.priority, activity.priority),
    });
  }
}

function dispatchOrder(ofRun: Uint8Array, own: Uint8Array = NONE) {
  if (ofRun.length === 0 && own.length === 0) return DEFAULT_ORDER;
  const merged = mergedPriority(ofRun, own.length > 0 ? Priority.decode(own) : null);
  const { priorityKey, fairnessKey, fairnessWeight } = merged ?? {};
  return {
    priority: priorityKey || DEFAULT_ORDER.priority,
    fairnessKey: fairnessKey ?? '',
    fairnessWeight: fairnessWeight || 1,
  };
}
