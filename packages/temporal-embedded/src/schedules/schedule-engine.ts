/**
 * The schedules of a service: keeps their state, wakes them when they are due or one of their workflows has ended, and
 * makes the changes that clients ask for. The one place where a schedule's state is held.
 *
 * Rules it guards:
 * - A look at a schedule and everything that it starts or stops are staged in one turn, and so in one commit.
 * - What a look leaves half done is forgotten: the schedule is read again from what is staged.
 * - After a failed commit nothing in memory is believed.
 */
import type { Clock } from '../clock/clock.js';
import { NotFoundError } from '../errors.js';
import type { HistoryEngine } from '../history/history-engine.js';
import type { RunContext } from '../history/run-context.js';
import { TimerQueue } from '../history/timer-queue.js';
import type { RunKey, ScheduleRecord, Store } from '../persistence/store.js';
import { scheduleVisibility } from './schedule-visibility.js';
import { decodeState, encodeState } from './schedule-state.js';
import type { ScheduleState } from './schedule-state.js';
import { scheduleWorkflowId } from './schedule-workflow.js';
import { HistoryRuns } from './scheduled-runs.js';
import { look, watchedWorkflows } from './scheduler.js';
import type { LoadedSchedule } from './scheduler.js';
import { CompiledSpec } from './spec/compiled-spec.js';
import { InvalidSpecError } from './spec/spec-error.js';

export interface ScheduleEngineOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly engine: HistoryEngine;
  readonly namespaceName: (namespaceId: string) => string;
  /** Told of what fails without anyone waiting for it. */
  readonly onInternalError: (error: unknown, doing: string) => void;
  /** Told of starts that the service refused. */
  readonly onRefusedStart: (error: Error, doing: string) => void;
}

interface KeptSchedule extends LoadedSchedule {
  readonly key: RunKey;
}

/** Schedules that stay in memory though nothing is going on with them. */
const KEPT_SCHEDULES = 1024;
const KEPT_REQUEST_IDS = 20;
/** Until a look that failed is tried again. */
const RETRY_MS = 60_000;

export class ScheduleEngine {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #engine: HistoryEngine;
  readonly #runs: HistoryRuns;
  readonly #onInternalError: ScheduleEngineOptions['onInternalError'];
  readonly #timers: TimerQueue;
  readonly #kept = new Map<RunKey, KeptSchedule>();
  /** Which schedule waits for a workflow, by namespace and workflow id. */
  readonly #watchers = new Map<string, RunKey>();
  readonly #watched = new Map<RunKey, readonly string[]>();
  /** Being looked at; true: something has happened meanwhile. */
  readonly #looking = new Map<RunKey, boolean>();

  constructor(options: ScheduleEngineOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#engine = options.engine;
    this.#onInternalError = options.onInternalError;
    this.#runs = new HistoryRuns(options.engine, options.namespaceName, options.onRefusedStart);
    this.#timers = new TimerQueue(options.clock, (key) => this.#onWake(key));
    options.engine.onChainEnd((context) => this.#onChainEnd(context));
    options.store.onRollback(() => this.#onRollback());
  }

  /** Takes up every schedule that has something to do or to wait for. */
  resume(): void {
    for (const { scheduleKey, wakeAtMs, isWatching } of [...this.#store.schedulesToResume()]) {
      const watching = isWatching && this.#load(scheduleKey);
      if (watching) this.#watch(scheduleKey, watching.state);
      this.#timers.set(scheduleKey, wakeAtMs);
    }
  }

  close(): void {
    this.#timers.close();
  }

  /** Undefined when there is no such schedule. */
  find(namespaceId: string, scheduleId: string): LoadedSchedule | undefined {
    const record = this.#store.findSchedule(namespaceId, scheduleId);
    return record && this.#keep(record);
  }

  /** Throws NotFoundError. */
  require(namespaceId: string, scheduleId: string): LoadedSchedule {
    const found = this.find(namespaceId, scheduleId);
    if (!found) throw new NotFoundError(`workflow not found for ID: ${scheduleWorkflowId(scheduleId)}`);
    return found;
  }

  /** Adds a schedule that is not there yet, with a first change if there is one. */
  create(state: ScheduleState, spec: CompiledSpec, change?: (schedule: LoadedSchedule, nowMs: number) => void): void {
    const schedule: KeptSchedule = { key: this.#store.nextRunKey(), state, spec, specError: '' };
    this.#remember(schedule);
    this.#look(schedule, change, { isListedAnew: true });
  }

  /** Changes a schedule. Throws NotFoundError. A request that was followed before is not followed again. */
  change(
    namespaceId: string,
    scheduleId: string,
    requestId: string,
    change: (schedule: LoadedSchedule, nowMs: number) => void,
  ): void {
    const schedule = this.#requireKept(namespaceId, scheduleId);
    const { state } = schedule;
    if (requestId !== '' && state.requestIds.includes(requestId)) return;
    this.#look(schedule, (...given) => {
      change(...given);
      if (requestId !== '') state.requestIds = [...state.requestIds, requestId].slice(-KEPT_REQUEST_IDS);
    });
  }

  /** Throws NotFoundError. */
  delete(namespaceId: string, scheduleId: string): void {
    this.#delete(this.#requireKept(namespaceId, scheduleId).key);
  }

  /** Deletes up to `limit` schedules of a namespace; false when there was none any more. */
  deleteSome(namespaceId: string, limit: number): boolean {
    const keys = this.#store.schedulesOf(namespaceId, limit);
    for (const key of keys) this.#delete(key);
    return keys.length > 0;
  }

  #requireKept(namespaceId: string, scheduleId: string): KeptSchedule {
    return this.require(namespaceId, scheduleId) as KeptSchedule;
  }

  #onWake(key: RunKey): void {
    try {
      const schedule = this.#load(key);
      if (schedule) this.#look(schedule);
    } catch (error) {
      this.#onInternalError(error, `schedule ${String(key)}`);
      // What stands in its way now need not stand there for ever.
      this.#timers.set(key, this.#clock.nowMs() + RETRY_MS);
    }
  }

