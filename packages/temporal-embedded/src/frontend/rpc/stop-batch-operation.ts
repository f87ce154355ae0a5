/** StopBatchOperation: what is done stays done, the rest is left alone. */
import { InvalidArgumentError } from '../../errors.js';
import { requireRunning } from '../../history/run-requests.js';
import { terminateWorkflow } from '../../history/workflow-close.js';
import type { temporal } from '../../proto/root.js';
import { requireName } from '../request-checks.js';
import type { BatchServices } from '../batch-services.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IStopBatchOperationRequest;
type Response = temporal.api.workflowservice.v1.IStopBatchOperationResponse;

export const stopBatchOperation =
  ({ engine, namespaces, store }: BatchServices): RpcHandler<Request, Response> =>
  async (request) => {
    const jobId = requireName(request.jobId, 'JobId');
    const namespace = namespaces.require(request.namespace);
    const { reason } = request;
    if (!reason) throw new InvalidArgumentError('Reason is not set on request.');
    const context = engine.findRun(namespace.id, jobId, '');
    requireRunning(context);
    engine.transact(context, (tx) =>
      terminateWorkflow(tx, { reason, details: null, identity: request.identity ?? '' }),
    );
    await store.committed();
    return {};
  };
