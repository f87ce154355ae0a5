/**
 * The Store on SQLite. What is staged becomes rows of one transaction when something reads behind it, at the latest
 * when its group is committed (`group-commit`):
 *
 *   idle --stage--> staged --(read of something staged)--> applied (inside an open transaction)
 *   staged | applied --commit of the group--> idle
 *   any of it fails --> ROLLBACK --> listeners drop their caches --> idle
 */
import { ExecutionStore } from './execution-store.js';
import { asError, GroupCommit } from './group-commit.js';
import { HistoryStore } from './history-store.js';
import { RegistryStore } from './registry-store.js';
import { ScheduleStore } from './schedule-store.js';
import { currentId, executionId, StagedWrites } from './staged-writes.js';
import type {
  CurrentRun,
  EventBatch,
  ExecutionRecord,
  NamespaceRecord,
  OpenExecutionSummary,
  PendingItem,
  RunKey,
  ScheduleRecord,
  ScheduleSummary,
  SearchAttributeDefinition,
  Setting,
  Store,
  StoreWrite,
  VisibilityCursor,
  VisibilityRow,
} from './store.js';
import type { SqlDatabase, SqlStatement } from './sqlite-driver.js';
import type { VisibilityFilter } from './visibility-filter.js';
import { VisibilityReader } from './visibility-reader.js';
import { VisibilityStore } from './visibility-store.js';

/** Points around a commit where a test may kill the process. */
export type DebugPoint = 'before-commit' | 'after-commit';

export interface SqliteStoreOptions {
  /** Called around each commit; for tests that kill the process there. */
  readonly onDebugPoint?: ((point: DebugPoint) => void) | undefined;
  /** Brings what was committed to the disk. Absent where COMMIT does. */
  readonly flush?: (() => Promise<void>) | undefined;
}

export class SqliteStore implements Store {
  readonly #database: SqlDatabase;
  readonly #executions: ExecutionStore;
  readonly #history: HistoryStore;
  readonly #visibility: VisibilityStore;
  readonly #visibilityReader: VisibilityReader;
  readonly #registry: RegistryStore;
  readonly #schedules: ScheduleStore;
  readonly #begin: SqlStatement;
  readonly #commitStatement: SqlStatement;
  readonly #rollbackStatement: SqlStatement;
  readonly #staged = new StagedWrites();
  readonly #rollbackListeners: ((error: Error) => void)[] = [];
  readonly #onDebugPoint: (point: DebugPoint) => void;
  readonly #groups: GroupCommit;
  #inTransaction = false;
  #isClosed = false;
  #isAbandoned = false;
  #lastRunKey: RunKey;

