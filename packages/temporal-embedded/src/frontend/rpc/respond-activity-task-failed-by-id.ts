/** RespondActivityTaskFailedById: an attempt's failure, from whoever knows the activity's id. */
import { requireActivityById, respondActivityFailed } from '../../history/activity-requests.js';
import type { temporal } from '../../proto/root.js';
import { checkLength, requireName } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IRespondActivityTaskFailedByIdRequest;
type Response = temporal.api.workflowservice.v1.IRespondActivityTaskFailedByIdResponse;

export const respondActivityTaskFailedById =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const workflowId = requireName(request.workflowId, 'WorkflowId');
    const activityId = requireName(request.activityId, 'ActivityId');
    const identity = checkLength(request.identity, 'Identity');
    const reference = requireActivityById(engine, namespace.id, workflowId, request.runId ?? '', activityId);
    respondActivityFailed(engine, reference, request.failure ?? null, request.lastHeartbeatDetails ?? null, {
      identity,
      workerVersion: null,
    });
    await store.committed();
    return {};
  };
