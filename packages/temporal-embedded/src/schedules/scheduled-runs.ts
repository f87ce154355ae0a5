/**
 * The workflows of schedules, as history has them: starts one for a start that is due, and tells how it ended.
 * Rule: a workflow's last run counts, whatever number of runs (retries, continue-as-new) its chain has.
 */
import { ServiceError } from '../errors.js';
import type { HistoryEngine } from '../history/history-engine.js';
import type { NewRun } from '../history/new-run.js';
import { msFromDuration } from '../history/proto-time.js';
import { fillRetryPolicy } from '../history/retry.js';
import type { RunContext } from '../history/run-context.js';
import { requestCancelRun } from '../history/run-requests.js';
import { startWorkflow } from '../history/start-workflow.js';
import { terminateWorkflow } from '../history/workflow-close.js';
import { effectiveRunTimeoutMs, effectiveTaskTimeoutMs } from '../history/workflow-start.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { BufferedStart, ScheduleState, StartedWorkflow } from './schedule-state.js';
import type { ScheduledRuns, WorkflowEnd } from './scheduler.js';

const { WorkflowIdReusePolicy: Reuse, WorkflowIdConflictPolicy: Conflict } = temporalProto.api.enums.v1;
const { Failure } = temporalProto.api.failure.v1;
const { Payloads } = temporalProto.api.common.v1;

const encoder = new TextEncoder();

export class HistoryRuns implements ScheduledRuns {
  readonly #engine: HistoryEngine;
  readonly #namespaceName: (namespaceId: string) => string;
  readonly #onRefused: (error: Error, doing: string) => void;

  /** `onRefused` hears of starts that the service would not make. */
  constructor(
    engine: HistoryEngine,
    namespaceName: (namespaceId: string) => string,
    onRefused: (error: Error, doing: string) => void,
  ) {
    this.#engine = engine;
    this.#namespaceName = namespaceName;
    this.#onRefused = onRefused;
  }

