/** DescribeWorker: what one worker has last said of itself. */
import { UnimplementedError } from '../../errors.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IDescribeWorkerRequest;
type Response = temporal.api.workflowservice.v1.IDescribeWorkerResponse;

export const describeWorker =
  ({ namespaces, settings, workers }: WorkflowServices): RpcHandler<Request, Response> =>
  (request) => {
    if (!settings.listWorkers) throw new UnimplementedError('DescribeWorker command is not enabled.');
    const namespace = namespaces.require(request.namespace);
    return { workerInfo: { workerHeartbeat: workers.require(namespace.id, request.workerInstanceKey ?? '') } };
  };
