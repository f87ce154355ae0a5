/** RespondActivityTaskCompletedById: an activity's result, from whoever knows its id. */
import { requireActivityById, respondActivityCompleted } from '../../history/activity-requests.js';
import type { temporal } from '../../proto/root.js';
import { checkLength, requireName } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IRespondActivityTaskCompletedByIdRequest;
type Response = temporal.api.workflowservice.v1.IRespondActivityTaskCompletedByIdResponse;

export const respondActivityTaskCompletedById =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const workflowId = requireName(request.workflowId, 'WorkflowId');
    const activityId = requireName(request.activityId, 'ActivityId');
    const identity = checkLength(request.identity, 'Identity');
    const reference = requireActivityById(engine, namespace.id, workflowId, request.runId ?? '', activityId);
    respondActivityCompleted(engine, reference, request.result ?? null, {
      identity,
      workerVersion: null,
    });
    await store.committed();
    return {};
  };
