/** UpdateActivityOptions: other timeouts, retries or task queue for a pending activity. */
import { InvalidArgumentError } from '../../errors.js';
import {
  restoreActivityOptions,
  selectActivities,
  updateActivityOptions as update,
} from '../../history/activity-control.js';
import type { temporal } from '../../proto/root.js';
import { maskPaths, requireActivities } from '../activity-request.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IUpdateActivityOptionsRequest;
type Response = temporal.api.workflowservice.v1.IUpdateActivityOptionsResponse;

export const updateActivityOptions =
  (services: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const { engine, store } = services;
    const { context, selection } = requireActivities(services, { ...request, all: request.matchAll });
    const mask = maskPaths(request.updateMask);
    if (request.restoreOriginal && mask.size > 0) {
      throw new InvalidArgumentError('Both UpdateMask and RestoreOriginal are provided');
    }
    const activityOptions = engine.transact(
      context,
      (tx) => {
        let options: temporal.api.activity.v1.IActivityOptions | null = null;
        const { activityOptions: changes } = request;
        if (!request.restoreOriginal && !changes) throw new InvalidArgumentError('ActivityOptions are not provided');
        for (const activity of selectActivities(tx, selection)) {
          if (request.restoreOriginal) {
            const original = engine.readActivityScheduled(context, activity.scheduledEventId);
            options = restoreActivityOptions(tx, activity, original);
            continue;
          }
          if (!request.updateMask) throw new InvalidArgumentError('UpdateMask is not provided');
          options = update(tx, activity, changes ?? {}, mask);
        }
        return options;
      },
      { mayFail: true },
    );
    await store.committed();
    return { activityOptions };
  };
