/**
 * Reset: a new run that has a run's history up to a workflow task, and goes on differently from there.
 *
 *   base run's events 1..n ---copied and replayed---> new run: task failed (reset), activities that were out fail,
 *   events n+1..          ---what is carried over--->          signals and updates follow, a workflow task is scheduled
 *   current run, if it runs: terminated in the same commit
 *
 * The rules it guards: everything is checked before anything is changed, so that a refused reset leaves no trace; what
 * happened to the base after the point happens again in the new run only if it came from outside.
 */
import { InvalidArgumentError } from '../errors.js';
import type { EventBatch } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { failResetActivity } from './activity.js';
import { decodeEvents, sliceEventBatch } from './event-batch.js';
import type { HistoryEngine } from './history-engine.js';
import type { HistoryEvent } from './history-builder.js';
import { MutableState } from './mutable-state.js';
import { nexusCallsDue } from './nexus-operation.js';
import { msFromDuration, msFromTimestamp } from './proto-time.js';
import { excludesEverything, reapplyEvent } from './reapply-events.js';
import { readBatches } from './read-batches.js';
import { replayEvents } from './replay-events.js';
import type { RunContext } from './run-context.js';
import { runInfoCodec } from './run-info.js';
import type { RunInfo } from './run-info.js';
import type { CrossRunEffect, Transition } from './transition.js';
import { SERVICE_IDENTITY, terminateWorkflow } from './workflow-close.js';
import { failWorkflowTask, scheduleWorkflowTask, startWorkflowTask } from './workflow-task.js';

const { WorkflowTaskFailedCause: Cause } = temporalProto.api.enums.v1;
/** The identity that a run's termination by a reset is signed with. */
const RESETTER_IDENTITY = 'history-resetter';

export interface ResetRequest {
  readonly requestId: string;
  readonly reason: string;
  /** The new run has the events before this one. */
  readonly workflowTaskFinishEventId: number;
  /** `ResetReapplyExcludeType`s. */
  readonly excluded: ReadonlySet<number>;
  /** Done to the new run before its next workflow task. */
  readonly afterwards?: (tx: Transition) => void;
}

/** Returns the new run (or the one that the same request made before). Throws InvalidArgumentError for a point that is none. */
export function resetRun(engine: HistoryEngine, base: RunContext, request: ResetRequest): RunContext {
  const { namespaceId, workflowId, nextEventId } = base.state;
  const lastSharedEventId = request.workflowTaskFinishEventId - 1;
  if (lastSharedEventId < 1 || request.workflowTaskFinishEventId >= nextEventId) {
    throw new InvalidArgumentError('Workflow task finish ID must be > 1 && <= workflow last event ID.');
  }
  const current = engine.findRun(namespaceId, workflowId, '');
  if (current.state.info.startRequestId === request.requestId) return current;
  // A task is scheduled, and started, last of what is written with it; no other place in a batch is a point.
  if (splitsBatch(engine, base, lastSharedEventId)) {
    throw new InvalidArgumentError(
      `StateRebuilder unable to Rebuild mutable state to event ID: ${lastSharedEventId}, version: 0, this event must be at the boundary`,
    );
  }
  const copied = copyEvents(engine, base, lastSharedEventId);
  const rebuilt = rebuild(engine, base, copied, request);
  if (!rebuilt.state.workflowTask) {
    throw new InvalidArgumentError(
      `Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: ${request.workflowTaskFinishEventId}`,
    );
  }
  const { runId } = rebuilt.state;
  if (current.state.isRunning) terminateCurrent(engine, base, current, request.reason);
  engine.transact(base, (tx) => {
    tx.state.resetRunId = runId;
    tx.changed = true;
  });
  const leftBehind = excludesEverything(request.excluded) ? [] : chainEvents(engine, base, lastSharedEventId + 1);
  return engine.beginRun(rebuilt.state, rebuilt.batches, (tx, context) => {
    failTask(tx, base.state.runId, request.reason);
    resetActivities(tx, request.reason);
    for (const event of leftBehind) reapplyEvent(tx, event, request.excluded);
    tx.nexusCalls.push(...nexusCallsDue(tx.state));
    context.restoreAdmittedUpdates();
    request.afterwards?.(tx);
    scheduleWorkflowTask(tx);
    tx.effects.push(...rebuilt.effects.filter((effect) => isStillToDo(effect, tx)));
    tx.visibilityChanged = true;
  }).context;
}

interface Rebuilt {
  readonly state: MutableState;
  readonly batches: readonly EventBatch[];
  /** What the shared history has begun with other runs and not finished. */
  readonly effects: readonly CrossRunEffect[];
}

