/** RespondActivityTaskFailed: an attempt's failure, from the worker that holds it; the retry policy decides what follows. */
import { InvalidArgumentError } from '../../errors.js';
import { requireActivityByToken, respondActivityFailed } from '../../history/activity-requests.js';
import { decodeTaskToken } from '../../history/task-token.js';
import type { temporal } from '../../proto/root.js';
import { checkLength } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IRespondActivityTaskFailedRequest;
type Response = temporal.api.workflowservice.v1.IRespondActivityTaskFailedResponse;

export const respondActivityTaskFailed =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    namespaces.require(request.namespace);
    const identity = checkLength(request.identity, 'Identity');
    requireApplicationFailure(request.failure);
    const reference = requireActivityByToken(engine, decodeTaskToken(request.taskToken));
    respondActivityFailed(engine, reference, request.failure ?? null, request.lastHeartbeatDetails ?? null, {
      identity,
      workerVersion: request.workerVersion ?? null,
    });
    await store.committed();
    return {};
  };

/** Throws InvalidArgumentError when a worker reports something that is not the activity's own failure. */
export function requireApplicationFailure(failure: temporal.api.failure.v1.IFailure | null | undefined): void {
  if (failure && !failure.applicationFailureInfo) {
    throw new InvalidArgumentError('Failure must have ApplicationFailureInfo.');
  }
}
