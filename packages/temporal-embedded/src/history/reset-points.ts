/**
 * Where a run can be reset to by the build of its workers: the first workflow task that each build completed.
 * Clients look them up in a run's description; the runs of a chain hand them on.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { int64FromNumber } from '../proto/int64.js';
import type { MutableState } from './mutable-state.js';
import { timestampFromMs } from './proto-time.js';

const { ResetPoints } = temporalProto.api.workflow.v1;
/** The latest ones are kept. */
const MAXIMUM_POINTS = 20;

/** Notes the build that completed a workflow task, unless it is known. */
export function addResetPoint(
  state: MutableState,
  completed: temporal.api.history.v1.IWorkflowTaskCompletedEventAttributes,
  completedEventId: number,
  nowMs: number,
): void {
  const binaryChecksum = completed.binaryChecksum ?? '';
  const buildId = completed.deploymentVersion?.buildId || (completed.workerVersion?.buildId ?? '');
  const points = ResetPoints.decode(state.resetPoints).points ?? [];
  if (points.some((point) => point.binaryChecksum === binaryChecksum && point.buildId === buildId)) return;
  points.push({
    binaryChecksum,
    buildId,
    runId: state.runId,
    firstWorkflowTaskCompletedId: int64FromNumber(completedEventId),
    createTime: timestampFromMs(nowMs),
    resettable: state.children.size + state.cancelExternals.size + state.signalExternals.size === 0,
  });
  state.resetPoints = ResetPoints.encode({ points: points.slice(-MAXIMUM_POINTS) }).finish();
}
