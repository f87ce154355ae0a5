/** CountSchedules: how many schedules there are, or fit a filter. Newer than server 1.29; answered as later ones do. */
import { int64FromNumber } from '../../proto/int64.js';
import type { temporal } from '../../proto/root.js';
import { schedulesQuery } from '../../schedules/schedule-workflow.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { ScheduleServices } from '../schedule-request.js';

type Request = temporal.api.workflowservice.v1.ICountSchedulesRequest;
type Response = temporal.api.workflowservice.v1.ICountSchedulesResponse;

export const countSchedules =
  ({ namespaces, visibility }: ScheduleServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const filter = (request.query ?? '').trim();
    visibility.requireScheduleFilter(namespace.id, filter);
    const { count } = await visibility.count(namespace.id, schedulesQuery(filter));
    return { count: int64FromNumber(count) };
  };
