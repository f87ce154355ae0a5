/** Where a run is reset to when it is not said by an event's id: its first or last workflow task, or a build's first one. */
import { InvalidArgumentError } from '../errors.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { decodeEvents } from './event-batch.js';
import type { HistoryEngine } from './history-engine.js';
import type { HistoryEvent } from './history-builder.js';
import { numberFromInt64 } from './proto-time.js';
import type { Int64 } from './proto-time.js';
import { readBatches } from './read-batches.js';
import type { RunContext } from './run-context.js';

const { ResetPoints } = temporalProto.api.workflow.v1;

export interface ResetTarget {
  /** The run to reset: a build's first task may be in a run before. */
  readonly context: RunContext;
  readonly workflowTaskFinishEventId: number;
}

/** Throws InvalidArgumentError when the run has no such point. */
export function resetTarget(
  engine: HistoryEngine,
  context: RunContext,
  options: temporal.api.common.v1.IResetOptions,
): ResetTarget {
  if (options.buildId) return buildTarget(engine, context, options.buildId, options.currentRunOnly ?? false);
  if (options.firstWorkflowTask || options.lastWorkflowTask) {
    return { context, workflowTaskFinishEventId: taskEventId(engine, context, Boolean(options.lastWorkflowTask)) };
  }
  return { context, workflowTaskFinishEventId: numberFromInt64(options.workflowTaskId as Int64) };
}

function taskEventId(engine: HistoryEngine, context: RunContext, isLast: boolean): number {
  let scheduledEventId = 0;
  let completedEventId = 0;
  const idOf = (event: HistoryEvent): number => numberFromInt64(event.eventId as Int64);
  for (const batch of readBatches(engine, context, 1, context.state.nextEventId - 1)) {
    for (const event of decodeEvents(batch)) {
      if (event.workflowTaskScheduledEventAttributes && scheduledEventId === 0) scheduledEventId = idOf(event);
      if (!event.workflowTaskCompletedEventAttributes) continue;
      completedEventId = idOf(event);
      if (!isLast) return completedEventId;
    }
  }
  if (completedEventId !== 0) return completedEventId;
  if (scheduledEventId !== 0) return scheduledEventId + 1;
  throw new InvalidArgumentError('unable to find any scheduled or completed task');
}

function buildTarget(
  engine: HistoryEngine,
  context: RunContext,
  buildId: string,
  currentRunOnly: boolean,
): ResetTarget {
  const { state } = context;
  const point = ResetPoints.decode(state.resetPoints).points?.find((each) => each.buildId === buildId);
  if (!point) throw new InvalidArgumentError(`Can't find reset point for ${buildId}`);
  if (!point.resettable) throw new InvalidArgumentError(`Reset point for ${buildId} is not resettable`);
  if (currentRunOnly && point.runId !== state.runId) {
    throw new InvalidArgumentError(`Reset point for ${buildId} points to previous run and CurrentRunOnly is set`);
  }
  return {
    context: engine.findRun(state.namespaceId, state.workflowId, point.runId ?? ''),
    workflowTaskFinishEventId: numberFromInt64(point.firstWorkflowTaskCompletedId as Int64),
  };
}
