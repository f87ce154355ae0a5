/**
 * Queries: where one goes, and its answer. A query that must come after events still on their way rides on the
 * workflow task that brings them; any other goes to a worker directly, through matching.
 */
import {
  InvalidArgumentError,
  QueryFailedError,
  ResourceExhaustedError,
  WorkflowNotReadyError,
  DeadlineExceededError,
} from '../errors.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { HistoryEngine } from './history-engine.js';
import { limits } from './limits.js';
import type { QueryDispatcher } from './ports.js';
import type { BufferedQueryEnd } from './query-registry.js';
import type { RunContext } from './run-context.js';
import { versioningOf } from './run-versioning.js';
import { queryTaskHandout } from './task-handout.js';

type WorkflowQuery = temporal.api.query.v1.IWorkflowQuery;
type Response = temporal.api.workflowservice.v1.IQueryWorkflowResponse;
type CompletedRequest = temporal.api.workflowservice.v1.IRespondQueryTaskCompletedRequest;

const {
  WorkflowExecutionStatus: Status,
  QueryRejectCondition: Reject,
  QueryResultType: ResultType,
  ResourceExhaustedCause,
  TaskQueueKind,
} = temporalProto.api.enums.v1;

/** From this attempt on the workflow task counts as failing for good, and queries fail at once. */
const FAILING_ATTEMPT = 3;

/** Answers that workers owe to direct queries. */
export class QueryWaiters {
  readonly #waiting = new Map<string, (response: CompletedRequest) => void>();

  wait(queryId: string, answer: (response: CompletedRequest) => void): void {
    this.#waiting.set(queryId, answer);
  }

  forget(queryId: string): void {
    this.#waiting.delete(queryId);
  }

  /** False when nobody waits (any more). */
  complete(queryId: string, response: CompletedRequest): boolean {
    const answer = this.#waiting.get(queryId);
    this.#waiting.delete(queryId);
    answer?.(response);
    return answer !== undefined;
  }
}

export interface QueryDependencies {
  readonly engine: HistoryEngine;
  readonly matching: QueryDispatcher;
  readonly waiters: QueryWaiters;
}

/** Throws QueryFailedError with the workflow's failure, WorkflowNotReadyError, DeadlineExceededError at `signal`. */
export async function queryWorkflow(
  dependencies: QueryDependencies,
  context: RunContext,
  query: WorkflowQuery,
  rejectCondition: number,
  signal: AbortSignal,
): Promise<Response> {
  const { state } = context;
  if (!state.isRunning) {
    const isRejected =
      rejectCondition === Reject.QUERY_REJECT_CONDITION_NOT_OPEN ||
      (rejectCondition === Reject.QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY &&
        state.status !== Status.WORKFLOW_EXECUTION_STATUS_COMPLETED);
    if (isRejected) return { queryRejected: { status: state.status } };
    if (state.previousStartedEventId === 0) {
      throw new WorkflowNotReadyError('Workflow execution closed before WorkflowTaskStarted event');
    }
  }
  if (
    state.isRunning &&
    state.previousStartedEventId === 0 &&
    !state.workflowTask &&
    state.firstWorkflowTaskDueMs > 0
  ) {
    throw new WorkflowNotReadyError('Workflow task is not scheduled yet.');
  }
  if (state.workflowTaskAttempt >= FAILING_ATTEMPT) {
    throw new WorkflowNotReadyError('Unable to query workflow due to Workflow Task in failed state.');
  }
  const isSafe = state.previousStartedEventId !== 0 && (!state.isRunning || !state.workflowTask);
  if (!isSafe) {
    const end = await bufferQuery(dependencies.engine, context, query, signal);
    if (end.type === 'failed') throw end.error;
    if (end.type === 'answered') return readResult(end.result);
  }
  return queryDirectly(dependencies, context, query, signal);
}

async function bufferQuery(
  engine: HistoryEngine,
  context: RunContext,
  query: WorkflowQuery,
  signal: AbortSignal,
): Promise<BufferedQueryEnd> {
  if (context.queries.size >= limits.bufferedQueries) {
    throw new ResourceExhaustedError(
      'consistent query buffer is full, this may be caused by too many queries and workflow not able to process query fast enough',
      ResourceExhaustedCause.RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW,
    );
  }
  const id = engine.ids.uuid();
  return new Promise((resolve) => {
    const onAbort = (): void => {
      context.queries.remove(id);
      resolve({ type: 'failed', error: timedOut() });
    };
    context.queries.buffer(id, query, (end) => {
      signal.removeEventListener('abort', onAbort);
      resolve(end);
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

async function queryDirectly(
  { engine, matching, waiters }: QueryDependencies,
  context: RunContext,
  query: WorkflowQuery,
  signal: AbortSignal,
): Promise<Response> {
  const { state } = context;
  const id = engine.ids.uuid();
  const normal = {
    namespaceId: state.namespaceId,
    name: state.info.taskQueue,
    kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL,
  };
  const sticky =
    state.stickyTaskQueue === ''
      ? undefined
      : { ...normal, name: state.stickyTaskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_STICKY };
  const answer = await new Promise<CompletedRequest>((resolve, reject) => {
    const waiting: { takeBack?: () => void } = {};
    const onAbort = (): void => {
      waiters.forget(id);
      waiting.takeBack?.();
      reject(timedOut());
    };
    waiters.wait(id, (response) => {
      signal.removeEventListener('abort', onAbort);
      resolve(response);
    });
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    waiting.takeBack = matching.addQuery(sticky, normal, {
      priority: 1,
      workflowId: state.workflowId,
      versioning: versioningOf(state),
      start: (_poller, isSticky) => (signal.aborted ? undefined : queryTaskHandout(context.state, id, query, isSticky)),
    });
  });
  return readResult({
    resultType: answer.completedType ?? 0,
    answer: answer.queryResult ?? null,
    errorMessage: answer.errorMessage ?? '',
    failure: answer.failure ?? null,
  });
}

function readResult(result: temporal.api.query.v1.IWorkflowQueryResult): Response {
  switch (result.resultType) {
    case ResultType.QUERY_RESULT_TYPE_ANSWERED:
      return { queryResult: result.answer ?? null };
    case ResultType.QUERY_RESULT_TYPE_FAILED:
      throw new QueryFailedError(result.errorMessage ?? '', result.failure);
    default:
      throw new InvalidArgumentError('query entered invalid state, this should be impossible');
  }
}

function timedOut(): DeadlineExceededError {
  return new DeadlineExceededError('query timed out before a worker could process it');
}
