/** The rpcs of WorkflowService about batch operations. */
import type { BatchEngine } from '../batch/batch-engine.js';
import type { HistoryEngine } from '../history/history-engine.js';
import type { Store } from '../persistence/store.js';
import type { VisibilityServices } from './executions-page.js';
import { describeBatchOperation } from './rpc/describe-batch-operation.js';
import { listBatchOperations } from './rpc/list-batch-operations.js';
import { startBatchOperation } from './rpc/start-batch-operation.js';
import { stopBatchOperation } from './rpc/stop-batch-operation.js';
import type { RpcTable } from './rpc-table.js';

export interface BatchServices extends VisibilityServices {
  readonly batches: BatchEngine;
  readonly engine: HistoryEngine;
  readonly store: Store;
}

export const batchRpcs = (services: BatchServices): RpcTable => ({
  StartBatchOperation: startBatchOperation(services),
  StopBatchOperation: stopBatchOperation(services),
  DescribeBatchOperation: describeBatchOperation(services),
  ListBatchOperations: listBatchOperations(services),
});
