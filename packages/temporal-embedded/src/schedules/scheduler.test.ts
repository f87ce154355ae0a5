/** What a schedule does when it is looked at, on workflows that are kept in memory and end when a test says so. */
import { describe, expect, it } from 'vitest';
import { int64FromNumber } from '../proto/int64.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { timestampFromMs } from '../history/proto-time.js';
import { applyPatch, applyUpdate } from './changes.js';
import { decodeState, encodeState, filledSchedule, newState } from './schedule-state.js';
import type { BufferedStart, ScheduleState, StartedWorkflow } from './schedule-state.js';
import { look } from './scheduler.js';
import type { LoadedSchedule, Outlook, ScheduledRuns, WorkflowEnd } from './scheduler.js';
import { CompiledSpec } from './spec/compiled-spec.js';
import { OverlapPolicy } from './start-buffer.js';

const Status = temporalProto.api.enums.v1.WorkflowExecutionStatus;
const { Payloads } = temporalProto.api.common.v1;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-01-01T00:00:00Z');
const COMPLETED: WorkflowEnd = { status: Status.WORKFLOW_EXECUTION_STATUS_COMPLETED, result: null, failure: null };
const failed = (message: string): WorkflowEnd => ({
  status: Status.WORKFLOW_EXECUTION_STATUS_FAILED,
  result: null,
  failure: { message },
});

/** Workflows by the time that they were started for, as hours since the start. */
class KeptRuns implements ScheduledRuns {
  readonly started: number[] = [];
  readonly stopped: string[] = [];
  readonly handedOn: (Uint8Array | undefined)[] = [];
  refuses = false;
  readonly #ends = new Map<string, WorkflowEnd>();

  start(state: ScheduleState, start: BufferedStart, isOverlapping: boolean): StartedWorkflow | undefined {
    if (this.refuses) return undefined;
    this.started.push((start.nominalMs - START) / HOUR);
    this.handedOn.push(isOverlapping ? undefined : state.lastCompletionResult);
    return { workflowId: `w${String(start.nominalMs)}`, runId: `r${String(this.started.length)}` };
  }

  endOf(_state: ScheduleState, { runId }: StartedWorkflow): WorkflowEnd | undefined {
    return this.#ends.get(runId);
  }

  cancel(_state: ScheduleState, { runId }: StartedWorkflow): void {
    this.stopped.push(`cancel ${runId}`);
  }

  terminate(_state: ScheduleState, { runId }: StartedWorkflow): void {
    this.stopped.push(`terminate ${runId}`);
    this.end({ status: Status.WORKFLOW_EXECUTION_STATUS_TERMINATED, result: null, failure: null });
  }

  /** Ends the one that was started last. */
  end(end: WorkflowEnd = COMPLETED): void {
    this.#ends.set(`r${String(this.started.length)}`, end);
  }
}

type Asked = temporal.api.schedule.v1.ISchedule;
const hourly = (rest: Asked = {}): Asked => ({
  spec: { interval: [{ interval: { seconds: 3600 as never } }] },
  ...rest,
});

class Played {
  readonly runs = new KeptRuns();
  schedule: LoadedSchedule;
  #nowMs = START;
  wakeAtMs: number | undefined;

  constructor(asked: Asked = hourly()) {
    const spec = new CompiledSpec(asked.spec ?? {});
    const schedule = filledSchedule({ action: { startWorkflow: {} }, ...asked, spec: spec.canonical });
    const given = { scheduleId: 's', namespaceId: 'n', runId: 'r', createRequestId: 'q', memo: null };
    const state = newState({ ...given, searchAttributes: null, schedule, nowMs: START });
    this.schedule = { state, spec, specError: '' };
    this.at(0);
  }

  get state(): ScheduleState {
    return this.schedule.state;
  }

