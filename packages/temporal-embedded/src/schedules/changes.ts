/**
 * What a client may ask of a schedule: an update as a whole, or a patch (trigger, backfill, pause, unpause). Applied
 * inside a look, after what was due before.
 */
import { msFromTimestamp } from '../history/proto-time.js';
import type { temporal } from '../proto/root.js';
import type { FilledSchedule, ScheduleState } from './schedule-state.js';
import { queueStart } from './scheduler.js';
import type { LoadedSchedule } from './scheduler.js';
import type { CompiledSpec } from './spec/compiled-spec.js';

type Patch = temporal.api.schedule.v1.ISchedulePatch;

const MAX_BACKFILLS = 1000;

export function applyPatch({ state }: LoadedSchedule, patch: Patch, nowMs: number): void {
  const trigger = patch.triggerImmediately;
  if (trigger) {
    const atMs = msFromTimestamp(trigger.scheduledTime) || nowMs;
    queueStart(state, {
      nominalMs: atMs,
      actualMs: atMs,
      overlapPolicy: trigger.overlapPolicy ?? 0,
      isManual: true,
    });
  }
  for (const { startTime, endTime, overlapPolicy } of patch.backfillRequest ?? []) {
    if (state.backfills.length >= MAX_BACKFILLS) {
      state.bufferDropped += 1;
      continue;
    }
    // The range includes its start.
    const afterMs = (msFromTimestamp(startTime) ?? 0) - 1;
    state.backfills = [
      ...state.backfills,
      { afterMs, endMs: msFromTimestamp(endTime) ?? 0, overlapPolicy: overlapPolicy ?? 0 },
    ];
  }
  if (patch.pause) setPaused(state, true, patch.pause);
  if (patch.unpause) setPaused(state, false, patch.unpause);
}

function setPaused(state: ScheduleState, paused: boolean, notes: string): void {
  state.schedule.state.paused = paused;
  state.schedule.state.notes = notes;
  state.conflictToken += 1;
}

export interface ScheduleUpdate {
  readonly schedule: FilledSchedule;
  readonly spec: CompiledSpec;
  /** Left out: they stay as they are. Null: all are taken away. */
  readonly searchAttributes?: temporal.api.common.v1.ISearchAttributes | null;
  readonly memo?: temporal.api.common.v1.IMemo | null;
}

export function applyUpdate(loaded: LoadedSchedule, update: ScheduleUpdate, nowMs: number): void {
  const { state } = loaded;
  state.schedule = update.schedule;
  loaded.spec = update.spec;
  loaded.specError = '';
  if (update.searchAttributes !== undefined) state.searchAttributes = update.searchAttributes;
  if (update.memo !== undefined) state.memo = update.memo;
  state.updateTimeMs = nowMs;
  state.conflictToken += 1;
}
