/**
 * The port to durable state: what history, matching, visibility and namespaces may ask of a store.
 * It is the boundary between pure state transitions and SQLite; SQL appears only behind it.
 *
 * The rule it guards: **reply after commit**. A transition stages its writes synchronously and, in the same
 * event-loop turn, more transitions may stage theirs; all of them go to disk in one transaction (group commit).
 * Whoever wants to tell the outside awaits `committed()` first. Reads see everything that is staged.
 * If a commit fails, every waiter of it gets the error, nothing of it is in the file, and `onRollback` listeners
 * drop what they cached, so that memory never shows what the file has lost.
 */
import type { VisibilityFilter } from './visibility-filter.js';

/** Identifies one run inside one store; allocated in memory by `nextRunKey()`, never reused. */
export type RunKey = number;

/** The durable part of a run's mutable state that is one record; collections are `PendingItem`s. */
export interface ExecutionRecord {
  readonly runKey: RunKey;
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Encoded by history/; opaque here. */
  readonly state: Uint8Array;
  /** `temporal.api.enums.v1.WorkflowExecutionStatus`. */
  readonly status: number;
  /** Earliest deadline of any timer or timeout of this run, ms since the epoch; undefined: none. */
  readonly wakeAtMs: number | undefined;
  /** True when boot has to load this run to hand out a workflow or activity task again. */
  readonly hasDispatch: boolean;
}

/** One member of a per-run collection (a pending activity, timer, child, ...), so that a change costs O(1). */
export interface PendingItem {
  readonly kind: number;
  /** Unique per run and kind: a scheduled event id, a timer id, an update id. */
  readonly id: string;
  readonly data: Uint8Array;
}

/** A run of consecutive events; `bytes` is a concatenation of `History.events` field records (tag, length, event). */
export interface EventBatch {
  readonly runKey: RunKey;
  readonly firstEventId: number;
  readonly lastEventId: number;
  readonly bytes: Uint8Array;
}

export interface CurrentRun {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly runKey: RunKey;
  /** Request id of the start that made this run, for dedupe. */
  readonly startRequestId: string;
  readonly status: number;
  readonly startTimeMs: number;
}

export interface NamespaceRecord {
  readonly id: string;
  readonly name: string;
  /** Encoded by namespaces/; opaque here. */
  readonly data: Uint8Array;
}

/** A search attribute's value as the list filter language sees it. */
export type SearchAttributeValue = string | number | bigint | boolean | readonly string[];

/** What `list` and `count` see of a run. Upserted as a whole. */
export interface VisibilityRecord {
  readonly runKey: RunKey;
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly status: number;
  readonly startTimeMs: number;
  readonly executionTimeMs: number;
  readonly closeTimeMs?: number;
  readonly historyLength?: number;
  readonly historySizeBytes?: number;
  readonly stateTransitionCount?: number;
  readonly parentWorkflowId?: string;
  readonly parentRunId?: string;
  readonly rootWorkflowId: string;
  readonly rootRunId: string;
  /** Encoded `temporal.api.common.v1.Memo`. */
  readonly memo?: Uint8Array;
  /** Encoded `temporal.api.common.v1.SearchAttributes`, as the client will get it back. */
  readonly searchAttributes?: Uint8Array;
  /** The same attributes decoded, custom and predefined ones, by the name used in filters. Datetimes are epoch nanoseconds (bigint). */
  readonly indexedValues: ReadonlyMap<string, SearchAttributeValue>;
}

/** What a list reads of a run. */
export type VisibilityRow = Omit<VisibilityRecord, 'indexedValues'>;

/** The place of a run in a list: latest close time first (open runs before all), then latest start time. */
export type VisibilityCursor = Pick<VisibilityRow, 'closeTimeMs' | 'startTimeMs' | 'runKey'>;

export interface SearchAttributeDefinition {
  readonly namespaceId: string;
  readonly name: string;
  /** `temporal.api.enums.v1.IndexedValueType`. */
  readonly type: number;
}

/** A schedule; opaque here but for what boot and look-ups need. */
export interface ScheduleRecord {
  /** Of `nextRunKey()`, as what lists show of it lies among the records of runs. */
  readonly scheduleKey: RunKey;
  readonly namespaceId: string;
  readonly scheduleId: string;
  /** When it has something to do next, ms since the epoch; undefined: not by itself. */
  readonly wakeAtMs: number | undefined;
  /** It waits for runs that it has started. */
  readonly isWatching: boolean;
  /** Encoded by schedules/. */
  readonly state: Uint8Array;
}

/** What boot needs of a schedule without decoding its state. */
export type ScheduleSummary = Pick<ScheduleRecord, 'scheduleKey' | 'wakeAtMs' | 'isWatching'>;

/** A small named value of the service itself; registries of few entries keep one each, under a prefix of theirs. */
export interface Setting {
  readonly key: string;
  readonly value: Uint8Array;
}

