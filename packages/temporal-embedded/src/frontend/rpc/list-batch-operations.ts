/** ListBatchOperations: the batch operations of a namespace, those under way first. */
import { batchesQuery } from '../../batch/batch-workflow.js';
import type { temporal } from '../../proto/root.js';
import { batchState } from '../batch-state.js';
import { listExecutionsPage } from '../executions-page.js';
import type { BatchServices } from '../batch-services.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IListBatchOperationsRequest;
type Response = temporal.api.workflowservice.v1.IListBatchOperationsResponse;

export const listBatchOperations =
  (services: BatchServices): RpcHandler<Request, Response> =>
  async (request) => {
    const page = await listExecutionsPage(services, {
      namespace: request.namespace,
      query: batchesQuery(),
      pageSize: request.pageSize,
      nextPageToken: request.nextPageToken,
    });
    return {
      nextPageToken: page.nextPageToken,
      operationInfo: page.executions.map((execution) => ({
        jobId: execution.execution?.workflowId ?? '',
        state: batchState(execution.status ?? 0),
        startTime: execution.startTime ?? null,
        closeTime: execution.closeTime ?? null,
      })),
    };
  };
