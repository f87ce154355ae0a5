/** PatchSchedule: triggers an action now, makes up for a time range, pauses or resumes a schedule. */
import { InvalidArgumentError } from '../../errors.js';
import type { temporal } from '../../proto/root.js';
import { applyPatch } from '../../schedules/changes.js';
import { checkLength } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { ScheduleServices } from '../schedule-request.js';
import { requirePatch } from './create-schedule.js';

type Request = temporal.api.workflowservice.v1.IPatchScheduleRequest;
type Response = temporal.api.workflowservice.v1.IPatchScheduleResponse;

export const patchSchedule =
  ({ schedules, store, namespaces }: ScheduleServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const requestId = checkLength(request.requestId, 'RequestId');
    const { patch } = request;
    if (!patch) throw new InvalidArgumentError('Patch is not set on request.');
    requirePatch(patch);
    schedules.change(namespace.id, request.scheduleId ?? '', requestId, (schedule, nowMs) =>
      applyPatch(schedule, patch, nowMs),
    );
    await store.committed();
    return {};
  };
