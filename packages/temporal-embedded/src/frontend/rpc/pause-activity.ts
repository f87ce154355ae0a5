/** PauseActivity: no further attempt of an activity until it is unpaused. */
import { pauseActivity as pause, selectActivities } from '../../history/activity-control.js';
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
    services.engine.transact(context, (tx) => {
      for (const activity of selectActivities(tx, selection)) {
        pause(tx, activity, request.identity ?? '', request.reason ?? '');
      }
    });
    await services.store.committed();
    return {};
  };
