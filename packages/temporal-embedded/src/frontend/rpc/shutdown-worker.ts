/** ShutdownWorker: a worker says that it will not poll its sticky queue again, so nothing waits there in vain. */
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IShutdownWorkerRequest;
type Response = temporal.api.workflowservice.v1.IShutdownWorkerResponse;

export const shutdownWorker =
  ({ matching, namespaces, workers }: WorkflowServices): RpcHandler<Request, Response> =>
  (request) => {
    const namespace = namespaces.require(request.namespace);
    if (request.stickyTaskQueue) matching.retireStickyQueue(namespace.id, request.stickyTaskQueue);
    // Its last word; taken also where heartbeats are off, as in the official service.
    if (request.workerHeartbeat) workers.record(namespace.id, [request.workerHeartbeat]);
    return {};
  };
