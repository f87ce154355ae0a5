/**
 * RecordWorkerHeartbeat: workers report their state every minute. It is taken and dropped: nothing reads it here yet,
 * and a refusal would make workers log an error each time.
 */
import type { NamespaceRegistry } from '../../namespaces/namespace-registry.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IRecordWorkerHeartbeatRequest;
type Response = temporal.api.workflowservice.v1.IRecordWorkerHeartbeatResponse;

export const recordWorkerHeartbeat =
  ({ namespaces }: { readonly namespaces: NamespaceRegistry }): RpcHandler<Request, Response> =>
  (request) => {
    namespaces.require(request.namespace);
    return {};
  };
