/**
 * What a schedule does when it is looked at: notes which of its workflows have ended, queues what has become due, makes
 * up for what was asked for, starts what may start, and says when to look again. Looking twice changes nothing.
 *
 *   due by the clock -+                                      +-> started, noted
 *   backfill ---------+-> buffer -> overlap policy decides --+-> stays in the buffer until a workflow ends
 *   trigger ----------+                                      +-> skipped, counted
 *
 * Pure but for `ScheduledRuns`, through which workflows are started and asked after: whatever a look causes happens in
 * one turn, and so in one commit with the schedule's own state. A start is never lost and never made twice.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { int64FromNumber } from '../proto/int64.js';
import { mayActByItself, remainingActions } from './schedule-state.js';
import type { Backfill, BufferedStart, ScheduleState, StartedWorkflow } from './schedule-state.js';
import type { CompiledSpec, SpecTime } from './spec/compiled-spec.js';
import { decideStarts, OverlapPolicy } from './start-buffer.js';
import { msFromDuration } from '../history/proto-time.js';

const Status = temporalProto.api.enums.v1.WorkflowExecutionStatus;
const { Failure } = temporalProto.api.failure.v1;
const { Payloads } = temporalProto.api.common.v1;

/** How a chain of runs ended. Status 0: it is not there any more. */
export interface WorkflowEnd {
  readonly status: number;
  readonly result: temporal.api.common.v1.IPayloads | null;
  readonly failure: temporal.api.failure.v1.IFailure | null;
}

/** The workflows that schedules start. */
export interface ScheduledRuns {
  /** Undefined when the service refuses to: the id is taken, a search attribute is gone. */
  start(state: ScheduleState, start: BufferedStart, isOverlapping: boolean): StartedWorkflow | undefined;
  /** Undefined while it runs. */
  endOf(state: ScheduleState, workflow: StartedWorkflow): WorkflowEnd | undefined;
  cancel(state: ScheduleState, workflow: StartedWorkflow): void;
  terminate(state: ScheduleState, workflow: StartedWorkflow): void;
}

export interface LoadedSchedule {
  readonly state: ScheduleState;
  /** Undefined: the spec can't be followed (any more). */
  spec: CompiledSpec | undefined;
  /** Why it can't. */
  specError: string;
}

export interface Outlook {
  /** When to look again, ms since the epoch; undefined: when something happens. */
  readonly wakeAtMs: number | undefined;
  /** Nothing will come of it any more, and nobody has asked for a week. */
  readonly isOver: boolean;
}

const MAX_BUFFER = 1000;
const RECENT_ACTIONS = 10;
const BACKFILLS_PER_LOOK = 10;
/** After long downtime a dense schedule has more to see to than one turn of the event loop should take. */
const TIMES_PER_LOOK = 5000;
const RETENTION_MS = 7 * 24 * 3600 * 1000;

/** The seed of a schedule's jitter. */
export const jitterSeed = ({ namespaceId, scheduleId }: ScheduleState): string => `${namespaceId}-${scheduleId}`;

/** One look. `change` is what somebody wants of the schedule; what was due before it happens before it. */
export function look(schedule: LoadedSchedule, clockMs: number, runs: ScheduledRuns, change?: () => void): Outlook {
  const { state } = schedule;
  const nowMs = Math.max(clockMs, state.createTimeMs);
  noteEnds(state, runs);
  let nextMs = queueDue(schedule, nowMs);
  if (change) {
    change();
    nextMs = queueDue(schedule, nowMs);
  }
  queueBackfills(schedule);
  workOffBuffer(state, nowMs, runs);
  return outlook(state, nowMs, nextMs);
}

/** Puts a start into the buffer, if there is room. */
export function queueStart(state: ScheduleState, start: BufferedStart): void {
  if (state.buffer.length >= MAX_BUFFER) state.bufferDropped += 1;
  else state.buffer.push(start);
}

