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
  TaskVersioning,
  WorkflowTaskAddress,
  WorkflowTaskHandout,
} from '../history/ports.js';
import type { NexusHandout, NexusTask, NexusTaskDispatcher } from '../nexus/nexus-task.js';
import { temporalProto } from '../proto/root.js';
import type { Waiting } from './fair-backlog.js';
import { QueueLimits } from './queue-limits.js';
import type { ConfiguredRates } from './queue-limits.js';
import { TaskQueue } from './task-queue.js';
import type { TaskQueueName } from './task-queue-config-registry.js';
import type { PollerRecord, QueuedTask, TaskQueueStats } from './task-queue.js';

const STICKY = temporalProto.api.enums.v1.TaskQueueKind.TASK_QUEUE_KIND_STICKY;
const NORMAL = temporalProto.api.enums.v1.TaskQueueKind.TASK_QUEUE_KIND_NORMAL;
/** A sticky queue whose last poller is gone for longer is skipped; the official server's number. */
const STICKY_POLLER_UNAVAILABLE_MS = 10_000;
const TaskQueueType = temporalProto.api.enums.v1.TaskQueueType;
/** A version whose workers have not polled for this long has none. */
const POLLER_GONE_MS = 10_000;
/** Nexus tasks are all alike. */
const NEXUS_PRIORITY = 3;
/** How many queues there may be before idle ones are looked for. */
const SWEEP_SIZE = 256;
/** Between a queue's name and a version, in a key. */
const VERSION_MARK = '\0';

export interface PollOptions {
  readonly info: PollerInfo;
  /** How long to wait, real time. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly ratePerSecond?: number;
}

export interface TaskQueueStatus {
  readonly pollers: readonly PollerRecord[];
  /** By priority. */
  readonly stats: ReadonlyMap<number, TaskQueueStats>;
}

/** Which version of workers gets a task; implemented by worker-deployments. */
export interface VersionRouter {
  /** `deployment.build`; '' for unversioned workers. */
  versionFor(task: RoutedTask): string;
}

export interface RoutedTask {
  readonly namespaceId: string;
  /** The normal queue. */
  readonly taskQueue: string;
  readonly type: 'workflow' | 'activity' | 'nexus';
  readonly workflowId: string;
  readonly versioning?: TaskVersioning | undefined;
}

const UNVERSIONED: VersionRouter = { versionFor: () => '' };

export class Matching implements TaskDispatcher, QueryDispatcher, NexusTaskDispatcher {
  readonly #clock: Clock;
  readonly #recorder: TaskStartRecorder;
  readonly #versions: VersionRouter;
  readonly #workflowQueues = new Map<string, TaskQueue<WorkflowTaskHandout>>();
  readonly #activityQueues = new Map<string, TaskQueue<ActivityTaskHandout>>();
  readonly #nexusQueues = new Map<string, TaskQueue<NexusHandout>>();
  /** Of task queues for which there is a rate, by `limitsKey`. */
  readonly #limits = new Map<string, QueueLimits>();

  constructor(clock: Clock, recorder: TaskStartRecorder, versions: VersionRouter = UNVERSIONED) {
    this.#clock = clock;
    this.#recorder = recorder;
    this.#versions = versions;
  }

