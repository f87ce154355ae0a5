/** UnpauseActivity: a paused activity goes on, from where it was or with its attempts and heartbeat forgotten. */
import { unpauseActivities } from '../../history/activity-operations.js';
import type { temporal } from '../../proto/root.js';
import { requireActivities } from '../activity-request.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IUnpauseActivityRequest;
type Response = temporal.api.workflowservice.v1.IUnpauseActivityResponse;

export const unpauseActivity =
  (services: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const { context, selection } = requireActivities(services, { ...request, all: request.unpauseAll });
    unpauseActivities(services.engine, context, selection, request);
    await services.store.committed();
    return {};
  };
