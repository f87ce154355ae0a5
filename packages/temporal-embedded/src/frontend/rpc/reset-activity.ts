/** ResetActivity: an activity's first attempt again, at once if it waits. */
import { resetActivity as reset, selectActivities } from '../../history/activity-control.js';
import type { temporal } from '../../proto/root.js';
import { delayWithin, requireActivities } from '../activity-request.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IResetActivityRequest;
type Response = temporal.api.workflowservice.v1.IResetActivityResponse;

export const resetActivity =
  (services: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const { engine, store } = services;
    const { context, selection } = requireActivities(services, { ...request, all: request.matchAll });
    engine.transact(context, (tx) => {
      for (const activity of selectActivities(tx, selection)) {
        reset(tx, activity, {
          resetHeartbeat: request.resetHeartbeat ?? false,
          keepPaused: request.keepPaused ?? false,
          delayMs: delayWithin(request.jitter),
          original: request.restoreOriginalOptions
            ? engine.readActivityScheduled(context, activity.scheduledEventId)
            : undefined,
        });
      }
    });
    await store.committed();
    return {};
  };
