/**
 * Task queues by namespace, kind and name: where tasks and pollers meet. The boundary between history, which makes
 * tasks, and long polls, which take them. Everything here is in memory; after a restart history adds again what is
 * still to be handed out.
 *
 * The rule it guards: a task meets a poller in the same turn in which it was added, if one waits, so that scheduling
 * and starting are one commit; and a sticky queue whose worker is gone never holds a task up.
 */
import type { Clock } from '../clock/clock.js';
import type {
  ActivityTaskAddress,
  ActivityTaskHandout,
  PollerInfo,
  QueryDispatcher,
  QueryTask,
  TaskDispatcher,
  TaskQueueAddress,
  TaskStartRecorder,
  WorkflowTaskAddress,
  WorkflowTaskHandout,
} from '../history/ports.js';
import type { NexusHandout, NexusTask, NexusTaskDispatcher } from '../nexus/nexus-task.js';
import { temporalProto } from '../proto/root.js';
import { TaskQueue } from './task-queue.js';
import type { PollerRecord, QueuedTask } from './task-queue.js';

const STICKY = temporalProto.api.enums.v1.TaskQueueKind.TASK_QUEUE_KIND_STICKY;
const NORMAL = temporalProto.api.enums.v1.TaskQueueKind.TASK_QUEUE_KIND_NORMAL;
/** A sticky queue whose last poller is gone for longer is skipped; the official server's number. */
const STICKY_POLLER_UNAVAILABLE_MS = 10_000;
/** Nexus tasks are all alike. */
const NEXUS_PRIORITY = 3;
/** How many queues there may be before idle ones are looked for. */
const SWEEP_SIZE = 256;

export interface PollOptions {
  readonly info: PollerInfo;
  /** How long to wait, real time. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly ratePerSecond?: number;
}

export interface TaskQueueStatus {
  readonly pollers: readonly PollerRecord[];
  readonly backlogCount: number;
}

export class Matching implements TaskDispatcher, QueryDispatcher, NexusTaskDispatcher {
  readonly #clock: Clock;
  readonly #recorder: TaskStartRecorder;
  readonly #workflowQueues = new Map<string, TaskQueue<WorkflowTaskHandout>>();
  readonly #activityQueues = new Map<string, TaskQueue<ActivityTaskHandout>>();
  readonly #nexusQueues = new Map<string, TaskQueue<NexusHandout>>();

  constructor(clock: Clock, recorder: TaskStartRecorder) {
    this.#clock = clock;
    this.#recorder = recorder;
  }

  addTask(task: WorkflowTaskAddress | ActivityTaskAddress): void {
    if (task.type === 'activity') {
      this.#activityQueue(task.taskQueue).add({
        priority: task.priority,
        start: (poller) => this.#recorder.startActivityTask(task, poller),
      });
      return;
    }
    const { taskQueue } = task;
    if (taskQueue.kind === STICKY && !this.#isStickyAvailable(taskQueue)) {
      this.#addWorkflowTask({ ...task, taskQueue: normalQueue(taskQueue, task.normalTaskQueue) });
      return;
    }
    this.#addWorkflowTask(task);
  }

  /** Sends a query to a worker; returns how to take it back. */
  addQuery(sticky: TaskQueueAddress | undefined, normal: TaskQueueAddress, query: QueryTask): () => void {
    const address = sticky && this.#isStickyAvailable(sticky) ? sticky : normal;
    const queue = this.#workflowQueue(address);
    const task: QueuedTask<WorkflowTaskHandout> = {
      priority: query.priority,
      start: (poller) => query.start(poller, address.kind === STICKY),
      evicted: () => {
        if (address.kind === STICKY) cancel = this.addQuery(undefined, normal, query);
      },
    };
    let cancel = (): void => queue.remove(task);
    queue.add(task);
    return () => cancel();
  }

  addNexusTask(namespaceId: string, taskQueue: string, nexusTask: NexusTask): () => void {
    const queue = this.#nexusQueue({ namespaceId, name: taskQueue, kind: NORMAL });
    const task: QueuedTask<NexusHandout> = { priority: NEXUS_PRIORITY, start: () => nexusTask.start() };
    queue.add(task);
    return () => queue.remove(task);
  }

  pollNexusTask(address: TaskQueueAddress, options: PollOptions): Promise<NexusHandout | undefined> {
    return this.#poll(this.#nexusQueue(address), options);
  }

