/** UnpauseActivity: a paused activity goes on, from where it was or with its attempts and heartbeat forgotten. */
import { selectActivities, unpauseActivity as unpause } from '../../history/activity-control.js';
import type { temporal } from '../../proto/root.js';
import { delayWithin, requireActivities } from '../activity-request.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IUnpauseActivityRequest;
type Response = temporal.api.workflowservice.v1.IUnpauseActivityResponse;

export const unpauseActivity =
  (services: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const { context, selection } = requireActivities(services, { ...request, all: request.unpauseAll });
    services.engine.transact(context, (tx) => {
      for (const activity of selectActivities(tx, selection)) {
        unpause(tx, activity, {
          resetAttempts: request.resetAttempts ?? false,
          resetHeartbeat: request.resetHeartbeat ?? false,
          delayMs: delayWithin(request.jitter),
        });
      }
    });
    await services.store.committed();
    return {};
  };
