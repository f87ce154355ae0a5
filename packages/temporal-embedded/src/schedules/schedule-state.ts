/**
 * What is known of a schedule: what its owner asked for, and what has come of it. The boundary between the scheduler's
 * rules and the bytes in the store; instants are milliseconds here, and the API's shapes appear in `description`.
 */
import protobuf from 'protobufjs';
import { int64FromNumber } from '../proto/int64.js';
import { recordCodec, recordMessage as message } from '../proto/record-codec.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { durationFromMs, msFromDuration, numberFromInt64 } from '../history/proto-time.js';
import type { Int64 } from '../history/proto-time.js';

type Schedule = temporal.api.schedule.v1.ISchedule;

/** A workflow that was started: its id, and the first run of its chain. */
export interface StartedWorkflow {
  readonly workflowId: string;
  readonly runId: string;
}

/** A start that is due, or waits until the one before it has ended. */
export interface BufferedStart {
  readonly nominalMs: number;
  readonly actualMs: number;
  /** `ScheduleOverlapPolicy`; 0: whatever the schedule's is when it is looked at. */
  readonly overlapPolicy: number;
  /** Asked for by a person: pauses and limits do not concern it. */
  readonly isManual: boolean;
}

/** A range that is still to be made up for. */
export interface Backfill {
  readonly afterMs: number;
  readonly endMs: number;
  readonly overlapPolicy: number;
}

export interface ActionResult extends StartedWorkflow {
  readonly scheduleTimeMs: number;
  readonly actualTimeMs: number;
  /** `WorkflowExecutionStatus`, as far as it is known. */
  readonly status: number;
}

interface Counters {
  actionCount: number;
  missedCatchupWindow: number;
  overlapSkipped: number;
  bufferDropped: number;
}

interface Progress extends Counters {
  /** Everything up to here has been seen to, ms since the epoch. */
  processedMs: number;
  createTimeMs: number;
  /** 0: never updated. */
  updateTimeMs: number;
  conflictToken: number;
  /** Latest last, ten at most. */
  recentActions: ActionResult[];
  /** Those that the overlap policy has to mind. */
  running: StartedWorkflow[];
  buffer: BufferedStart[];
  backfills: Backfill[];
  /** Of the last one that completed, encoded `Payloads`; empty: none. */
  lastCompletionResult: Uint8Array;
  /** Of the last one, when it failed, encoded `Failure`; empty: it did not. */
  continuedFailure: Uint8Array;
  /** Of the changes that were made last, so that none is made twice. */
  requestIds: string[];
}

/** The parts of the API's message are all there. */
export interface FilledSchedule {
  spec: temporal.api.schedule.v1.IScheduleSpec;
  action: temporal.api.schedule.v1.IScheduleAction;
  policies: temporal.api.schedule.v1.ISchedulePolicies;
  state: temporal.api.schedule.v1.IScheduleState;
}

export interface ScheduleState extends Progress {
  readonly scheduleId: string;
  readonly namespaceId: string;
  /** What the API calls the run of the schedule's workflow. */
  readonly runId: string;
  readonly createRequestId: string;
  schedule: FilledSchedule;
  memo: temporal.api.common.v1.IMemo | null;
  searchAttributes: temporal.api.common.v1.ISearchAttributes | null;
}

interface StoredState extends Progress {
  scheduleId: string;
  namespaceId: string;
  runId: string;
  createRequestId: string;
  schedule: Uint8Array;
  memo: Uint8Array;
  searchAttributes: Uint8Array;
}

const root = protobuf.Root.fromJSON({
  nested: {
    Started: message({ workflowId: [1, 'string'], runId: [2, 'string'] }),
    Buffered: message({
      nominalMs: [1, 'double'],
      actualMs: [2, 'double'],
      overlapPolicy: [3, 'uint32'],
      isManual: [4, 'bool'],
    }),
    Backfill: message({ afterMs: [1, 'double'], endMs: [2, 'double'], overlapPolicy: [3, 'uint32'] }),
    Action: message({
      workflowId: [1, 'string'],
      runId: [2, 'string'],
      scheduleTimeMs: [3, 'double'],
      actualTimeMs: [4, 'double'],
      status: [5, 'uint32'],
    }),
    Schedule: message({
      scheduleId: [1, 'string'],
      namespaceId: [2, 'string'],
      runId: [3, 'string'],
      createRequestId: [4, 'string'],
      schedule: [5, 'bytes'],
      memo: [6, 'bytes'],
      searchAttributes: [7, 'bytes'],
      processedMs: [8, 'double'],
      createTimeMs: [9, 'double'],
      updateTimeMs: [10, 'double'],
      conflictToken: [11, 'double'],
      actionCount: [12, 'double'],
      missedCatchupWindow: [13, 'double'],
      overlapSkipped: [14, 'double'],
      bufferDropped: [15, 'double'],
      recentActions: [16, 'Action', 'repeated'],
      running: [17, 'Started', 'repeated'],
      buffer: [18, 'Buffered', 'repeated'],
      backfills: [19, 'Backfill', 'repeated'],
      lastCompletionResult: [20, 'bytes'],
      continuedFailure: [21, 'bytes'],
      requestIds: [22, 'string', 'repeated'],
    }),
  },
});