function rebuild(
  engine: HistoryEngine,
  base: RunContext,
  copied: readonly EventBatch[],
  request: ResetRequest,
): Rebuilt {
  const nowMs = engine.clock.nowMs();
  const runKey = engine.store.nextRunKey();
  const runId = engine.ids.uuid();
  const events = copied.flatMap((batch) => decodeEvents(batch));
  const { namespaceId, workflowId } = base.state;
  const info = resetInfo(base.state.info, events[0], { runId, requestId: request.requestId, nowMs });
  const state = new MutableState({ runKey, namespaceId, workflowId, runId }, info);
  const effects = replayEvents({ state, ids: engine.ids, nowMs }, events);
  state.baseRunId = base.state.runId;
  state.lastSharedEventId = request.workflowTaskFinishEventId - 1;
  state.originalStartTimeMs = msFromTimestamp(events[0]?.eventTime) ?? nowMs;
  const batches = copied.map((batch) => ({ ...batch, runKey }));
  for (const { bytes } of batches) state.historySizeBytes += bytes.length;
  return { state, batches, effects };
}

/** The start is the reset's, and so are the times to live; everything else is as it was. */
function resetInfo(
  base: RunInfo,
  startedEvent: HistoryEvent | undefined,
  reset: { readonly runId: string; readonly requestId: string; readonly nowMs: number },
): RunInfo {
  const started = startedEvent?.workflowExecutionStartedEventAttributes;
  const executionExpirationMs =
    base.workflowExecutionTimeoutMs > 0 ? reset.nowMs + base.workflowExecutionTimeoutMs : base.executionExpirationMs;
  const runExpirationMs = base.workflowRunTimeoutMs > 0 ? reset.nowMs + base.workflowRunTimeoutMs : 0;
  // What was decoded has its defaults on the prototype, which a spread would lose.
  return Object.assign(runInfoCodec.decode(runInfoCodec.encode(base)), {
    startTimeMs: reset.nowMs,
    executionTimeMs: reset.nowMs + msFromDuration(started?.firstWorkflowTaskBackoff),
    executionExpirationMs,
    runExpirationMs:
      executionExpirationMs > 0 && (runExpirationMs === 0 || runExpirationMs > executionExpirationMs)
        ? executionExpirationMs
        : runExpirationMs,
    ...(started?.rootWorkflowExecution ? {} : { rootRunId: reset.runId }),
    startRequestId: reset.requestId,
  });
}

/** A child that has started meanwhile, as the events that were carried over tell, is not started again. */
function isStillToDo(effect: CrossRunEffect, tx: Transition): boolean {
  return effect.type !== 'startChild' || tx.state.children.get(effect.initiatedEventId)?.startedEventId === 0;
}

function copyEvents(engine: HistoryEngine, base: RunContext, toEventId: number): readonly EventBatch[] {
  const copied: EventBatch[] = [];
  for (const batch of readBatches(engine, base, 1, toEventId)) {
    const lastEventId = Math.min(batch.lastEventId, toEventId);
    copied.push({ ...batch, lastEventId, bytes: sliceEventBatch(batch, batch.firstEventId, lastEventId) });
  }
  return copied;
}

/** The events from one on, of this run and of those that continued it as new. */
function chainEvents(engine: HistoryEngine, base: RunContext, fromEventId: number): readonly HistoryEvent[] {
  const { namespaceId, workflowId } = base.state;
  const events: HistoryEvent[] = [];
  let from = fromEventId;
  for (let run: RunContext | undefined = base; run; from = 1) {
    for (const batch of readBatches(engine, run, from, run.state.nextEventId - 1)) {
      events.push(...decodeEvents(batch, from));
    }
    const continued = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    run = continued ? engine.tryFindRun(namespaceId, workflowId, continued) : undefined;
  }
  return events;
}

/** True when the event after this one came with it. */
function splitsBatch(engine: HistoryEngine, run: RunContext, eventId: number): boolean {
  return [...readBatches(engine, run, eventId, eventId)].some(({ lastEventId }) => lastEventId > eventId);
}

function terminateCurrent(engine: HistoryEngine, base: RunContext, current: RunContext, reason: string): void {
  // Children of the base go on under the new run; another run's have nobody to go on under.
  const reset = { keepsChildren: current === base };
  engine.transact(current, (tx) =>
    terminateWorkflow(tx, { reason, details: null, identity: RESETTER_IDENTITY, reset }),
  );
}

function failTask(tx: Transition, baseRunId: string, reason: string): void {
  const task = tx.state.workflowTask;
  if (task?.startedEventId === 0) {
    startWorkflowTask(tx, { identity: SERVICE_IDENTITY, requestId: task.requestId || tx.ids.uuid() });
  }
  failWorkflowTask(tx, {
    cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
    failure: resetFailure(reason),
    identity: SERVICE_IDENTITY,
    reset: { baseRunId, newRunId: tx.state.runId },
  });
}

/** What a worker had is lost to it; what nobody had waits anew. */
function resetActivities(tx: Transition, reason: string): void {
  for (const activity of [...tx.state.activities.values()]) {
    if (activity.startedEventId !== 0) {
      failResetActivity(tx, activity, resetFailure(reason));
      continue;
    }
    activity.firstScheduledTimeMs = tx.nowMs;
    activity.scheduledTimeMs = tx.nowMs;
    tx.state.activities.put(activity.scheduledEventId, activity);
    tx.dispatchActivities.push(activity.scheduledEventId);
  }
}

function resetFailure(reason: string): temporal.api.failure.v1.IFailure {
  return { message: reason, resetWorkflowFailureInfo: {} };
}
