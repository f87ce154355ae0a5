/**
 * Runs transitions: loads a run, applies a pure function to it, stages what changed, offers new tasks to matching,
 * arms the timer queue and carries out what other runs have to be told. The one place where a run's state is held.
 *
 * Rules it guards:
 * - Everything that follows from one request happens in one event-loop turn, and so in one group commit.
 * - A transition that throws leaves nothing behind: the run is loaded again from what is staged.
 * - What runs for another run's sake may fail alone; it never takes the transition that caused it with it.
 * - After a failed commit nothing in memory is believed: caches, timers and task queues are built again.
 */
import type { Clock } from '../clock/clock.js';
import { DataLossError, NotFoundError, UnavailableError } from '../errors.js';
import type { EventBatch, RunKey, Store } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { earliestDeadlineMs, processDeadlines, storedDeadlineMs } from './deadlines.js';
import { decodeEvent, isWholeBatch } from './event-batch.js';
import type { HistoryEvent } from './history-builder.js';
import type { IdGenerator } from './id-generator.js';
import { failTaskOnFullBuffer, historyExcess, terminateOnExcess } from './limit-enforcement.js';
import { DEFAULT_SERVICE_LIMITS } from './limits.js';
import type { ServiceLimits } from './limits.js';
import { LoadedRuns } from './loaded-runs.js';
import { MutableState } from './mutable-state.js';
import type { NewRun } from './new-run.js';
import type { ReadStartedEvent } from './next-run.js';
import type {
  ActivityTaskAddress,
  ActivityTaskHandout,
  NamespaceLookup,
  NexusCaller,
  NexusEndpointLookup,
  PollerInfo,
  SearchAttributeCatalog,
  TaskDispatcher,
  TaskStartRecorder,
  VersionLookup,
  WorkflowTaskAddress,
  WorkflowTaskHandout,
} from './ports.js';
import { RunContext } from './run-context.js';
import { isSameVersioning, versioningOf } from './run-versioning.js';
import { activityTaskHandout, workflowTaskHandout } from './task-handout.js';
import { TaskOffers } from './task-offers.js';
import { startActivity } from './activity.js';
import { TimerQueue } from './timer-queue.js';
import { Transition } from './transition.js';
import type { CrossRunEffect } from './transition.js';
import { abortUpdatesOnClose, abortUpdatesOnReset } from './update-endings.js';
import { visibilityRecord } from './visibility-record.js';
import { tasksInProgress } from './work-in-progress.js';
import { createMutableState } from './workflow-start.js';
import { clearStickiness, convertSpeculativeWorkflowTask, startWorkflowTask } from './workflow-task.js';

const TaskQueueKind = temporalProto.api.enums.v1.TaskQueueKind;

export interface HistoryEngineOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly namespaces: NamespaceLookup;
  readonly searchAttributes: SearchAttributeCatalog;
  readonly nexusEndpoints: NexusEndpointLookup;
  readonly versions: VersionLookup;
  /** Default: the official server's. */
  readonly limits?: ServiceLimits;
  /** Carries out what one run's transition does to another; see cross-run-effects. */
  readonly applyEffect: (engine: HistoryEngine, runKey: RunKey, effect: CrossRunEffect) => void;
  /** Told of what fails without anyone waiting for it: an effect on another run, a timer. */
  readonly onInternalError: (error: unknown, doing: string) => void;
  /** Told after each transition how many tasks of the run are being worked on; for a clock that skips idle waits. */
  readonly onTasksInProgress?: ((runKey: RunKey, tasks: number) => void) | undefined;
  /** Told of each run that closes; for metrics. */
  readonly onClosed?: ((state: MutableState) => void) | undefined;
}

interface PendingEffect {
  readonly runKey: RunKey;
  readonly effect: CrossRunEffect;
}

export interface TransitionOptions {
  /** The function may throw after it has changed something. */
  readonly mayFail?: boolean;
}

