/** The rpcs of WorkflowService about batch operations. */
import type { BatchServices } from './batch-services.js';
import { describeBatchOperation } from './rpc/describe-batch-operation.js';
import { listBatchOperations } from './rpc/list-batch-operations.js';
import { startBatchOperation } from './rpc/start-batch-operation.js';
import { stopBatchOperation } from './rpc/stop-batch-operation.js';
import type { RpcTable } from './rpc-table.js';

export const batchRpcs = (services: BatchServices): RpcTable => ({
  StartBatchOperation: startBatchOperation(services),
  StopBatchOperation: stopBatchOperation(services),
  DescribeBatchOperation: describeBatchOperation(services),
  ListBatchOperations: listBatchOperations(services),
});