  addTask(task: WorkflowTaskAddress | ActivityTaskAddress): void {
    if (task.type === 'activity') {
      this.#activityQueue(this.#routed(task.taskQueue, task)).add(
        {
          ...waitingOf(task),
          start: (poller) => this.#recorder.startActivityTask(task, poller),
          evicted: () => this.addTask(task),
        },
        this.#clock.nowMs(),
      );
      return;
    }
    const { taskQueue } = task;
    if (taskQueue.kind !== STICKY) {
      this.#addWorkflowTask(task);
      return;
    }
    const normal = normalQueue(taskQueue, task.normalTaskQueue);
    // The worker that has the history is not the one that is to go on with it.
    const isMoving = this.#routed(normal, task).version !== (task.versioning?.version ?? '');
    const isKept = this.#isStickyAvailable(taskQueue) && !isMoving;
    this.#addWorkflowTask(isKept ? task : { ...task, taskQueue: normal });
  }

  /** Sends a query to a worker; returns how to take it back. */
  addQuery(sticky: TaskQueueAddress | undefined, normal: TaskQueueAddress, query: QueryTask): () => void {
    const routed = this.#routed(normal, { ...query, type: 'workflow' });
    const isKept = sticky && this.#isStickyAvailable(sticky) && routed.version === (query.versioning?.version ?? '');
    const address = isKept ? sticky : routed;
    const queue = this.#workflowQueue(address);
    const task: QueuedTask<WorkflowTaskHandout> = {
      priority: query.priority,
      start: (poller) => query.start(poller, address.kind === STICKY),
      evicted: () => {
        cancel = this.addQuery(undefined, normal, query);
      },
    };
    let cancel = (): void => queue.remove(task);
    queue.add(task, this.#clock.nowMs());
    return () => cancel();
  }

  addNexusTask(namespaceId: string, taskQueue: string, nexusTask: NexusTask): () => void {
    const address = { namespaceId, name: taskQueue, kind: NORMAL };
    const queue = this.#nexusQueue(this.#routed(address, { type: 'nexus', workflowId: '' }));
    const task: QueuedTask<NexusHandout> = {
      priority: NEXUS_PRIORITY,
      start: () => nexusTask.start(),
      evicted: () => {
        cancel = this.addNexusTask(namespaceId, taskQueue, nexusTask);
      },
    };
    let cancel = (): void => queue.remove(task);
    queue.add(task, this.#clock.nowMs());
    return () => cancel();
  }

  /** Where new work goes has changed: what waits may have to go elsewhere. */
  reroute(namespaceId: string): void {
    const prefix = `${namespaceId}/n/`;
    for (const queues of [this.#workflowQueues, this.#activityQueues, this.#nexusQueues]) {
      for (const [key, queue] of [...queues]) if (key.startsWith(prefix)) queue.moveTasks();
    }
  }

  /** What an operator lets leave a task queue of activities or Nexus tasks, per second. */
  setRates(queue: TaskQueueName, rates: ConfiguredRates): void {
    this.#limitsOf(queue).configure(rates, this.#clock.nowMs());
    this.#dispatch(queue);
  }

  /** The rate of a task queue and who has set it; undefined: there is none. */
  effectiveRate(queue: TaskQueueName): QueueLimits['effective'] {
    return this.#limits.get(limitsKey(queue))?.effective;
  }

  pollNexusTask(address: TaskQueueAddress, options: PollOptions): Promise<NexusHandout | undefined> {
    return this.#poll(this.#nexusQueue(address), options);
  }

  pollWorkflowTask(address: TaskQueueAddress, options: PollOptions): Promise<WorkflowTaskHandout | undefined> {
    return this.#poll(this.#workflowQueue(address), options);
  }

  pollActivityTask(address: TaskQueueAddress, options: PollOptions): Promise<ActivityTaskHandout | undefined> {
    this.#noteWorkerRate({ ...address, type: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY }, options.ratePerSecond);
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
    const key = queueKey(address);
    const parts = [...queues].filter(([each]) => each === key || each.startsWith(key + VERSION_MARK));
    const nowMs = this.#clock.nowMs();
    return {
      pollers: parts.flatMap(([, queue]) => queue.pollerRecords(nowMs)),
      stats: together(parts.map(([, queue]) => queue.stats(nowMs))),
    };
  }

  /** How much waits for workers of a version at a task queue of a `TaskQueueType`. */
  backlogOf(namespaceId: string, taskQueue: { readonly name: string; readonly type: number }, version: string): number {
    return this.#versionedQueue(namespaceId, taskQueue, version)?.backlogCount ?? 0;
  }

  /** True when workers of a version poll a task queue, or have lately. */
  hasPollers(
    namespaceId: string,
    taskQueue: { readonly name: string; readonly type: number },
    version: string,
  ): boolean {
    const queue = this.#versionedQueue(namespaceId, taskQueue, version);
    return queue?.hasRecentPoller(this.#clock.nowMs(), POLLER_GONE_MS) ?? false;
  }

  reset(): void {
    for (const queue of this.#workflowQueues.values()) queue.dropTasks();
    for (const queue of this.#activityQueues.values()) queue.dropTasks();
    for (const queue of this.#nexusQueues.values()) queue.dropTasks();
  }

  #addWorkflowTask(task: WorkflowTaskAddress): void {
    const isSticky = task.taskQueue.kind === STICKY;
    const address = isSticky ? task.taskQueue : this.#routed(task.taskQueue, task);
    this.#workflowQueue(address).add(
      {
        ...waitingOf(task),
        start: (poller) => this.#recorder.startWorkflowTask(task, poller),
        evicted: () => {
          const taskQueue = isSticky ? normalQueue(task.taskQueue, task.normalTaskQueue) : task.taskQueue;
          this.#addWorkflowTask({ ...task, taskQueue });
        },
      },
      this.#clock.nowMs(),
    );
  }

  /** The part of a normal queue that the task belongs to. */
  #routed(
    address: TaskQueueAddress,
    task: Pick<RoutedTask, 'type' | 'workflowId' | 'versioning'>,
  ): TaskQueueAddress & { readonly version: string } {
    const { type, workflowId, versioning } = task;
    const { namespaceId, name: taskQueue } = address;
    return { ...address, version: this.#versions.versionFor({ namespaceId, taskQueue, type, workflowId, versioning }) };
  }

  #versionedQueue(
    namespaceId: string,
    { name, type }: { readonly name: string; readonly type: number },
    version: string,
  ) {
    const key = queueKey({ namespaceId, name, kind: NORMAL, version });
    if (type === TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW) return this.#workflowQueues.get(key);
    return type === TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY ? this.#activityQueues.get(key) : this.#nexusQueues.get(key);
  }

  #noteWorkerRate(queue: TaskQueueName, perSecond: number | undefined): void {
    const isKnown = this.#limits.has(limitsKey(queue));
    if (!isKnown && perSecond === undefined) return;
    if (this.#limitsOf(queue).noteWorkerRate(perSecond, this.#clock.nowMs())) this.#dispatch(queue);
  }

  #limitsOf(queue: TaskQueueName): QueueLimits {
    const key = limitsKey(queue);
    let limits = this.#limits.get(key);
    if (!limits) this.#limits.set(key, (limits = new QueueLimits()));
    return limits;
  }

  /** Its rate has changed: what that held up may leave. */
  #dispatch({ namespaceId, type, name }: TaskQueueName): void {
    const queues = type === TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY ? this.#activityQueues : this.#nexusQueues;
    const key = queueKey({ namespaceId, name, kind: NORMAL });
    for (const [each, queue] of queues) if (each === key || each.startsWith(key + VERSION_MARK)) queue.dispatch();
  }

  #isStickyAvailable(address: TaskQueueAddress): boolean {
    const queue = this.#workflowQueues.get(queueKey(address));
    return queue?.hasRecentPoller(this.#clock.nowMs(), STICKY_POLLER_UNAVAILABLE_MS) ?? false;
  }

  async #poll<Handout>(queue: TaskQueue<Handout>, options: PollOptions): Promise<Handout | undefined> {
    const { info, signal } = options;
    queue.recordPoll(info.identity, this.#clock.nowMs(), options.ratePerSecond ?? 0);
    if (signal.aborted) return undefined;
    const ready = queue.take(info, this.#clock.nowMs());
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
    return this.#queue(this.#activityQueues, address, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY);
  }

  #nexusQueue(address: TaskQueueAddress): TaskQueue<NexusHandout> {
    return this.#queue(this.#nexusQueues, address, TaskQueueType.TASK_QUEUE_TYPE_NEXUS);
  }

  #queue<Handout>(
    queues: Map<string, TaskQueue<Handout>>,
    address: TaskQueueAddress,
    type?: number,
  ): TaskQueue<Handout> {
    const key = queueKey(address);
    let queue = queues.get(key);
    if (!queue) {
      if (queues.size >= SWEEP_SIZE) this.#sweep(queues);
      // Workflow tasks are never held up.
      const ofAllVersions = type === undefined ? undefined : limitsKey({ ...address, type });
      queue = new TaskQueue<Handout>(this.#clock, () => (ofAllVersions ? this.#limits.get(ofAllVersions) : undefined));
      queues.set(key, queue);
    }
    return queue;
  }

  #sweep<Handout>(queues: Map<string, TaskQueue<Handout>>): void {
    const nowMs = this.#clock.nowMs();
    for (const [key, queue] of queues) if (queue.isIdle(nowMs)) queues.delete(key);
  }
}

