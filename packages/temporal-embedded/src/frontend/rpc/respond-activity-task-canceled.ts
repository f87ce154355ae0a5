/** RespondActivityTaskCanceled: the worker has stopped as it was asked to. */
import { requireActivityByToken, respondActivityCanceled } from '../../history/activity-requests.js';
import { decodeTaskToken } from '../../history/task-token.js';
import type { temporal } from '../../proto/root.js';
import { checkLength } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IRespondActivityTaskCanceledRequest;
type Response = temporal.api.workflowservice.v1.IRespondActivityTaskCanceledResponse;

export const respondActivityTaskCanceled =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    namespaces.require(request.namespace);
    const identity = checkLength(request.identity, 'Identity');
    const reference = requireActivityByToken(engine, decodeTaskToken(request.taskToken));
    respondActivityCanceled(engine, reference, request.details ?? null, identity);
    await store.committed();
    return {};
  };
