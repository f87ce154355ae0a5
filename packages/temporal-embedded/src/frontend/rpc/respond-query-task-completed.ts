/** RespondQueryTaskCompleted: a worker's answer to a query that came without a workflow task. */
import { InvalidArgumentError, NotFoundError } from '../../errors.js';
import { decodeTaskToken } from '../../history/task-token.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IRespondQueryTaskCompletedRequest;
type Response = temporal.api.workflowservice.v1.IRespondQueryTaskCompletedResponse;

export const respondQueryTaskCompleted =
  ({ namespaces, queryWaiters }: WorkflowServices): RpcHandler<Request, Response> =>
  (request) => {
    namespaces.require(request.namespace);
    const token = decodeTaskToken(request.taskToken);
    if (token.queryId === '') throw new InvalidArgumentError('Invalid TaskToken.');
    if (!queryWaiters.complete(token.queryId, request))
      throw new NotFoundError('query task not found, or already expired');
    return {};
  };
