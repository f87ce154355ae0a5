/** UpdateSchedule: puts another spec, action, policies and state in the place of a schedule's own. */
import { FailedPreconditionError } from '../../errors.js';
import type { temporal } from '../../proto/root.js';
import { applyUpdate } from '../../schedules/changes.js';
import { clientAttributes } from '../../schedules/schedule-visibility.js';
import { checkLength } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import { checkSchedule, decodeConflictToken } from '../schedule-request.js';
import type { ScheduleServices } from '../schedule-request.js';

type Request = temporal.api.workflowservice.v1.IUpdateScheduleRequest;
type Response = temporal.api.workflowservice.v1.IUpdateScheduleResponse;

export const updateSchedule =
  (services: ScheduleServices): RpcHandler<Request, Response> =>
  async (request) => {
    const { schedules, store, namespaces } = services;
    const namespace = namespaces.require(request.namespace);
    const requestId = checkLength(request.requestId, 'RequestId');
    const checked = checkSchedule(services, namespace.id, request.schedule, request.searchAttributes);
    const { searchAttributes, memo } = request;
    const update = {
      ...checked,
      ...(searchAttributes && { searchAttributes: clientAttributes(searchAttributes) }),
      ...(memo && { memo: Object.keys(memo.fields ?? {}).length > 0 ? memo : null }),
    };
    const token = decodeConflictToken(request.conflictToken);
    schedules.change(namespace.id, request.scheduleId ?? '', requestId, (schedule, nowMs) => {
      // Server 1.29 answers that all is well and drops the update; the API promises a failure, and later servers keep it.
      if (token !== undefined && token !== BigInt(schedule.state.conflictToken)) {
        throw new FailedPreconditionError('mismatched conflict token');
      }
      applyUpdate(schedule, update, nowMs);
    });
    await store.committed();
    return {};
  };
