/** DeleteSchedule: takes a schedule away; workflows that it has started go on. */
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { ScheduleServices } from '../schedule-request.js';

type Request = temporal.api.workflowservice.v1.IDeleteScheduleRequest;
type Response = temporal.api.workflowservice.v1.IDeleteScheduleResponse;

export const deleteSchedule =
  ({ schedules, store, namespaces }: ScheduleServices): RpcHandler<Request, Response> =>
  async (request) => {
    schedules.delete(namespaces.require(request.namespace).id, request.scheduleId ?? '');
    await store.committed();
    return {};
  };