const codec = recordCodec<StoredState>(root, 'Schedule');
const { Schedule: ScheduleMessage } = temporalProto.api.schedule.v1;
const { Memo, SearchAttributes } = temporalProto.api.common.v1;
const NONE = new Uint8Array(0);

export function encodeState(state: ScheduleState): Uint8Array {
  return codec.encode({
    ...state,
    schedule: ScheduleMessage.encode(state.schedule).finish(),
    memo: state.memo ? Memo.encode(state.memo).finish() : NONE,
    searchAttributes: state.searchAttributes ? SearchAttributes.encode(state.searchAttributes).finish() : NONE,
  });
}

export function decodeState(bytes: Uint8Array): ScheduleState {
  const stored = codec.decode(bytes);
  return {
    scheduleId: stored.scheduleId,
    namespaceId: stored.namespaceId,
    runId: stored.runId,
    createRequestId: stored.createRequestId,
    schedule: filledSchedule(ScheduleMessage.decode(stored.schedule)),
    memo: stored.memo.length > 0 ? Memo.decode(stored.memo) : null,
    searchAttributes: stored.searchAttributes.length > 0 ? SearchAttributes.decode(stored.searchAttributes) : null,
    processedMs: stored.processedMs,
    createTimeMs: stored.createTimeMs,
    updateTimeMs: stored.updateTimeMs,
    conflictToken: stored.conflictToken,
    actionCount: stored.actionCount,
    missedCatchupWindow: stored.missedCatchupWindow,
    overlapSkipped: stored.overlapSkipped,
    bufferDropped: stored.bufferDropped,
    recentActions: [...stored.recentActions],
    running: [...stored.running],
    buffer: [...stored.buffer],
    backfills: [...stored.backfills],
    lastCompletionResult: stored.lastCompletionResult,
    continuedFailure: stored.continuedFailure,
    requestIds: [...stored.requestIds],
  };
}

/** What a state begins with. */
export interface NewSchedule extends Pick<
  ScheduleState,
  'scheduleId' | 'namespaceId' | 'runId' | 'createRequestId' | 'schedule' | 'memo' | 'searchAttributes'
> {
  readonly nowMs: number;
}

export function newState({ nowMs, ...given }: NewSchedule): ScheduleState {
  return {
    ...given,
    processedMs: nowMs,
    createTimeMs: nowMs,
    updateTimeMs: 0,
    conflictToken: 1,
    actionCount: 0,
    missedCatchupWindow: 0,
    overlapSkipped: 0,
    bufferDropped: 0,
    recentActions: [],
    running: [],
    buffer: [],
    backfills: [],
    lastCompletionResult: NONE,
    continuedFailure: NONE,
    requestIds: [],
  };
}

const DEFAULT_CATCHUP_WINDOW_MS = 365 * 24 * 3600 * 1000;
const MIN_CATCHUP_WINDOW_MS = 10_000;
const { SCHEDULE_OVERLAP_POLICY_SKIP } = temporalProto.api.enums.v1.ScheduleOverlapPolicy;

/** The schedule with its defaults, as describe shows it. */
export function filledSchedule({ spec, action, policies, state }: Schedule): FilledSchedule {
  return {
    spec: spec ?? {},
    action: action ?? {},
    policies: {
      overlapPolicy: policies?.overlapPolicy || SCHEDULE_OVERLAP_POLICY_SKIP,
      catchupWindow: durationFromMs(
        policies?.catchupWindow
          ? Math.max(msFromDuration(policies.catchupWindow), MIN_CATCHUP_WINDOW_MS)
          : DEFAULT_CATCHUP_WINDOW_MS,
      ),
      pauseOnFailure: policies?.pauseOnFailure ?? false,
      keepOriginalWorkflowId: policies?.keepOriginalWorkflowId ?? false,
    },
    state: {
      notes: state?.notes ?? '',
      paused: state?.paused ?? false,
      limitedActions: state?.limitedActions ?? false,
      remainingActions: int64FromNumber(numberFromInt64(state?.remainingActions as Int64)),
    },
  };
}

/** Infinity: there is no limit. */
export function remainingActions({ state }: FilledSchedule): number {
  return state.limitedActions ? numberFromInt64(state.remainingActions as Int64) : Infinity;
}

/** True when what is due by the clock may be started. */
export const mayActByItself = (schedule: FilledSchedule): boolean =>
  schedule.state.paused !== true && remainingActions(schedule) > 0;
