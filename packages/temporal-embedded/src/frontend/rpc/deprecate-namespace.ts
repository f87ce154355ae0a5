/** DeprecateNamespace: marks a namespace as no longer for new use; its executions go on. */
import { requireNamespaceSet } from '../../namespaces/namespace-registry.js';
import type { NamespaceRegistry } from '../../namespaces/namespace-registry.js';
import { NamespaceState } from '../../namespaces/namespace.js';
import type { Store } from '../../persistence/store.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IDeprecateNamespaceRequest;
type Response = temporal.api.workflowservice.v1.IDeprecateNamespaceResponse;

export const deprecateNamespace =
  (services: { readonly namespaces: NamespaceRegistry; readonly store: Store }): RpcHandler<Request, Response> =>
  async (request) => {
    requireNamespaceSet(request.namespace);
    services.namespaces.update(request.namespace, { state: NamespaceState.DEPRECATED });
    await services.store.committed();
    return {};
  };
