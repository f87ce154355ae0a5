/** RecordActivityTaskHeartbeat: progress of an activity, from the worker that holds it; answers whether it should stop. */
import { heartbeatActivity, requireActivityByToken } from '../../history/activity-requests.js';
import { decodeTaskToken } from '../../history/task-token.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IRecordActivityTaskHeartbeatRequest;
type Response = temporal.api.workflowservice.v1.IRecordActivityTaskHeartbeatResponse;

export const recordActivityTaskHeartbeat =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    namespaces.require(request.namespace);
    const reference = requireActivityByToken(engine, decodeTaskToken(request.taskToken));
    const response = heartbeatActivity(engine, reference, request.details ?? null);
    await store.committed();
    return response;
  };
