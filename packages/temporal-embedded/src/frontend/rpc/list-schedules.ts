/** ListSchedules: one page of a namespace's schedules, or of those that fit a filter, newest first. */
import type { temporal } from '../../proto/root.js';
import { scheduleListInfo } from '../../schedules/description.js';
import { clientAttributes } from '../../schedules/schedule-visibility.js';
import { scheduleIdOf, schedulesQuery } from '../../schedules/schedule-workflow.js';
import { visibilityPageSize } from '../executions-page.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { ScheduleServices } from '../schedule-request.js';

type Request = temporal.api.workflowservice.v1.IListSchedulesRequest;
type Response = temporal.api.workflowservice.v1.IListSchedulesResponse;
type Entry = temporal.api.schedule.v1.IScheduleListEntry;

export const listSchedules =
  ({ schedules, store, namespaces, visibility }: ScheduleServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const filter = (request.query ?? '').trim();
    visibility.requireScheduleFilter(namespace.id, filter);
    const page = await visibility.list(
      namespace.id,
      schedulesQuery(filter),
      visibilityPageSize(request.maximumPageSize),
      request.nextPageToken ?? new Uint8Array(),
    );
    const entries = page.executions.flatMap(({ execution, memo, searchAttributes }): Entry[] => {
      const scheduleId = scheduleIdOf(execution?.workflowId ?? '');
      const schedule = schedules.find(namespace.id, scheduleId);
      // Deleted between the list and now.
      if (!schedule) return [];
      const attributes = clientAttributes(searchAttributes);
      return [
        {
          scheduleId,
          info: scheduleListInfo(schedule),
          ...(Object.keys(memo?.fields ?? {}).length > 0 && memo && { memo }),
          ...(attributes && { searchAttributes: attributes }),
        },
      ];
    });
    // What their state tells may be newer than the page.
    await store.committed();
    return { schedules: entries, nextPageToken: page.nextPageToken };
  };
