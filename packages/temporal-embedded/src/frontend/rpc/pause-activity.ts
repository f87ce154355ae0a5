/** PauseActivity: no further attempt of an activity until it is unpaused. */
import { pauseActivities } from '../../history/activity-operations.js';
import type { temporal } from '../../proto/root.js';
import { requireActivities } from '../activity-request.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IPauseActivityRequest;
type Response = temporal.api.workflowservice.v1.IPauseActivityResponse;

export const pauseActivity =
  (services: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const { context, selection } = requireActivities(services, request);
    pauseActivities(services.engine, context, selection, request);
    await services.store.committed();
    return {};
  };
