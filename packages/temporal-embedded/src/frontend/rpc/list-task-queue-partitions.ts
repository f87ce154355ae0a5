/** ListTaskQueuePartitions: each queue is one partition here. */
import { requireTaskQueueName } from '../../history/task-queue-name.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IListTaskQueuePartitionsRequest;
type Response = temporal.api.workflowservice.v1.IListTaskQueuePartitionsResponse;

const OWNER = 'embedded';

export const listTaskQueuePartitions =
  ({ namespaces }: WorkflowServices): RpcHandler<Request, Response> =>
  (request) => {
    const name = requireTaskQueueName(request.taskQueue);
    namespaces.require(request.namespace);
    const partitions = [{ key: name, ownerHostName: OWNER }];
    return { activityTaskQueuePartitions: partitions, workflowTaskQueuePartitions: partitions };
  };