  /** Looks, so many hours after the start. */
  at(hours: number, change?: (nowMs: number) => void): Outlook {
    this.#nowMs = START + hours * HOUR;
    const outlook = look(this.schedule, this.#nowMs, this.runs, change && (() => change(this.#nowMs)));
    this.wakeAtMs = outlook.wakeAtMs;
    // Each look begins with what the store would give back.
    const state = decodeState(encodeState(this.state));
    this.schedule = { ...this.schedule, state };
    return outlook;
  }

  patch(hours: number, patch: temporal.api.schedule.v1.ISchedulePatch): Outlook {
    return this.at(hours, (nowMs) => applyPatch(this.schedule, patch, nowMs));
  }

  /** Looks whenever it asked for it, until then; ends each workflow at once unless it is to run on. */
  run(hours: number, { isEnding = true } = {}): void {
    while (this.wakeAtMs !== undefined && this.wakeAtMs <= START + hours * HOUR) {
      this.at((this.wakeAtMs - START) / HOUR);
      if (isEnding) this.runs.end();
    }
  }
}

describe('a schedule', () => {
  it('starts one workflow per time, and asks to be woken for the next one', () => {
    const played = new Played();
    expect(played.wakeAtMs).toBe(START + HOUR);
    played.run(3.5);
    expect(played.runs.started).toEqual([1, 2, 3]);
    expect(played.state.actionCount).toBe(3);
    expect(played.wakeAtMs).toBe(START + 4 * HOUR);
  });

  it('does nothing twice, however often it is looked at', () => {
    const played = new Played();
    for (const hours of [1, 1, 1.5, 1.5, 1.9]) played.at(hours);
    expect(played.runs.started).toEqual([1]);
  });

  it('makes up for what it missed, as its overlap policy says', () => {
    const skip = new Played();
    skip.at(5.5);
    expect(skip.runs.started).toEqual([1]);
    expect(skip.state.overlapSkipped).toBe(4);

    const all = new Played(hourly({ policies: { overlapPolicy: OverlapPolicy.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL } }));
    all.at(5.5);
    expect(all.runs.started).toEqual([1, 2, 3, 4, 5]);
    expect(all.state.running).toEqual([]);
  });

  it('leaves out what it missed by more than its catch-up window, and counts it once', () => {
    const policies = { catchupWindow: { seconds: (1.2 * 3600) as never } };
    const played = new Played(hourly({ policies }));
    for (const hours of [5.5, 5.6, 5.7]) played.at(hours);
    expect(played.runs.started).toEqual([5]);
    expect(played.state.missedCatchupWindow).toBe(4);
  });

  it('works off years of missed times in pieces', () => {
    const spec = { interval: [{ interval: { seconds: 60 as never } }] };
    const played = new Played({ spec, policies: { catchupWindow: { seconds: 10 as never } } });
    let looks = 0;
    for (let outlook = played.at(400); outlook.wakeAtMs === START + 400 * HOUR; outlook = played.at(400)) looks += 1;
    expect(looks).toBe(4);
    expect(played.state.missedCatchupWindow + played.state.actionCount).toBe(400 * 60);
  });

  it('buffers one, or all, and starts them when the one before has ended', () => {
    const one = new Played(hourly({ policies: { overlapPolicy: OverlapPolicy.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE } }));
    one.run(4, { isEnding: false });
    expect([one.runs.started, one.state.buffer.length, one.state.overlapSkipped]).toEqual([[1], 1, 2]);
    one.runs.end();
    one.at(4.5);
    expect(one.runs.started).toEqual([1, 2]);

    const all = new Played(hourly({ policies: { overlapPolicy: OverlapPolicy.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL } }));
    all.run(4, { isEnding: false });
    for (let n = 0; n < 3; n++) {
      all.runs.end();
      all.at(4.5);
    }
    expect([all.runs.started, all.state.buffer.length]).toEqual([[1, 2, 3, 4], 0]);
  });

  it('cancels or terminates the one that runs, and starts the next when it has ended', () => {
    const cancel = new Played(
      hourly({ policies: { overlapPolicy: OverlapPolicy.SCHEDULE_OVERLAP_POLICY_CANCEL_OTHER } }),
    );
    cancel.run(2, { isEnding: false });
    expect([cancel.runs.started, cancel.runs.stopped]).toEqual([[1], ['cancel r1']]);
    cancel.runs.end();
    cancel.at(2.5);
    expect(cancel.runs.started).toEqual([1, 2]);

    const terminate = new Played(
      hourly({ policies: { overlapPolicy: OverlapPolicy.SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER } }),
    );
    terminate.run(2, { isEnding: false });
    terminate.at(2);
    expect([terminate.runs.started, terminate.runs.stopped]).toEqual([[1, 2], ['terminate r1']]);
  });

  it('does nothing by itself while paused, nor makes up for the pause; triggers and backfills happen all the same', () => {
    const played = new Played();
    played.patch(0.5, { pause: 'holidays' });
    expect([played.wakeAtMs, played.state.schedule.state.notes]).toEqual([undefined, 'holidays']);
    played.patch(3, { triggerImmediately: {} });
    played.runs.end();
    const range = { startTime: timestampFromMs(START + HOUR), endTime: timestampFromMs(START + 2 * HOUR) };
    const allowAll = OverlapPolicy.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL;
    played.patch(4, { backfillRequest: [{ ...range, overlapPolicy: allowAll }] });
    expect(played.runs.started).toEqual([3, 1, 2]);
    played.patch(5.5, { unpause: 'back' });
    played.run(7);
    expect(played.runs.started).toEqual([3, 1, 2, 6, 7]);
    expect(played.state.conflictToken).toBe(3);
  });

  it('stops when its actions are used up, and is over a week later', () => {
    const state = { limitedActions: true, remainingActions: int64FromNumber(2) };
    const played = new Played(hourly({ state }));
    played.run(3);
    expect(played.runs.started).toEqual([1, 2]);
    expect(played.state.conflictToken).toBe(3);
    expect(played.wakeAtMs).toBe(START + 2 * HOUR + 7 * DAY);
    expect(played.at(2 + 7 * 24 - 1).isOver).toBe(false);
    expect(played.at(2 + 7 * 24).isOver).toBe(true);
  });

  it('with nothing to do is over a week after somebody wanted something of it, and never while it is paused', () => {
    const played = new Played({ spec: {} });
    played.patch(24, { pause: 'p' });
    expect(played.at(30 * 24)).toEqual({ wakeAtMs: undefined, isOver: false });
    expect(played.patch(31 * 24, { unpause: 'u' }).isOver).toBe(true);
  });

  it('pauses on a failure, with a note, where it is asked to', () => {
    const played = new Played(hourly({ policies: { pauseOnFailure: true } }));
    played.at(1);
    played.runs.end(failed('no disk'));
    played.at(1.1);
    expect(played.state.schedule.state).toMatchObject({
      paused: true,
      notes: `paused due to workflow failure: w${START + HOUR}: no disk`,
    });
    expect(played.state.recentActions[0]?.status).toBe(Status.WORKFLOW_EXECUTION_STATUS_FAILED);
    played.at(2);
    expect(played.runs.started).toEqual([1]);
  });

  it('hands the last result on, over failures, and the last failure until there is a result', () => {
    const result = { payloads: [{ data: Buffer.from('7') }] };
    const played = new Played();
    played.at(1);
    played.runs.end({ ...COMPLETED, result });
    played.at(2);
    played.runs.end(failed('oh'));
    played.at(3);
    expect(played.state.continuedFailure.length).toBeGreaterThan(0);
    played.runs.end({ ...COMPLETED, result });
    played.at(4);
    expect(played.state.continuedFailure.length).toBe(0);
    const seven = Buffer.from(Payloads.encode(result).finish());
    expect(played.runs.handedOn.map((bytes) => bytes?.length)).toEqual([0, ...Array(3).fill(seven.length)]);
  });

  it('goes on with the next one when a start is refused', () => {
    const played = new Played(
      hourly({ policies: { overlapPolicy: OverlapPolicy.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL } }),
    );
    played.runs.refuses = true;
    played.at(2.5);
    expect([played.state.buffer, played.state.actionCount]).toEqual([[], 0]);
    played.runs.refuses = false;
    played.at(3);
    expect(played.runs.started).toEqual([3]);
  });

  it('keeps ten recent actions, and no more starts in its buffer than there is room for', () => {
    const played = new Played(
      hourly({ policies: { overlapPolicy: OverlapPolicy.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL } }),
    );
    played.run(12.5);
    expect(played.state.recentActions.map(({ scheduleTimeMs }) => (scheduleTimeMs - START) / HOUR)).toEqual([
      3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
    played.run(1100, { isEnding: false });
    expect(played.state.buffer.length).toBe(1000);
    expect(played.state.bufferDropped).toBeGreaterThan(50);
  });

  it('follows an update from that moment on, without what its new spec would have done before', () => {
    const played = new Played();
    played.run(2);
    const spec = new CompiledSpec({ interval: [{ interval: { seconds: 600 as never } }] });
    const schedule = filledSchedule({ action: { startWorkflow: {} }, spec: spec.canonical });
    played.at(2.6, (nowMs) => applyUpdate(played.schedule, { schedule, spec }, nowMs));
    played.runs.end();
    played.run(2.9);
    expect(played.runs.started.map((hours) => Math.round(hours * 60))).toEqual([60, 120, 160, 170]);
  });

  it('does not lose a time that jitter has put behind an update or another look', () => {
    const spec = { interval: [{ interval: { seconds: 3600 as never } }], jitter: { seconds: 3000 as never } };
    const played = new Played({ spec });
    const firstMs = played.wakeAtMs ?? 0;
    expect(firstMs).toBeGreaterThan(START + HOUR);
    played.at((firstMs - START) / HOUR - 0.001);
    played.patch((firstMs - START) / HOUR - 0.0005, {});
    expect(played.wakeAtMs).toBe(firstMs);
  });

  it('backfills a long range in pieces, each time once', () => {
    const played = new Played(hourly({ state: { paused: true } }));
    const range = { startTime: timestampFromMs(START - 48 * HOUR), endTime: timestampFromMs(START - 24 * HOUR) };
    const overlapPolicy = OverlapPolicy.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL;
    const looks = [played.patch(1, { backfillRequest: [{ ...range, overlapPolicy }] })];
    while (looks.at(-1)?.wakeAtMs !== undefined && looks.length < 10) looks.push(played.at(1));
    expect(played.runs.started).toEqual(Array.from({ length: 25 }, (_, n) => n - 48));
    expect(looks.length).toBe(3);
  });
});