  constructor(database: SqlDatabase, { onDebugPoint = () => undefined, flush }: SqliteStoreOptions = {}) {
    this.#database = database;
    this.#onDebugPoint = onDebugPoint;
    this.#groups = new GroupCommit({
      commit: () => {
        this.#commit();
      },
      rollBack: (error) => {
        this.#rollBack(error);
      },
      flush,
    });
    this.#executions = new ExecutionStore(database);
    this.#history = new HistoryStore(database);
    this.#visibility = new VisibilityStore(database);
    this.#visibilityReader = new VisibilityReader(database);
    this.#registry = new RegistryStore(database);
    this.#schedules = new ScheduleStore(database);
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commitStatement = database.prepare('COMMIT');
    this.#rollbackStatement = database.prepare('ROLLBACK');
    this.#lastRunKey = Math.max(this.#executions.maxRunKey(), this.#schedules.maxKey());
  }

  nextRunKey(): RunKey {
    this.#lastRunKey += 1;
    return this.#lastRunKey;
  }

  stage(write: StoreWrite): void {
    if (this.#isClosed) throw new Error('the store is closed');
    this.#groups.begin();
    this.#staged.add(write);
  }

  committed(): Promise<void> {
    return this.#groups.settled();
  }

  onRollback(listener: (error: Error) => void): void {
    this.#rollbackListeners.push(listener);
  }

  findExecution(namespaceId: string, workflowId: string, runId: string): ExecutionRecord | undefined {
    const stagedKey = this.#staged.executionKeys.get(executionId(namespaceId, workflowId, runId));
    if (stagedKey !== undefined) return this.#staged.executions.get(stagedKey);
    this.#applyDeletes();
    return this.#executions.find(namespaceId, workflowId, runId);
  }

  findExecutionByKey(runKey: RunKey): ExecutionRecord | undefined {
    const staged = this.#staged.executions.get(runKey);
    if (staged !== undefined) return staged;
    this.#applyDeletes();
    return this.#executions.findByKey(runKey);
  }

  findCurrentRun(namespaceId: string, workflowId: string): CurrentRun | undefined {
    const staged = this.#staged.currentRuns.get(currentId(namespaceId, workflowId));
    if (staged !== undefined) return staged;
    this.#applyDeletes();
    return this.#executions.findCurrent(namespaceId, workflowId);
  }

  pendingItems(runKey: RunKey): readonly PendingItem[] {
    this.#apply();
    return this.#executions.items(runKey);
  }

  readEvents(runKey: RunKey, fromEventId: number, toEventId: number, maxBytes: number): readonly EventBatch[] {
    this.#apply();
    return this.#history.read(runKey, fromEventId, toEventId, maxBytes);
  }

  readEventsReverse(runKey: RunKey, fromEventId: number, maxBytes: number): readonly EventBatch[] {
    this.#apply();
    return this.#history.readReverse(runKey, fromEventId, maxBytes);
  }

  openExecutions(): Iterable<OpenExecutionSummary> {
    this.#apply();
    return this.#executions.open();
  }

  listVisibility(
    namespaceId: string,
    filter: VisibilityFilter,
    after: VisibilityCursor | undefined,
    limit: number,
  ): readonly VisibilityRow[] {
    this.#apply();
    return this.#visibilityReader.list(namespaceId, filter, after, limit);
  }

  visibleRunKeys(
    namespaceId: string,
    filter: VisibilityFilter,
    range: { readonly after: RunKey; readonly upTo: RunKey },
    limit: number,
  ): readonly RunKey[] {
    this.#apply();
    return this.#visibilityReader.runKeys(namespaceId, filter, range, limit);
  }

  countVisibility(namespaceId: string, filter: VisibilityFilter): number {
    this.#apply();
    return this.#visibilityReader.count(namespaceId, filter);
  }

  countVisibilityByStatus(namespaceId: string, filter: VisibilityFilter): ReadonlyMap<number, number> {
    this.#apply();
    return this.#visibilityReader.countByStatus(namespaceId, filter);
  }

  findSchedule(namespaceId: string, scheduleId: string): ScheduleRecord | undefined {
    this.#apply();
    return this.#schedules.find(namespaceId, scheduleId);
  }

  findScheduleByKey(scheduleKey: RunKey): ScheduleRecord | undefined {
    this.#apply();
    return this.#schedules.findByKey(scheduleKey);
  }

  schedulesToResume(): Iterable<ScheduleSummary> {
    this.#apply();
    return this.#schedules.toResume();
  }

  schedulesOf(namespaceId: string, limit: number): readonly RunKey[] {
    this.#apply();
    return this.#schedules.ofNamespace(namespaceId, limit);
  }

  namespaces(): readonly NamespaceRecord[] {
    this.#apply();
    return this.#registry.namespaces();
  }

  searchAttributes(namespaceId: string): readonly SearchAttributeDefinition[] {
    this.#apply();
    return this.#registry.attributes(namespaceId);
  }

  findSetting(key: string): Uint8Array | undefined {
    this.#apply();
    return this.#registry.setting(key);
  }

  settings(keyPrefix: string): readonly Setting[] {
    this.#apply();
    return this.#registry.settings(keyPrefix);
  }

  /** As a killed process leaves it: what is not committed is lost, and nobody is told. */
  abandon(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isAbandoned = true;
    this.#groups.fail(new Error('the store was abandoned'));
    this.#database.close();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#groups.drain();
    this.#database.close();
  }

  #commit(): void {
    this.#apply();
    if (!this.#inTransaction) return;
    this.#onDebugPoint('before-commit');
    this.#commitStatement.run();
    this.#inTransaction = false;
    this.#onDebugPoint('after-commit');
  }

  #rollBack(error: Error): void {
    this.#staged.clear();
    if (this.#inTransaction) {
      this.#inTransaction = false;
      try {
        this.#rollbackStatement.run();
      } catch {
        // SQLite has already rolled back by itself (disk full, I/O error).
      }
    }
    if (this.#isAbandoned) return;
    for (const listener of this.#rollbackListeners) listener(error);
  }

  /** A staged delete makes the rows of a run vanish; point look-ups outside the staged maps must see that. */
  #applyDeletes(): void {
    if (this.#staged.hasDelete) this.#apply();
  }

  /** Throws when a write fails: the group it is in is then rolled back as a whole, also for who only wanted to read. */
  #apply(): void {
    if (this.#staged.isEmpty) return;
    try {
      this.#applyStaged();
    } catch (error) {
      this.#groups.fail(asError(error));
      throw error;
    }
  }

  #applyStaged(): void {
    const staged = this.#staged;
    if (!this.#inTransaction) {
      this.#begin.run();
      this.#inTransaction = true;
    }
    for (const record of staged.executions.values()) this.#executions.put(record);
    for (const current of staged.currentRuns.values()) this.#executions.putCurrent(current);
    for (const record of staged.visibility.values()) this.#visibility.put(record);
    for (const write of staged.ordered) this.#write(write);
    staged.clear();
  }

  #write(write: StagedWrites['ordered'][number]): void {
    switch (write.type) {
      case 'appendEvents':
        this.#history.append(write.batch);
        return;
      case 'putPending':
        this.#executions.putItem(write.runKey, write.item);
        return;
      case 'deletePending':
        this.#executions.deleteItem(write.runKey, write.kind, write.id);
        return;
      case 'deleteExecution':
        this.#executions.delete(write.runKey);
        return;
      case 'putSchedule':
        this.#schedules.put(write.record);
        return;
      case 'deleteSchedule':
        this.#schedules.delete(write.scheduleKey);
        return;
      case 'putNamespace':
        this.#registry.putNamespace(write.record);
        return;
      case 'putSearchAttribute':
        this.#registry.putAttribute(write.record);
        return;
      case 'deleteSearchAttribute':
        this.#registry.deleteAttribute(write.namespaceId, write.name);
        return;
      case 'putSetting':
        this.#registry.putSetting(write.key, write.value);
        return;
      case 'deleteSetting':
        this.#registry.deleteSetting(write.key);
        return;
      default:
        throw new Error(`unknown write ${JSON.stringify(write satisfies never)}`);
    }
  }
}
