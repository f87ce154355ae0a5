/** RespondActivityTaskCanceledById: an activity has stopped as it was asked to, says whoever knows its id. */
import { requireActivityById, respondActivityCanceled } from '../../history/activity-requests.js';
import type { temporal } from '../../proto/root.js';
import { checkLength, requireName } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IRespondActivityTaskCanceledByIdRequest;
type Response = temporal.api.workflowservice.v1.IRespondActivityTaskCanceledByIdResponse;

export const respondActivityTaskCanceledById =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const workflowId = requireName(request.workflowId, 'WorkflowId');
    const activityId = requireName(request.activityId, 'ActivityId');
    const identity = checkLength(request.identity, 'Identity');
    const reference = requireActivityById(engine, namespace.id, workflowId, request.runId ?? '', activityId);
    respondActivityCanceled(engine, reference, request.details ?? null, identity);
    await store.committed();
    return {};
  };