/** The parts of a queue, one for each version of workers, as one. */
function together(parts: readonly ReadonlyMap<number, TaskQueueStats>[]): ReadonlyMap<number, TaskQueueStats> {
  const all = new Map<number, TaskQueueStats>();
  for (const [priority, stats] of parts.flatMap((part) => [...part])) {
    const known = all.get(priority);
    all.set(priority, {
      backlogCount: stats.backlogCount + (known?.backlogCount ?? 0),
      backlogAgeMs: Math.max(stats.backlogAgeMs, known?.backlogAgeMs ?? 0),
      addRate: stats.addRate + (known?.addRate ?? 0),
      dispatchRate: stats.dispatchRate + (known?.dispatchRate ?? 0),
    });
  }
  return all;
}

function waitingOf({ priority, fairnessKey, fairnessWeight }: WorkflowTaskAddress | ActivityTaskAddress): Waiting {
  return { priority, fairnessKey, fairnessWeight };
}

const limitsKey = ({ namespaceId, type, name }: TaskQueueName): string => `${namespaceId}/${type}/${name}`;

function queueKey(address: TaskQueueAddress): string {
  const key = `${address.namespaceId}/${address.kind === STICKY ? 's' : 'n'}/${address.name}`;
  return address.version ? `${key}${VERSION_MARK}${address.version}` : key;
}

function normalQueue(sticky: TaskQueueAddress, name: string): TaskQueueAddress {
  return { namespaceId: sticky.namespaceId, name, kind: NORMAL };
}