export type StoreWrite =
  | { readonly type: 'putExecution'; readonly record: ExecutionRecord }
  | { readonly type: 'putCurrentRun'; readonly record: CurrentRun }
  | { readonly type: 'appendEvents'; readonly batch: EventBatch }
  | { readonly type: 'putPending'; readonly runKey: RunKey; readonly item: PendingItem }
  | { readonly type: 'deletePending'; readonly runKey: RunKey; readonly kind: number; readonly id: string }
  | { readonly type: 'putVisibility'; readonly record: VisibilityRecord }
  /** Removes a run and all that belongs to it (events, pending items, visibility; the current run if it is this one). */
  | { readonly type: 'deleteExecution'; readonly runKey: RunKey }
  | { readonly type: 'putSchedule'; readonly record: ScheduleRecord }
  /** Removes a schedule and what lists show of it. */
  | { readonly type: 'deleteSchedule'; readonly scheduleKey: RunKey }
  | { readonly type: 'putNamespace'; readonly record: NamespaceRecord }
  | { readonly type: 'putSearchAttribute'; readonly record: SearchAttributeDefinition }
  | { readonly type: 'deleteSearchAttribute'; readonly namespaceId: string; readonly name: string }
  /** A small named value of the service itself (cluster id, test clock offset, ...). */
  | { readonly type: 'putSetting'; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'deleteSetting'; readonly key: string };

/** What boot needs of an open run without decoding its state. */
export interface OpenExecutionSummary {
  readonly runKey: RunKey;
  readonly wakeAtMs: number | undefined;
  readonly hasDispatch: boolean;
}

export interface HistoryPage {
  /** Concatenated `History.events` field records of whole batches, in event order; splice as they are. */
  readonly batches: readonly EventBatch[];
}

export interface Store {
  nextRunKey(): RunKey;

  /** Stages one write into the current group. Synchronous and cheap; throws only on programming errors. */
  stage(write: StoreWrite): void;
  /** Resolves when everything staged so far is on disk (at once when nothing is); rejects when that commit failed. */
  committed(): Promise<void>;
  /** Called after a failed commit, before its waiters are rejected. */
  onRollback(listener: (error: Error) => void): void;

  findExecution(namespaceId: string, workflowId: string, runId: string): ExecutionRecord | undefined;
  findExecutionByKey(runKey: RunKey): ExecutionRecord | undefined;
  pendingItems(runKey: RunKey): readonly PendingItem[];
  findCurrentRun(namespaceId: string, workflowId: string): CurrentRun | undefined;
  /** Batches that hold events >= fromEventId, ascending, until `maxBytes` is passed (at least one batch) or `toEventId` is reached. */
  readEvents(runKey: RunKey, fromEventId: number, toEventId: number, maxBytes: number): readonly EventBatch[];
  /** The same from the end: batches that hold events <= fromEventId, descending. */
  readEventsReverse(runKey: RunKey, fromEventId: number, maxBytes: number): readonly EventBatch[];
  openExecutions(): Iterable<OpenExecutionSummary>;

  /** Runs of a namespace that fit the filter, in the order of `VisibilityCursor`, from behind `after` on. */
  listVisibility(
    namespaceId: string,
    filter: VisibilityFilter,
    after: VisibilityCursor | undefined,
    limit: number,
  ): readonly VisibilityRow[];
  /** Runs of a namespace that fit the filter, oldest first, with keys above `after` and up to `upTo`. */
  visibleRunKeys(
    namespaceId: string,
    filter: VisibilityFilter,
    range: { readonly after: RunKey; readonly upTo: RunKey },
    limit: number,
  ): readonly RunKey[];
  countVisibility(namespaceId: string, filter: VisibilityFilter): number;
  /** Counts per `temporal.api.enums.v1.WorkflowExecutionStatus`, those that occur, ascending by status. */
  countVisibilityByStatus(namespaceId: string, filter: VisibilityFilter): ReadonlyMap<number, number>;

  findSchedule(namespaceId: string, scheduleId: string): ScheduleRecord | undefined;
  findScheduleByKey(scheduleKey: RunKey): ScheduleRecord | undefined;
  /** Those that have something to do or to wait for. */
  schedulesToResume(): Iterable<ScheduleSummary>;
  /** Some of a namespace's schedules, up to `limit`. */
  schedulesOf(namespaceId: string, limit: number): readonly RunKey[];

  namespaces(): readonly NamespaceRecord[];
  searchAttributes(namespaceId: string): readonly SearchAttributeDefinition[];
  findSetting(key: string): Uint8Array | undefined;
  /** Those whose key begins like this, in the order of their keys. */
  settings(keyPrefix: string): readonly Setting[];

  /** Flushes what is staged, checkpoints the log, closes. Idempotent. */
  close(): Promise<void>;
}