/** Workflows whose end is of interest, latest start last. */
export function watchedWorkflows({ running, recentActions }: ScheduleState): StartedWorkflow[] {
  const others = recentActions.filter(
    (action) =>
      action.status === Status.WORKFLOW_EXECUTION_STATUS_RUNNING &&
      !running.some(({ runId }) => runId === action.runId),
  );
  return [...running, ...others];
}

function noteEnds(state: ScheduleState, runs: ScheduledRuns): void {
  for (const workflow of watchedWorkflows(state)) {
    const end = runs.endOf(state, workflow);
    if (end) noteEnd(state, workflow, end);
  }
}

function noteEnd(state: ScheduleState, { workflowId, runId }: StartedWorkflow, end: WorkflowEnd): void {
  const wasAlone = state.running.some((running) => running.runId === runId);
  state.running = state.running.filter((running) => running.runId !== runId);
  state.recentActions = state.recentActions.map((action) =>
    action.runId === runId ? { ...action, status: end.status } : action,
  );
  const { policies, state: asked } = state.schedule;
  const reason = failureReason(workflowId, end);
  if (policies.pauseOnFailure && reason !== undefined && !asked.paused) {
    asked.paused = true;
    asked.notes = reason;
    state.conflictToken += 1;
  }
  // Workflows that run side by side hand nothing on to each other.
  if (!wasAlone) return;
  if (end.result) {
    state.lastCompletionResult = Payloads.encode(end.result).finish();
    state.continuedFailure = new Uint8Array(0);
  } else if (end.failure) {
    state.continuedFailure = Failure.encode(end.failure).finish();
  }
}

/** The note of a schedule that pauses; undefined: that end is no failure. */
function failureReason(workflowId: string, { status, failure }: WorkflowEnd): string | undefined {
  if (status === Status.WORKFLOW_EXECUTION_STATUS_FAILED) {
    return `paused due to workflow failure: ${workflowId}: ${failure?.message ?? ''}`;
  }
  if (status === Status.WORKFLOW_EXECUTION_STATUS_TIMED_OUT) return `paused due to workflow timeout: ${workflowId}`;
  return undefined;
}

/** Queues what has become due; gives when the next is. */
function queueDue({ state, spec }: LoadedSchedule, nowMs: number): number | undefined {
  if (!spec || !mayActByItself(state.schedule)) {
    // What comes due during a pause is not made up for.
    state.processedMs = Math.max(state.processedMs, nowMs);
    return undefined;
  }
  const seed = jitterSeed(state);
  const catchupMs = msFromDuration(state.schedule.policies.catchupWindow);
  // An update's own times begin with it. Those that it overtakes are not worth counting through.
  let atMs = Math.max(state.processedMs, state.updateTimeMs - spec.jitterMs - 1000);
  for (let seen = 0; ; seen++) {
    const next = spec.next(seed, atMs);
    if (!next || next.actualMs > nowMs) return next?.actualMs;
    if (seen === TIMES_PER_LOOK) return nowMs;
    atMs = next.actualMs;
    // Not `nowMs`: with jitter, a time that is past by the spec may still be to come.
    state.processedMs = Math.max(state.processedMs, atMs);
    if (atMs < state.updateTimeMs) continue;
    if (nowMs - atMs > catchupMs) state.missedCatchupWindow += 1;
    else queueStart(state, { ...next, overlapPolicy: 0, isManual: false });
  }
}

