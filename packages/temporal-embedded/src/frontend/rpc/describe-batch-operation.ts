/** DescribeBatchOperation: what a batch operation does and how far it has come. */
import { batchTypeOf } from '../../batch/batch-request.js';
import { describeBatchWorkflow } from '../../batch/batch-workflow.js';
import { timestampFromMs } from '../../history/proto-time.js';
import { int64FromNumber } from '../../proto/int64.js';
import type { temporal } from '../../proto/root.js';
import { batchState } from '../batch-state.js';
import { requireName } from '../request-checks.js';
import type { BatchServices } from '../batch-services.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IDescribeBatchOperationRequest;
type Response = temporal.api.workflowservice.v1.IDescribeBatchOperationResponse;

export const describeBatchOperation =
  ({ engine, namespaces, store }: BatchServices): RpcHandler<Request, Response> =>
  async (request) => {
    const jobId = requireName(request.jobId, 'JobId');
    const namespace = namespaces.require(request.namespace);
    const context = engine.findRun(namespace.id, jobId, '');
    const { state } = context;
    const batch = describeBatchWorkflow(context);
    await store.committed();
    return {
      operationType: batchTypeOf(batch.typeName),
      jobId,
      state: batchState(state.status),
      startTime: timestampFromMs(state.info.startTimeMs),
      ...(state.isRunning ? {} : { closeTime: timestampFromMs(state.closeTimeMs) }),
      identity: batch.identity,
      reason: batch.reason,
      totalOperationCount: int64FromNumber(batch.total),
      completeOperationCount: int64FromNumber(batch.succeeded),
      failureOperationCount: int64FromNumber(batch.failed),
    };
  };
