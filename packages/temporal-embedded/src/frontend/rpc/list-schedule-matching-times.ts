/** ListScheduleMatchingTimes: the times of a schedule in a range, jitter included. */
import { InvalidArgumentError, QueryFailedError } from '../../errors.js';
import { msFromTimestamp, timestampFromMs } from '../../history/proto-time.js';
import type { google, temporal } from '../../proto/root.js';
import { jitterSeed } from '../../schedules/scheduler.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { ScheduleServices } from '../schedule-request.js';

type Request = temporal.api.workflowservice.v1.IListScheduleMatchingTimesRequest;
type Response = temporal.api.workflowservice.v1.IListScheduleMatchingTimesResponse;

const MAX_TIMES = 1000;

export const listScheduleMatchingTimes =
  ({ schedules, store, namespaces }: ScheduleServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const { state, spec, specError } = schedules.require(namespace.id, request.scheduleId ?? '');
    const startMs = msFromTimestamp(request.startTime);
    const endMs = msFromTimestamp(request.endTime);
    if (startMs === undefined || endMs === undefined) throw new QueryFailedError('missing or invalid query');
    if (!spec) throw new InvalidArgumentError(`invalid schedule: ${specError}`);
    const seed = jitterSeed(state);
    const startTime: google.protobuf.ITimestamp[] = [];
    let next = spec.next(seed, startMs);
    while (next && next.actualMs <= endMs && startTime.length < MAX_TIMES) {
      startTime.push(timestampFromMs(next.actualMs));
      next = spec.next(seed, next.actualMs);
    }
    await store.committed();
    return { startTime };
  };
