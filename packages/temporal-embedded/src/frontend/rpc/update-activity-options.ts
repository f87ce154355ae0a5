/** UpdateActivityOptions: other timeouts, retries or task queue for a pending activity. */
import { changeActivityOptions } from '../../history/activity-operations.js';
import type { temporal } from '../../proto/root.js';
import { requireActivities } from '../activity-request.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IUpdateActivityOptionsRequest;
type Response = temporal.api.workflowservice.v1.IUpdateActivityOptionsResponse;

export const updateActivityOptions =
  (services: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const { context, selection } = requireActivities(services, { ...request, all: request.matchAll });
    const activityOptions = changeActivityOptions(services.engine, context, selection, request);
    await services.store.committed();
    return { activityOptions };
  };
