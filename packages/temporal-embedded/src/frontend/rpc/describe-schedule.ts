/** DescribeSchedule: a schedule, what has come of it and what will. */
import type { temporal } from '../../proto/root.js';
import { scheduleInfo } from '../../schedules/description.js';
import { withRangesFilledIn } from '../../schedules/spec/canonical-spec.js';
import type { RpcHandler } from '../rpc-handler.js';
import { encodeConflictToken } from '../schedule-request.js';
import type { ScheduleServices } from '../schedule-request.js';

type Request = temporal.api.workflowservice.v1.IDescribeScheduleRequest;
type Response = temporal.api.workflowservice.v1.IDescribeScheduleResponse;

export const describeSchedule =
  ({ schedules, store, namespaces, searchAttributes: catalog }: ScheduleServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const found = schedules.require(namespace.id, request.scheduleId ?? '');
    const { state } = found;
    const { spec, action, ...rest } = state.schedule;
    const workflow = action.startWorkflow;
    const response: Response = {
      schedule: {
        ...rest,
        spec: withRangesFilledIn(spec),
        action: workflow
          ? {
              startWorkflow: {
                ...workflow,
                ...(workflow.searchAttributes && {
                  searchAttributes: catalog.typed(namespace.id, workflow.searchAttributes),
                }),
              },
            }
          : {},
      },
      info: scheduleInfo(found),
      ...(state.memo && { memo: state.memo }),
      ...(state.searchAttributes && { searchAttributes: catalog.typed(namespace.id, state.searchAttributes) }),
      conflictToken: encodeConflictToken(state.conflictToken),
    };
    await store.committed();
    return response;
  };
