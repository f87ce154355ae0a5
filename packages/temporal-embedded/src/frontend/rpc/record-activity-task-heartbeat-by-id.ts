/** RecordActivityTaskHeartbeatById: progress of an activity, from whoever knows its id. */
import { heartbeatActivity, requireActivityById } from '../../history/activity-requests.js';
import type { temporal } from '../../proto/root.js';
import { requireName } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IRecordActivityTaskHeartbeatByIdRequest;
type Response = temporal.api.workflowservice.v1.IRecordActivityTaskHeartbeatByIdResponse;

export const recordActivityTaskHeartbeatById =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const workflowId = requireName(request.workflowId, 'WorkflowId');
    const activityId = requireName(request.activityId, 'ActivityId');
    const reference = requireActivityById(engine, namespace.id, workflowId, request.runId ?? '', activityId);
    const response = heartbeatActivity(engine, reference, request.details ?? null);
    await store.committed();
    return response;
  };
