/**
 * UpdateNamespace: changes description, owner, data and retention. Archival, replication and versions of bad
 * binaries belong to clusters, which an embedded service is not: a request for them is refused, not ignored.
 */
import { InvalidArgumentError } from '../../errors.js';
import { msFromDuration } from '../../history/proto-time.js';
import { requireNamespaceSet } from '../../namespaces/namespace-registry.js';
import type { NamespaceUpdate } from '../../namespaces/namespace-registry.js';
import { namespaceToProto } from '../../namespaces/namespace.js';
import type { temporal } from '../../proto/root.js';
import type { NamespaceServices } from '../namespace-services.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IUpdateNamespaceRequest;
type Response = temporal.api.workflowservice.v1.IUpdateNamespaceResponse;

export const updateNamespace =
  (services: NamespaceServices): RpcHandler<Request, Response> =>
  async (request) => {
    requireNamespaceSet(request.namespace);
    services.namespaces.require(request.namespace);
    if (request.promoteNamespace) {
      throw new InvalidArgumentError(
        'global namespace is not enabled on this cluster, cannot update global namespace or promote local namespace: ' +
          `${request.namespace}`,
      );
    }
    if (request.replicationConfig?.activeClusterName && request.replicationConfig.activeClusterName !== 'active') {
      throw new InvalidArgumentError(`Invalid active cluster name: ${request.replicationConfig.activeClusterName}`);
    }
    const namespace = services.namespaces.update(request.namespace, requestedUpdate(request));
    await services.store.committed();
    return namespaceToProto(namespace, services.settings);
  };

/** As in the official server, an empty string leaves the field as it is. */
function requestedUpdate(request: Request): NamespaceUpdate {
  const info = request.updateInfo;
  const retention = request.config?.workflowExecutionRetentionTtl;
  return {
    ...(info?.description && { description: info.description }),
    ...(info?.ownerEmail && { ownerEmail: info.ownerEmail }),
    ...(info?.data && { data: info.data }),
    ...(retention && { retentionMs: msFromDuration(retention) }),
  };
}