  start(state: ScheduleState, start: BufferedStart, isOverlapping: boolean): StartedWorkflow | undefined {
    const run = this.#newRun(state, start, isOverlapping);
    const keepsId = state.schedule.policies.keepOriginalWorkflowId === true;
    try {
      this.#engine.searchAttributes.validate(state.namespaceId, run.searchAttributes);
      const { context } = startWorkflow(this.#engine, run, {
        // By its id a start that is due by the clock can happen once only.
        reusePolicy:
          start.isManual || keepsId
            ? Reuse.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
            : Reuse.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
        conflictPolicy: Conflict.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
      });
      return { workflowId: run.workflowId, runId: context.state.runId };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      this.#onRefused(error, `start of ${run.workflowId} by schedule ${state.scheduleId}`);
      return undefined;
    }
  }

  endOf(state: ScheduleState, workflow: StartedWorkflow): WorkflowEnd | undefined {
    const last = this.#lastRun(state.namespaceId, workflow);
    if (!last) return { status: 0, result: null, failure: null };
    if (last.state.isRunning) return undefined;
    const event = this.#engine.readEvent(last, last.state.nextEventId - 1);
    return {
      status: last.state.status,
      result: event?.workflowExecutionCompletedEventAttributes?.result ?? null,
      failure: event?.workflowExecutionFailedEventAttributes?.failure ?? null,
    };
  }

  cancel(state: ScheduleState, workflow: StartedWorkflow): void {
    const last = this.#lastRun(state.namespaceId, workflow);
    // Asked again for every start that waits: once is enough.
    if (!last?.state.isRunning || last.state.cancelRequested) return;
    requestCancelRun(this.#engine, last, {
      reason: 'cancelled by schedule overlap policy',
      identity: this.#identity(state),
      requestId: this.#engine.ids.uuid(),
      links: [],
    });
  }

  terminate(state: ScheduleState, workflow: StartedWorkflow): void {
    const last = this.#lastRun(state.namespaceId, workflow);
    if (!last?.state.isRunning) return;
    this.#engine.transact(last, (tx) =>
      terminateWorkflow(tx, {
        reason: 'terminated by schedule overlap policy',
        details: null,
        identity: this.#identity(state),
      }),
    );
  }

  /** Undefined when the chain is not there any more. */
  #lastRun(namespaceId: string, { workflowId, runId }: StartedWorkflow): RunContext | undefined {
    const current = this.#engine.tryFindRun(namespaceId, workflowId, '');
    if (current?.state.info.firstExecutionRunId === runId) return current;
    // Another chain has the id now.
    let run = this.#engine.tryFindRun(namespaceId, workflowId, runId);
    for (let next = run; next;) {
      run = next;
      next =
        run.state.continuedRunId === ''
          ? undefined
          : this.#engine.tryFindRun(namespaceId, workflowId, run.state.continuedRunId);
    }
    return run;
  }

  #identity({ namespaceId, scheduleId }: ScheduleState): string {
    return `temporal-scheduler-${this.#namespaceName(namespaceId)}-${scheduleId}`;
  }

  #newRun(state: ScheduleState, start: BufferedStart, isOverlapping: boolean): NewRun {
    const { schedule, namespaceId } = state;
    const action = schedule.action.startWorkflow ?? {};
    const nominal = new Date(Math.floor(start.nominalMs / 1000) * 1000).toISOString().replace('.000Z', 'Z');
    const askedId = action.workflowId ?? '';
    const workflowId = schedule.policies.keepOriginalWorkflowId ? askedId : `${askedId}-${nominal}`;
    const executionTimeoutMs = msFromDuration(action.workflowExecutionTimeout);
    const runTimeoutMs = effectiveRunTimeoutMs(msFromDuration(action.workflowRunTimeout), executionTimeoutMs);
    const runId = this.#engine.ids.uuid();
    const handsOn = !isOverlapping;
    return {
      namespaceId,
      namespace: this.#namespaceName(namespaceId),
      workflowId,
      runId,
      requestId: this.#engine.ids.uuid(),
      identity: this.#identity(state),
      workflowType: action.workflowType?.name ?? '',
      taskQueue: action.taskQueue?.name ?? '',
      input: action.input ?? null,
      header: action.header ?? null,
      memo: action.memo ?? null,
      searchAttributes: {
        indexedFields: {
          ...action.searchAttributes?.indexedFields,
          TemporalScheduledStartTime: jsonPayload(nominal),
          TemporalScheduledById: jsonPayload(state.scheduleId),
        },
      },
      retryPolicy: action.retryPolicy ? fillRetryPolicy(action.retryPolicy) : null,
      userMetadata: action.userMetadata ?? null,
      priority: action.priority ?? null,
      links: [],
      completionCallbacks: [],
      cronSchedule: '',
      workflowExecutionTimeoutMs: executionTimeoutMs,
      workflowRunTimeoutMs: runTimeoutMs,
      workflowTaskTimeoutMs: effectiveTaskTimeoutMs(
        msFromDuration(action.workflowTaskTimeout),
        runTimeoutMs,
        this.#engine.limits,
      ),
      firstWorkflowTaskBackoffMs: 0,
      attempt: 1,
      initiator: 0,
      continuedExecutionRunId: '',
      firstExecutionRunId: runId,
      executionExpirationMs: 0,
      lastCompletionResult:
        handsOn && state.lastCompletionResult.length > 0 ? Payloads.decode(state.lastCompletionResult) : null,
      continuedFailure: handsOn && state.continuedFailure.length > 0 ? Failure.decode(state.continuedFailure) : null,
      parent: null,
      rootWorkflowId: workflowId,
      rootRunId: runId,
      eagerExecutionAccepted: false,
    };
  }
}

const jsonPayload = (value: string): temporal.api.common.v1.IPayload => ({
  metadata: { encoding: encoder.encode('json/plain') },
  data: encoder.encode(JSON.stringify(value)),
});
