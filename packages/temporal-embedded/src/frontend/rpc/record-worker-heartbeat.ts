/** RecordWorkerHeartbeat: workers say every minute how they are. Off unless it is switched on, as in the official service. */
import { UnimplementedError } from '../../errors.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IRecordWorkerHeartbeatRequest;
type Response = temporal.api.workflowservice.v1.IRecordWorkerHeartbeatResponse;

export const recordWorkerHeartbeat =
  ({ namespaces, settings, workers }: WorkflowServices): RpcHandler<Request, Response> =>
  (request) => {
    if (!settings.workerHeartbeats) throw new UnimplementedError('method RecordWorkerHeartbeat not supported');
    workers.record(namespaces.require(request.namespace).id, request.workerHeartbeat ?? []);
    return {};
  };