  #onChainEnd({ state: { namespaceId, workflowId } }: RunContext): void {
    const key = this.#watchers.get(watchId(namespaceId, workflowId));
    if (key === undefined) return;
    // It is the one that has just ended this workflow, and looks again before it is done.
    if (this.#looking.has(key)) this.#looking.set(key, true);
    else this.#onWake(key);
  }

  #look(
    schedule: KeptSchedule,
    change?: (schedule: LoadedSchedule, nowMs: number) => void,
    { isListedAnew = false } = {},
  ): void {
    const { key, state } = schedule;
    const nowMs = this.#clock.nowMs();
    const { memo, searchAttributes } = state;
    const wasPaused = state.schedule.state.paused;
    this.#looking.set(key, false);
    try {
      let outlook = look(schedule, nowMs, this.#runs, change && (() => change(schedule, nowMs)));
      while (this.#looking.get(key)) {
        this.#looking.set(key, false);
        outlook = look(schedule, nowMs, this.#runs);
      }
      if (outlook.isOver) {
        this.#delete(key);
        return;
      }
      this.#stage(schedule, outlook.wakeAtMs);
      const isListedOtherwise =
        state.memo !== memo || state.searchAttributes !== searchAttributes || state.schedule.state.paused !== wasPaused;
      if (isListedAnew || isListedOtherwise) {
        const record = scheduleVisibility(key, state, this.#engine.searchAttributes);
        this.#store.stage({ type: 'putVisibility', record });
      }
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    } finally {
      this.#looking.delete(key);
    }
  }

  #stage({ key, state }: KeptSchedule, wakeAtMs: number | undefined): void {
    this.#watch(key, state);
    this.#store.stage({
      type: 'putSchedule',
      record: {
        scheduleKey: key,
        namespaceId: state.namespaceId,
        scheduleId: state.scheduleId,
        wakeAtMs,
        isWatching: this.#watched.has(key),
        state: encodeState(state),
      },
    });
    this.#timers.set(key, wakeAtMs);
  }

  #watch(key: RunKey, state: ScheduleState): void {
    this.#unwatch(key);
    const ids = watchedWorkflows(state).map(({ workflowId }) => watchId(state.namespaceId, workflowId));
    if (ids.length === 0) return;
    this.#watched.set(key, ids);
    for (const id of ids) this.#watchers.set(id, key);
  }

  #unwatch(key: RunKey): void {
    for (const id of this.#watched.get(key) ?? []) if (this.#watchers.get(id) === key) this.#watchers.delete(id);
    this.#watched.delete(key);
  }

  #delete(key: RunKey): void {
    this.#unwatch(key);
    this.#timers.set(key, undefined);
    this.#kept.delete(key);
    this.#store.stage({ type: 'deleteSchedule', scheduleKey: key });
  }

  /** Undefined when it is gone. */
  #load(key: RunKey): KeptSchedule | undefined {
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const record = this.#store.findScheduleByKey(key);
    return record && this.#keep(record);
  }

  #keep(record: ScheduleRecord): KeptSchedule {
    const kept = this.#kept.get(record.scheduleKey);
    if (kept) return kept;
    const state = decodeState(record.state);
    const schedule: KeptSchedule = { key: record.scheduleKey, state, ...compile(state) };
    this.#remember(schedule);
    return schedule;
  }

  #remember(schedule: KeptSchedule): void {
    this.#kept.set(schedule.key, schedule);
    // All of it is in the store: whichever was loaded first may go, but not under somebody's hands.
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_SCHEDULES) break;
      if (!this.#looking.has(key)) this.#kept.delete(key);
    }
  }

  #onRollback(): void {
    this.#kept.clear();
    this.#watchers.clear();
    this.#watched.clear();
    this.#timers.clear();
    this.resume();
  }
}

const watchId = (namespaceId: string, workflowId: string): string => `${namespaceId}\0${workflowId}`;

/** The spec was followed once; a time zone may have gone with another version of Node. */
function compile(state: ScheduleState): Pick<LoadedSchedule, 'spec' | 'specError'> {
  try {
    return { spec: new CompiledSpec(state.schedule.spec), specError: '' };
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error;
    return { spec: undefined, specError: error.message };
  }
}