function queueBackfills({ state, spec }: LoadedSchedule): void {
  const seed = jitterSeed(state);
  let left = BACKFILLS_PER_LOOK;
  // Half of the buffer is for what is due by the clock.
  while (left > 0 && state.buffer.length < MAX_BUFFER / 2) {
    const [backfill, ...rest] = state.backfills;
    if (!backfill) return;
    let next: SpecTime | undefined = spec?.next(seed, backfill.afterMs);
    let lastMs = backfill.afterMs;
    while (next && next.actualMs <= backfill.endMs && left > 0) {
      queueStart(state, { ...next, overlapPolicy: backfill.overlapPolicy, isManual: true });
      lastMs = next.actualMs;
      left -= 1;
      next = spec?.next(seed, lastMs);
    }
    const isDone = !next || next.actualMs > backfill.endMs;
    state.backfills = isDone ? rest : [{ ...backfill, afterMs: lastMs }, ...rest];
  }
}

function workOffBuffer(state: ScheduleState, nowMs: number, runs: ScheduledRuns): void {
  const resolve = (policy: number): number => resolvedPolicy(state, policy);
  for (let isBlocked = true; isBlocked;) {
    if (!state.schedule.action.startWorkflow || state.buffer.length === 0) {
      state.buffer = [];
      return;
    }
    const decision = decideStarts(state.buffer, state.running.length > 0, resolve);
    state.buffer = [...decision.waiting];
    state.overlapSkipped += decision.skipped;
    // One that can't start makes room for the next one in the buffer.
    isBlocked = false;
    for (const start of decision.overlapping) if (!tryStart(state, start, true, nowMs, runs)) isBlocked = true;
    if (decision.single && !tryStart(state, decision.single, false, nowMs, runs)) isBlocked = true;
    if (decision.stopsRunning === 'no') continue;
    for (const workflow of state.running) {
      if (decision.stopsRunning === 'terminate') runs.terminate(state, workflow);
      else runs.cancel(state, workflow);
    }
  }
}

const resolvedPolicy = ({ schedule }: ScheduleState, policy: number): number =>
  policy || (schedule.policies.overlapPolicy ?? 0);

function tryStart(
  state: ScheduleState,
  start: BufferedStart,
  isOverlapping: boolean,
  nowMs: number,
  runs: ScheduledRuns,
): boolean {
  if (!start.isManual && !takeAction(state)) return false;
  const started = runs.start(state, start, isOverlapping);
  if (!started) return false;
  state.actionCount += 1;
  const result = {
    ...started,
    scheduleTimeMs: start.actualMs,
    actualTimeMs: nowMs,
    status: Status.WORKFLOW_EXECUTION_STATUS_RUNNING,
  };
  state.recentActions = [...state.recentActions, result].slice(-RECENT_ACTIONS);
  if (!isOverlapping) state.running = [...state.running, started];
  return true;
}

/** Counts down, where there is something to count. */
function takeAction(state: ScheduleState): boolean {
  if (!mayActByItself(state.schedule)) return false;
  const left = remainingActions(state.schedule);
  if (left === Infinity) return true;
  state.schedule.state.remainingActions = int64FromNumber(left - 1);
  state.conflictToken += 1;
  return true;
}

function outlook(state: ScheduleState, nowMs: number, nextMs: number | undefined): Outlook {
  // More of the same can start at once, but other work gets its turn in between.
  if (hasMoreToStart(state)) return { wakeAtMs: nowMs, isOver: false };
  if (mayActByItself(state.schedule) && nextMs !== undefined) return { wakeAtMs: nextMs, isOver: false };
  if (state.schedule.state.paused === true || state.buffer.length > 0) return { wakeAtMs: undefined, isOver: false };
  const overMs = lastEventMs(state) + RETENTION_MS;
  return { wakeAtMs: overMs, isOver: overMs <= nowMs };
}

function hasMoreToStart(state: ScheduleState): boolean {
  const next: Backfill | undefined = state.backfills[0];
  return (
    next !== undefined && resolvedPolicy(state, next.overlapPolicy) === OverlapPolicy.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL
  );
}

function lastEventMs({ recentActions, createTimeMs, updateTimeMs }: ScheduleState): number {
  return Math.max(recentActions.at(-1)?.actualTimeMs ?? 0, createTimeMs, updateTimeMs);
}
