/** RespondActivityTaskCompleted: an activity's result, from the worker that holds it. */
import { requireActivityByToken, respondActivityCompleted } from '../../history/activity-requests.js';
import { decodeTaskToken } from '../../history/task-token.js';
import type { temporal } from '../../proto/root.js';
import { checkLength } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IRespondActivityTaskCompletedRequest;
type Response = temporal.api.workflowservice.v1.IRespondActivityTaskCompletedResponse;

export const respondActivityTaskCompleted =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    namespaces.require(request.namespace);
    const identity = checkLength(request.identity, 'Identity');
    const reference = requireActivityByToken(engine, decodeTaskToken(request.taskToken));
    respondActivityCompleted(engine, reference, request.result ?? null, {
      identity,
      workerVersion: request.workerVersion ?? null,
    });
    await store.committed();
    return {};
  };