export class HistoryEngine implements TaskStartRecorder {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly namespaces: NamespaceLookup;
  readonly searchAttributes: SearchAttributeCatalog;
  readonly nexusEndpoints: NexusEndpointLookup;
  readonly versions: VersionLookup;
  readonly limits: ServiceLimits;
  readonly #applyEffect: HistoryEngineOptions['applyEffect'];
  readonly #onInternalError: HistoryEngineOptions['onInternalError'];
  readonly #onTasksInProgress: HistoryEngineOptions['onTasksInProgress'];
  readonly #onClosed: HistoryEngineOptions['onClosed'];
  readonly #timers: TimerQueue;
  readonly #runs = new LoadedRuns();
  readonly #offers = new TaskOffers();
  readonly #dirty = new Set<RunContext>();
  readonly #effects: PendingEffect[] = [];
  readonly #endedChains: RunContext[] = [];
  readonly #chainEndListeners: ((context: RunContext) => void)[] = [];
  #depth = 0;

  constructor(options: HistoryEngineOptions) {
    this.store = options.store;
    this.clock = options.clock;
    this.ids = options.ids;
    this.namespaces = options.namespaces;
    this.searchAttributes = options.searchAttributes;
    this.nexusEndpoints = options.nexusEndpoints;
    this.versions = options.versions;
    this.limits = options.limits ?? DEFAULT_SERVICE_LIMITS;
    this.#applyEffect = options.applyEffect;
    this.#onInternalError = options.onInternalError;
    this.#onTasksInProgress = options.onTasksInProgress;
    this.#onClosed = options.onClosed;
    this.#timers = new TimerQueue(options.clock, (runKey) => this.#onDeadline(runKey));
    options.store.onRollback(() => this.#onRollback());
  }

  /** Joins matching and the caller of Nexus handlers; tasks of transitions before that are lost. */
  connect(dispatcher: TaskDispatcher, nexusCaller: NexusCaller): void {
    this.#offers.connect(dispatcher, nexusCaller);
  }

  /** Calls `listener` when a run has closed and no other goes on in its place; in the same turn, so in the same commit. */
  onChainEnd(listener: (context: RunContext) => void): void {
    this.#chainEndListeners.push(listener);
  }

  /** Takes up every open run of the store: arms its deadline, offers what it has to hand out. */
  resume(): void {
    for (const { runKey, wakeAtMs, hasDispatch } of [...this.store.openExecutions()]) {
      this.#timers.set(runKey, wakeAtMs);
      // One that cannot be read keeps none of the others from going on.
      if (hasDispatch) this.#attempt(() => this.#offerAll(this.load(runKey).state), `what run ${runKey} hands out`);
    }
  }

  close(): void {
    this.#timers.close();
  }

  // ---- finding runs

  /** The run that a request means: by run id, or the workflow's current one. Throws NotFoundError. */
  findRun(namespaceId: string, workflowId: string, runId: string): RunContext {
    const context = this.tryFindRun(namespaceId, workflowId, runId);
    if (context) return context;
    throw new NotFoundError(
      runId === ''
        ? `workflow not found for ID: ${workflowId}`
        : `workflow execution not found for workflow ID "${workflowId}" and run ID "${runId}"`,
    );
  }

  tryFindRun(namespaceId: string, workflowId: string, runId: string): RunContext | undefined {
    if (runId === '') {
      const current = this.store.findCurrentRun(namespaceId, workflowId);
      return current ? this.load(current.runKey) : undefined;
    }
    const current = this.store.findCurrentRun(namespaceId, workflowId);
    if (current?.runId === runId) return this.load(current.runKey);
    const record = this.store.findExecution(namespaceId, workflowId, runId);
    return record ? this.load(record.runKey) : undefined;
  }

  /** The run with this key. Throws NotFoundError when it is gone. */
  load(runKey: RunKey): RunContext {
    const loaded = this.#runs.use(runKey);
    if (loaded) return loaded;
    const context = new RunContext(this.#readState(runKey));
    this.#runs.remember(context);
    return context;
  }

  // ---- transitions

  /** Applies one transition to a run. What it causes elsewhere has happened when this returns; the commit has not. */
  transact<T>(context: RunContext, apply: (tx: Transition) => T, options: TransitionOptions = {}): T {
    // A transition that may fail half-way falls back on what is staged, so nothing may be unstaged before it.
    if (options.mayFail && context.isDirty) this.#stage(context);
    this.#depth += 1;
    try {
      const tx = new Transition(context.state, this.clock.nowMs(), this.ids, this.limits);
      let result: T;
      try {
        result = apply(tx);
      } catch (error) {
        if (options.mayFail || tx.history.hasAdded || tx.changed) this.#discard(context);
        throw error;
      }
      this.#commit(context, tx);
      return result;
    } finally {
      this.#leave();
    }
  }

  /** Starts a run: its first transition. */
  startRun<T>(run: NewRun, apply: (tx: Transition) => T): { context: RunContext; result: T } {
    return this.beginRun(createMutableState(this.store.nextRunKey(), run, this.clock.nowMs()), [], apply);
  }

  /** The same from a state that has got somewhere already, and with the events that it has had until then. */
  beginRun<T>(
    state: MutableState,
    history: readonly EventBatch[],
    apply: (tx: Transition, context: RunContext) => T,
  ): { context: RunContext; result: T } {
    this.#depth += 1;
    try {
      const context = new RunContext(state);
      const tx = new Transition(context.state, this.clock.nowMs(), this.ids, this.limits);
      const result = apply(tx, context);
      for (const batch of history) this.store.stage({ type: 'appendEvents', batch });
      this.#runs.remember(context);
      // At once, not with the rest: what runs later in this turn finds the run by its workflow id.
      this.#stageCurrentRun(context.state);
      this.#commit(context, tx);
      return { context, result };
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    this.#depth -= 1;
    if (this.#depth > 0) return;
    this.#drainEffects();
    for (const context of this.#dirty) this.#stage(context);
  }

  #commit(context: RunContext, tx: Transition): void {
    const { state } = context;
    if (tx.history.hasAdded && state.workflowTask?.isSpeculative) {
      if (tx.history.hasWritten) throw new Error(`Run ${state.runId}: events were written beside a speculative task.`);
      convertSpeculativeWorkflowTask(tx);
    }
    failTaskOnFullBuffer(tx);
    if (state.isRunning && !state.isWorkflowTaskStarted) tx.history.flushBuffered();
    const batches = tx.history.finish();
    for (const batch of batches) {
      this.store.stage({ type: 'appendEvents', batch });
      context.tail.append(batch);
    }
    if (batches.length > 0 || tx.history.hasAdded || tx.changed) {
      state.stateTransitionCount += 1;
      context.isDirty = true;
      this.#dirty.add(context);
    }
    if (tx.visibilityChanged) context.isVisibilityDirty = true;
    if (tx.closed) {
      this.#onClosed?.(state);
      this.#stageCurrentRun(state);
      abortUpdatesOnClose(context.updates, state.continuedRunId !== '');
      context.queries.unblockAll();
    }
    this.#rearm(state);
    for (const effect of tx.effects) this.#effects.push({ runKey: state.runKey, effect });
    if (tx.closed && state.continuedRunId === '') this.#endedChains.push(context);
    if (batches.length > 0) context.notifyEvents();
    this.#offers.offerNew(tx);
    const excess = historyExcess(state, this.limits);
    if (excess !== undefined) this.transact(context, (next) => terminateOnExcess(next, excess));
  }

  #offerAll(state: MutableState): void {
    this.#offers.offerAll(state, this.clock.nowMs());
    this.#rearm(state);
  }

  #rearm(state: MutableState): void {
    this.#timers.set(state.runKey, earliestDeadlineMs(state));
    this.#onTasksInProgress?.(state.runKey, tasksInProgress(state));
  }

  #drainEffects(): void {
    // Effects cause effects (a child that starts a child): the queue is read until it is empty, with the depth
    // held so that nothing is staged twice. What an ended chain brings about comes after them.
    this.#depth += 1;
    try {
      for (;;) {
        const next = this.#effects.shift();
        if (next) {
          const { runKey, effect } = next;
          this.#attempt(() => this.#applyEffect(this, runKey, effect), `effect ${effect.type} of run ${runKey}`);
          continue;
        }
        const ended = this.#endedChains.shift();
        if (!ended) return;
        for (const listener of this.#chainEndListeners) {
          this.#attempt(() => listener(ended), `end of run ${ended.state.runKey}`);
        }
      }
    } finally {
      this.#depth -= 1;
    }
  }

  /** What runs for another's sake may fail alone. */
  #attempt(act: () => void, doing: string): void {
    try {
      act();
    } catch (error) {
      this.#onInternalError(error, doing);
    }
  }

