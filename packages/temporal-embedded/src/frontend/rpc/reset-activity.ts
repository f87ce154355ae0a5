/** ResetActivity: an activity's first attempt again, at once if it waits. */
import { resetActivities } from '../../history/activity-operations.js';
import type { temporal } from '../../proto/root.js';
import { requireActivities } from '../activity-request.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IResetActivityRequest;
type Response = temporal.api.workflowservice.v1.IResetActivityResponse;

export const resetActivity =
  (services: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const { context, selection } = requireActivities(services, { ...request, all: request.matchAll });
    resetActivities(services.engine, context, selection, request);
    await services.store.committed();
    return {};
  };
