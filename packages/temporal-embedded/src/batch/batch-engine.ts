/**
 * Carries batch operations out: one workflow after the other, no faster than allowed, from where each batch has got, also
 * after the end of the process.
 *
 * The rules it guards:
 * - What is done to a workflow and the note that it is done are one commit: a crash repeats nothing and leaves nothing out.
 * - Workflows are taken in the order of their start, up to those that were there when the batch began: what the batch
 *   itself brings about (a reset's new run, a changed place in the list) is not found again.
 */
import type { Clock, ClockTimer } from '../clock/clock.js';
import { NotFoundError, ServiceError } from '../errors.js';
import type { HistoryEngine } from '../history/history-engine.js';
import type { ServiceLimits } from '../history/limits.js';
import type { RunContext } from '../history/run-context.js';
import type { RunKey, Store } from '../persistence/store.js';
import type { VisibilityManager } from '../visibility/visibility-manager.js';
import { doBatchOperation } from './batch-operation.js';
import { batchQuery, batchTypeOf, requireBatch } from './batch-request.js';
import type { BatchRequest } from './batch-request.js';
import {
  batchesQuery,
  describeBatchWorkflow,
  endBatchWorkflow,
  readBatchRequest,
  readProgress,
  saveProgress,
  startBatchWorkflow,
} from './batch-workflow.js';
import type { BatchProgress } from './batch-workflow.js';

/** Found at a time. */
const PAGE_SIZE = 100;

export interface BatchEngineOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly engine: HistoryEngine;
  readonly visibility: VisibilityManager;
  /** Told of what fails without anyone waiting for it. */
  readonly onInternalError: (error: unknown, doing: string) => void;
}

/** A batch under way, and what is only of this process. */
interface Job {
  readonly runKey: RunKey;
  readonly namespaceId: string;
  readonly request: BatchRequest;
  readonly query: string;
  /** Runs found and not yet seen to. */
  found: RunKey[];
  tokens: number;
  refilledMs: number;
}

export class BatchEngine {
  readonly #options: BatchEngineOptions;
  readonly #timers = new Set<ClockTimer>();
  #isClosed = false;

  constructor(options: BatchEngineOptions) {
    this.#options = options;
  }

  /** Goes on with every batch of these namespaces that is under way. */
  resume(namespaceIds: readonly string[]): void {
    const { visibility, engine } = this.#options;
    const range = { after: 0, upTo: Number.MAX_SAFE_INTEGER };
    for (const namespaceId of namespaceIds) {
      const query = batchesQuery("ExecutionStatus = 'Running'");
      for (const runKey of visibility.runKeys(namespaceId, query, range, PAGE_SIZE)) {
        this.#begin(engine.load(runKey));
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  /** Starts a batch; staged when this returns. Throws what is wrong with the request, or that its job id has been used. */
  async start(namespace: { readonly id: string; readonly name: string }, request: BatchRequest): Promise<void> {
    const { engine, visibility, store } = this.#options;
    const { name, type, identity } = requireBatch(request);
    const query = batchQuery(request, type);
    const named = request.executions?.length ?? 0;
    const TotalEstimate = query === '' ? named : (await visibility.count(namespace.id, query)).count;
    const progress = { TotalEstimate, SuccessCount: 0, ErrorCount: 0, position: 0, lastRunKey: store.nextRunKey() };
    this.#begin(startBatchWorkflow(engine, namespace, request, { typeName: name, identity, progress }));
  }

  #begin(context: RunContext): void {
    const { engine, clock } = this.#options;
    const request = readBatchRequest(engine, context);
    const type = batchTypeOf(describeBatchWorkflow(context).typeName);
    const job: Job = {
      runKey: context.state.runKey,
      namespaceId: context.state.namespaceId,
      request,
      query: batchQuery(request, type),
      found: [],
      tokens: Math.ceil(rateOf(request, engine.limits)),
      refilledMs: clock.nowMs(),
    };
    this.#wake(job, clock.nowMs());
  }

  #wake(job: Job, atMs: number): void {
    if (this.#isClosed) return;
    const timer = this.#options.clock.wakeAt(atMs, () => {
      this.#timers.delete(timer);
      this.#work(job);
    });
    this.#timers.add(timer);
  }

  /** Does what the rate allows now, and waits for the rest. */
  #work(job: Job): void {
    const { clock, onInternalError } = this.#options;
    const rate = rateOf(job.request, this.#options.engine.limits);
    const nowMs = clock.nowMs();
    job.tokens = Math.min(Math.ceil(rate), job.tokens + ((nowMs - job.refilledMs) / 1000) * rate);
    job.refilledMs = nowMs;
    try {
      for (; job.tokens >= 1; job.tokens -= 1) if (!this.#step(job)) return;
    } catch (error) {
      // What was done in this turn holds, or is taken back with its commit; a second later it is read again.
      if (error instanceof NotFoundError) return;
      onInternalError(error, `batch operation ${job.request.jobId ?? ''}`);
      job.found = [];
      job.tokens = 0;
    }
    this.#wake(job, nowMs + Math.max(1000 / rate, 20));
  }

  /** One workflow. False when the batch has ended. */
  #step(job: Job): boolean {
    const { engine } = this.#options;
    const context = engine.load(job.runKey);
    const progress = readProgress(context);
    if (!progress) return false;
    const next = this.#next(job, progress);
    if (next === undefined) {
      endBatchWorkflow(engine, context, progress);
      return false;
    }
    const isDone = this.#tryOperation(job, next.target);
    saveProgress(engine, context, {
      ...progress,
      position: next.position,
      SuccessCount: progress.SuccessCount + (isDone ? 1 : 0),
      ErrorCount: progress.ErrorCount + (isDone ? 0 : 1),
    });
    return true;
  }

  #next(
    job: Job,
    progress: BatchProgress,
  ): { readonly target: () => RunContext; readonly position: number } | undefined {
    const { engine, visibility } = this.#options;
    if (job.query === '') {
      const execution = job.request.executions?.[progress.position];
      if (!execution) return undefined;
      const find = () => engine.findRun(job.namespaceId, execution.workflowId ?? '', execution.runId ?? '');
      return { target: find, position: progress.position + 1 };
    }
    // After a failed commit the batch is further back than what was found since.
    job.found = job.found.filter((runKey) => runKey > progress.position);
    if (job.found.length === 0) {
      const range = { after: progress.position, upTo: progress.lastRunKey };
      job.found = [...visibility.runKeys(job.namespaceId, job.query, range, PAGE_SIZE)];
    }
    const runKey = job.found.shift();
    return runKey === undefined ? undefined : { target: () => engine.load(runKey), position: runKey };
  }

  /** A workflow that has ended or is gone needs nothing any more; that is no failure. */
  #tryOperation(job: Job, target: () => RunContext): boolean {
    try {
      doBatchOperation(this.#options.engine, target(), job.request);
      return true;
    } catch (error) {
      if (error instanceof NotFoundError) return true;
      if (error instanceof ServiceError) return false;
      throw error;
    }
  }
}

function rateOf(request: BatchRequest, { batchRate }: ServiceLimits): number {
  const asked = request.maxOperationsPerSecond ?? 0;
  return asked > 0 ? Math.min(asked, batchRate) : batchRate;
}
