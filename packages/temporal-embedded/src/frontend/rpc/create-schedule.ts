/** CreateSchedule: adds a schedule, and does at once what its first patch asks for. */
import { InvalidArgumentError, WorkflowExecutionAlreadyStartedError } from '../../errors.js';
import type { temporal } from '../../proto/root.js';
import { applyPatch } from '../../schedules/changes.js';
import { newState } from '../../schedules/schedule-state.js';
import { clientAttributes } from '../../schedules/schedule-visibility.js';
import { scheduleWorkflowId } from '../../schedules/schedule-workflow.js';
import { checkLength } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import { checkSchedule, encodeConflictToken } from '../schedule-request.js';
import type { ScheduleServices } from '../schedule-request.js';

type Request = temporal.api.workflowservice.v1.ICreateScheduleRequest;
type Response = temporal.api.workflowservice.v1.ICreateScheduleResponse;

export const createSchedule =
  (services: ScheduleServices): RpcHandler<Request, Response> =>
  async (request) => {
    const { schedules, store, clock, ids } = services;
    const namespace = services.namespaces.require(request.namespace);
    const scheduleId = request.scheduleId ?? '';
    const workflowId = checkLength(scheduleWorkflowId(scheduleId), 'WorkflowId');
    const requestId = checkLength(request.requestId, 'RequestId');
    if (requestId === '') throw new InvalidArgumentError('RequestId is not set on request.');
    const { schedule, spec } = checkSchedule(services, namespace.id, request.schedule, request.searchAttributes);
    requirePatch(request.initialPatch);
    const existing = schedules.find(namespace.id, scheduleId)?.state;
    if (existing && existing.createRequestId !== requestId) {
      throw new WorkflowExecutionAlreadyStartedError(
        `Workflow execution is already running. WorkflowId: ${workflowId}, RunId: ${existing.runId}.`,
        existing.createRequestId,
        existing.runId,
      );
    }
    if (!existing) {
      const state = newState({
        scheduleId,
        namespaceId: namespace.id,
        runId: ids.uuid(),
        createRequestId: requestId,
        schedule,
        memo: request.memo ?? null,
        searchAttributes: clientAttributes(request.searchAttributes),
        nowMs: clock.nowMs(),
      });
      const { initialPatch } = request;
      schedules.create(state, spec, (created, nowMs) => initialPatch && applyPatch(created, initialPatch, nowMs));
    }
    await store.committed();
    return { conflictToken: encodeConflictToken(1) };
  };

const MAX_NOTES = 1000;

/** Throws InvalidArgumentError when a patch has more to say than there is room for. */
export function requirePatch(patch: temporal.api.schedule.v1.ISchedulePatch | null | undefined): void {
  for (const notes of [patch?.pause, patch?.unpause]) {
    if (Buffer.byteLength(notes ?? '') > MAX_NOTES) throw new InvalidArgumentError('Schedule notes exceeds limit.');
  }
}