  #stage(context: RunContext): void {
    const { state } = context;
    this.#dirty.delete(context);
    if (!context.isDirty) return;
    context.isDirty = false;
    state.stage(this.store, storedDeadlineMs(state));
    if (context.isVisibilityDirty) {
      context.isVisibilityDirty = false;
      this.store.stage({ type: 'putVisibility', record: visibilityRecord(state, this.searchAttributes) });
    }
  }

  #stageCurrentRun(state: MutableState): void {
    if (!state.isRunning) {
      // A run that was replaced while it closed (continue-as-new, terminate-existing) is not the current one any more.
      const current = this.store.findCurrentRun(state.namespaceId, state.workflowId);
      if (current && current.runKey > state.runKey) return;
    }
    this.store.stage({
      type: 'putCurrentRun',
      record: {
        namespaceId: state.namespaceId,
        workflowId: state.workflowId,
        runId: state.runId,
        runKey: state.runKey,
        startRequestId: state.info.startRequestId,
        status: state.status,
        startTimeMs: state.info.startTimeMs,
      },
    });
  }

  // ---- TaskStartRecorder

  startWorkflowTask(task: WorkflowTaskAddress, poller: PollerInfo): WorkflowTaskHandout | undefined {
    const context = this.#findForTask(task.runKey);
    const pending = context?.state.workflowTask;
    if (!context || !pending || !context.state.isRunning) return undefined;
    if (pending.startedEventId !== 0 || pending.scheduledEventId !== task.scheduledEventId) return undefined;
    if (context.state.workflowTaskAttempt !== task.attempt) return undefined;
    // It belongs to another version now, and has been offered to that.
    if (!isSameVersioning(task.versioning, versioningOf(context.state))) return undefined;
    const isStickyPoller = task.taskQueue.kind === TaskQueueKind.TASK_QUEUE_KIND_STICKY;
    if (isStickyPoller && context.state.stickyTaskQueue === '') return undefined;
    const started = this.transact(context, (tx) => {
      // Taken from the normal queue although it was meant for a sticky one: that worker is gone.
      if (!isStickyPoller && tx.state.stickyTaskQueue !== '') clearStickiness(tx);
      return startWorkflowTask(tx, poller);
    });
    return workflowTaskHandout(context, started);
  }

  startActivityTask(task: ActivityTaskAddress, poller: PollerInfo): ActivityTaskHandout | undefined {
    const context = this.#findForTask(task.runKey);
    const activity = context?.state.activities.get(task.scheduledEventId);
    if (!context || !activity || activity.startedEventId !== 0 || activity.attempt !== task.attempt) return undefined;
    if (activity.stamp !== task.stamp || activity.paused) return undefined;
    if (!isSameVersioning(task.versioning, versioningOf(context.state))) return undefined;
    this.transact(context, (tx) => startActivity(tx, activity, poller));
    return activityTaskHandout(context.state, activity);
  }

  #findForTask(runKey: RunKey): RunContext | undefined {
    try {
      return this.load(runKey);
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }

  // ---- events

  /** Batches that hold the events `from`..`to`, at least the first of them, up to about `maxBytes`. */
  readEvents(context: RunContext, fromEventId: number, toEventId: number, maxBytes: number): readonly EventBatch[] {
    const tail = context.tail.from(fromEventId);
    if (tail) return tail;
    const batches = this.store.readEvents(context.state.runKey, fromEventId, toEventId, maxBytes);
    return this.#requireWhole(context, batches);
  }

  /** The same from the end: batches that hold events <= `fromEventId`, the last one first. */
  readEventsReverse(context: RunContext, fromEventId: number, maxBytes: number): readonly EventBatch[] {
    return this.#requireWhole(context, this.store.readEventsReverse(context.state.runKey, fromEventId, maxBytes));
  }

  #requireWhole({ state }: RunContext, batches: readonly EventBatch[]): readonly EventBatch[] {
    if (!batches.every(isWholeBatch)) throw new DataLossError(state.workflowId, state.runId);
    return batches;
  }

  /** One event, decoded; undefined when there is none with this id. */
  readEvent(context: RunContext, eventId: number): HistoryEvent | undefined {
    const batches = this.readEvents(context, eventId, eventId, 1);
    const batch = batches.find((each) => eventId >= each.firstEventId && eventId <= each.lastEventId);
    try {
      return batch && decodeEvent(batch, eventId);
    } catch (error) {
      throw new DataLossError(context.state.workflowId, context.state.runId, error);
    }
  }

  /** A pending activity as it was scheduled. */
  readActivityScheduled(
    context: RunContext,
    scheduledEventId: number,
  ): temporal.api.history.v1.IActivityTaskScheduledEventAttributes {
    const attributes = this.readEvent(context, scheduledEventId)?.activityTaskScheduledEventAttributes;
    if (!attributes) throw new Error(`Run ${context.state.runId} has no scheduled activity ${scheduledEventId}.`);
    return attributes;
  }

  /** How `next-run` gets at a run's first event. */
  startedEventReader(context: RunContext): ReadStartedEvent {
    return () => {
      const event = this.readEvent(context, 1);
      const attributes = event?.workflowExecutionStartedEventAttributes;
      if (!attributes) throw new Error(`Run ${context.state.runId} has no started event.`);
      return { attributes, links: event?.links ?? ([] as temporal.api.common.v1.ILink[]) };
    };
  }

  /** Takes a run out of everything. */
  forget(context: RunContext): void {
    this.#timers.set(context.state.runKey, undefined);
    this.#onTasksInProgress?.(context.state.runKey, 0);
    this.#dirty.delete(context);
    this.#runs.delete(context.state.runKey);
    context.notifyEvents();
  }

  #onDeadline(runKey: RunKey): void {
    try {
      const context = this.load(runKey);
      this.transact(context, (tx) => processDeadlines(tx, this.startedEventReader(context)), { mayFail: true });
    } catch (error) {
      if (error instanceof NotFoundError) return;
      this.#onInternalError(error, `timers of run ${runKey}`);
    }
  }

  #readState(runKey: RunKey): MutableState {
    const record = this.store.findExecutionByKey(runKey);
    if (!record) throw new NotFoundError('workflow execution not found');
    const items = this.store.pendingItems(runKey);
    try {
      return MutableState.decode(record, items);
    } catch (error) {
      throw new DataLossError(record.workflowId, record.runId, error);
    }
  }

  #discard(context: RunContext): void {
    context.state = this.#readState(context.state.runKey);
    context.isDirty = false;
    this.#dirty.delete(context);
  }

  #onRollback(): void {
    const runs = this.#runs.takeAll();
    this.#dirty.clear();
    this.#effects.length = 0;
    this.#endedChains.length = 0;
    this.#timers.clear();
    for (const context of runs) {
      this.#onTasksInProgress?.(context.state.runKey, 0);
      abortUpdatesOnReset(context.updates);
      context.queries.failAll(new UnavailableError('buffered query cleared, please retry'));
      context.notifyEvents();
    }
    this.#offers.reset();
    this.resume();
  }
}
