/** StartBatchOperation: the same operation for all workflows that a list filter finds, or that are named. */
import { batchesQuery } from '../../batch/batch-workflow.js';
import { requireBatch } from '../../batch/batch-request.js';
import { ResourceExhaustedError } from '../../errors.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import type { BatchServices } from '../batch-services.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IStartBatchOperationRequest;
type Response = temporal.api.workflowservice.v1.IStartBatchOperationResponse;

const Cause = temporalProto.api.enums.v1.ResourceExhaustedCause;

export const startBatchOperation =
  ({ batches, engine, namespaces, store, visibility }: BatchServices): RpcHandler<Request, Response> =>
  async (request) => {
    requireBatch(request);
    const namespace = namespaces.require(request.namespace);
    const open = await visibility.count(namespace.id, batchesQuery("ExecutionStatus = 'Running'"));
    if (open.count >= engine.limits.batchesAtOnce) {
      throw new ResourceExhaustedError(
        'Max concurrent batch operations is reached',
        Cause.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT,
      );
    }
    await batches.start(namespace, request);
    await store.committed();
    return {};
  };
