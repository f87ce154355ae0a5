/** A schedule in the shapes of the API: as describe tells of it, and as lists do. */
import { int64FromNumber } from '../proto/int64.js';
import { timestampFromMs } from '../history/proto-time.js';
import type { google, temporal } from '../proto/root.js';
import { remainingActions } from './schedule-state.js';
import type { ActionResult } from './schedule-state.js';
import { jitterSeed } from './scheduler.js';
import type { LoadedSchedule } from './scheduler.js';
import { withRangesFilledIn } from './spec/canonical-spec.js';

type ApiActionResult = temporal.api.schedule.v1.IScheduleActionResult;

const FUTURE_TIMES = 10;
const LISTED_TIMES = 5;
const LISTED_ACTIONS = 5;
/** Per field of a listed spec. */
const LISTED_SPEC_PARTS = 10;

export function scheduleInfo(schedule: LoadedSchedule): temporal.api.schedule.v1.IScheduleInfo {
  const { state, specError } = schedule;
  return {
    actionCount: int64FromNumber(state.actionCount),
    missedCatchupWindow: int64FromNumber(state.missedCatchupWindow),
    overlapSkipped: int64FromNumber(state.overlapSkipped),
    bufferDropped: int64FromNumber(state.bufferDropped),
    bufferSize: int64FromNumber(state.buffer.length),
    runningWorkflows: state.running.map(({ workflowId, runId }) => ({ workflowId, runId })),
    recentActions: state.recentActions.map(actionResult),
    futureActionTimes: futureTimes(schedule, FUTURE_TIMES),
    createTime: timestampFromMs(state.createTimeMs),
    ...(state.updateTimeMs > 0 && { updateTime: timestampFromMs(state.updateTimeMs) }),
    invalidScheduleError: specError,
  };
}

export function scheduleListInfo(schedule: LoadedSchedule): temporal.api.schedule.v1.IScheduleListInfo {
  const { action, spec, state: asked } = schedule.state.schedule;
  const few = <T>(parts: readonly T[] | null | undefined): T[] => (parts ?? []).slice(0, LISTED_SPEC_PARTS);
  return {
    spec: withRangesFilledIn({
      ...spec,
      structuredCalendar: few(spec.structuredCalendar),
      excludeStructuredCalendar: few(spec.excludeStructuredCalendar),
      interval: few(spec.interval),
      timezoneData: new Uint8Array(0),
    }),
    ...(action.startWorkflow?.workflowType && { workflowType: action.startWorkflow.workflowType }),
    notes: asked.notes ?? '',
    paused: asked.paused ?? false,
    recentActions: schedule.state.recentActions.slice(-LISTED_ACTIONS).map(actionResult),
    futureActionTimes: futureTimes(schedule, LISTED_TIMES),
  };
}

function actionResult({ workflowId, runId, ...action }: ActionResult): ApiActionResult {
  return {
    scheduleTime: timestampFromMs(action.scheduleTimeMs),
    actualTime: timestampFromMs(action.actualTimeMs),
    startWorkflowResult: { workflowId, runId },
    startWorkflowStatus: action.status,
  };
}

/** Also of a paused schedule: they say what it would do. */
function futureTimes({ state, spec }: LoadedSchedule, limit: number): google.protobuf.ITimestamp[] {
  const count = Math.min(limit, remainingActions(state.schedule));
  const times: google.protobuf.ITimestamp[] = [];
  if (!spec) return times;
  const seed = jitterSeed(state);
  let atMs = Math.max(state.processedMs, state.updateTimeMs - spec.jitterMs - 1000);
  while (times.length < count) {
    const next = spec.next(seed, atMs);
    if (!next) break;
    atMs = next.actualMs;
    if (atMs >= state.updateTimeMs) times.push(timestampFromMs(atMs));
  }
  return times;
}
