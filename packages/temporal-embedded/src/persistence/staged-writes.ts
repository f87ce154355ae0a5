/**
 * What a group has staged and not yet handed to SQLite. Writes that replace a record as a whole are coalesced: a run
 * that moves three times in one turn is written once. The rest keeps its order. Looked at before the database is.
 */
import type { CurrentRun, ExecutionRecord, RunKey, StoreWrite, VisibilityRecord } from './store.js';

type OrderedWrite = Exclude<StoreWrite, { type: 'putExecution' | 'putCurrentRun' | 'putVisibility' }>;

export class StagedWrites {
  readonly executions = new Map<RunKey, ExecutionRecord>();
  readonly executionKeys = new Map<string, RunKey>();
  readonly currentRuns = new Map<string, CurrentRun>();
  readonly visibility = new Map<RunKey, VisibilityRecord>();
  readonly ordered: OrderedWrite[] = [];
  /** A staged delete makes rows vanish that the maps above know nothing of. */
  hasDelete = false;

  get isEmpty(): boolean {
    return (
      this.ordered.length === 0 &&
      this.executions.size === 0 &&
      this.currentRuns.size === 0 &&
      this.visibility.size === 0
    );
  }

  add(write: StoreWrite): void {
    switch (write.type) {
      case 'putExecution': {
        const { record } = write;
        this.executions.set(record.runKey, record);
        this.executionKeys.set(executionId(record.namespaceId, record.workflowId, record.runId), record.runKey);
        return;
      }
      case 'putCurrentRun':
        this.currentRuns.set(currentId(write.record.namespaceId, write.record.workflowId), write.record);
        return;
      case 'putVisibility':
        this.visibility.set(write.record.runKey, write.record);
        return;
      case 'deleteSchedule':
        this.visibility.delete(write.scheduleKey);
        this.ordered.push(write);
        return;
      case 'deleteExecution':
        this.#forget(write.runKey);
        this.hasDelete = true;
        this.ordered.push(write);
        return;
      default:
        this.ordered.push(write);
    }
  }

  /** A run that was staged and then deleted in the same group must not be found again. */
  #forget(runKey: RunKey): void {
    this.visibility.delete(runKey);
    const record = this.executions.get(runKey);
    if (record === undefined) return;
    this.executions.delete(runKey);
    this.executionKeys.delete(executionId(record.namespaceId, record.workflowId, record.runId));
    const current = currentId(record.namespaceId, record.workflowId);
    if (this.currentRuns.get(current)?.runKey === runKey) this.currentRuns.delete(current);
  }

  clear(): void {
    this.executions.clear();
    this.executionKeys.clear();
    this.currentRuns.clear();
    this.visibility.clear();
    this.ordered.length = 0;
    this.hasDelete = false;
  }
}

export function executionId(namespaceId: string, workflowId: string, runId: string): string {
  return `${namespaceId}\0${runId}\0${workflowId}`;
}

export function currentId(namespaceId: string, workflowId: string): string {
  return `${namespaceId}\0${workflowId}`;
}