  pollWorkflowTask(address: TaskQueueAddress, options: PollOptions): Promise<WorkflowTaskHandout | undefined> {
    return this.#poll(this.#workflowQueue(address), options);
  }

  pollActivityTask(address: TaskQueueAddress, options: PollOptions): Promise<ActivityTaskHandout | undefined> {
    return this.#poll(this.#activityQueue(address), options);
  }

  /** A worker has shut down: its sticky queue holds nothing up from now on. */
  retireStickyQueue(namespaceId: string, name: string): void {
    const key = queueKey({ namespaceId, name, kind: STICKY });
    const queue = this.#workflowQueues.get(key);
    this.#workflowQueues.delete(key);
    queue?.evict();
  }

  describe(address: TaskQueueAddress, type: 'workflow' | 'activity' | 'nexus'): TaskQueueStatus {
    const queues = {
      workflow: this.#workflowQueues,
      activity: this.#activityQueues,
      nexus: this.#nexusQueues,
    }[type];
    const queue = queues.get(queueKey(address));
    return { pollers: queue?.pollerRecords(this.#clock.nowMs()) ?? [], backlogCount: queue?.backlogCount ?? 0 };
  }

  reset(): void {
    for (const queue of this.#workflowQueues.values()) queue.dropTasks();
    for (const queue of this.#activityQueues.values()) queue.dropTasks();
    for (const queue of this.#nexusQueues.values()) queue.dropTasks();
  }

  #addWorkflowTask(task: WorkflowTaskAddress): void {
    this.#workflowQueue(task.taskQueue).add({
      priority: task.priority,
      start: (poller) => this.#recorder.startWorkflowTask(task, poller),
      evicted: () => {
        if (task.taskQueue.kind !== STICKY) return;
        this.#addWorkflowTask({ ...task, taskQueue: normalQueue(task.taskQueue, task.normalTaskQueue) });
      },
    });
  }

  #isStickyAvailable(address: TaskQueueAddress): boolean {
    const queue = this.#workflowQueues.get(queueKey(address));
    return queue?.hasRecentPoller(this.#clock.nowMs(), STICKY_POLLER_UNAVAILABLE_MS) ?? false;
  }

  async #poll<Handout>(queue: TaskQueue<Handout>, options: PollOptions): Promise<Handout | undefined> {
    const { info, signal } = options;
    queue.recordPoll(info.identity, this.#clock.nowMs(), options.ratePerSecond ?? 0);
    if (signal.aborted) return undefined;
    const ready = queue.take(info);
    if (ready !== undefined) return ready;
    if (options.timeoutMs <= 0) return undefined;
    const poller = queue.wait(info);
    const leave = (): void => queue.leave(poller, this.#clock.nowMs());
    // Patience is the caller's: real time, whatever the service's clock says.
    const timer = setTimeout(leave, options.timeoutMs);
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await poller.answer;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
      queue.recordPoll(info.identity, this.#clock.nowMs(), options.ratePerSecond ?? 0);
    }
  }

  #workflowQueue(address: TaskQueueAddress): TaskQueue<WorkflowTaskHandout> {
    return this.#queue(this.#workflowQueues, address);
  }

  #activityQueue(address: TaskQueueAddress): TaskQueue<ActivityTaskHandout> {
    return this.#queue(this.#activityQueues, address);
  }

  #nexusQueue(address: TaskQueueAddress): TaskQueue<NexusHandout> {
    return this.#queue(this.#nexusQueues, address);
  }

  #queue<Handout>(queues: Map<string, TaskQueue<Handout>>, address: TaskQueueAddress): TaskQueue<Handout> {
    const key = queueKey(address);
    let queue = queues.get(key);
    if (!queue) {
      if (queues.size >= SWEEP_SIZE) this.#sweep(queues);
      queue = new TaskQueue<Handout>();
      queues.set(key, queue);
    }
    return queue;
  }

  #sweep<Handout>(queues: Map<string, TaskQueue<Handout>>): void {
    const nowMs = this.#clock.nowMs();
    for (const [key, queue] of queues) if (queue.isIdle(nowMs)) queues.delete(key);
  }
}

function queueKey(address: TaskQueueAddress): string {
  return `${address.namespaceId}/${address.kind === STICKY ? 's' : 'n'}/${address.name}`;
}

function normalQueue(sticky: TaskQueueAddress, name: string): TaskQueueAddress {
  return { namespaceId: sticky.namespaceId, name, kind: NORMAL };
}
