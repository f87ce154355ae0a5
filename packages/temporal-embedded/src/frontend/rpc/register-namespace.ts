/** RegisterNamespace: adds a namespace; its retention decides how long closed executions are kept. */
import { InvalidArgumentError } from '../../errors.js';
import { msFromDuration } from '../../history/proto-time.js';
import { requireNamespaceSet } from '../../namespaces/namespace-registry.js';
import type { NamespaceRegistry } from '../../namespaces/namespace-registry.js';
import type { Store } from '../../persistence/store.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IRegisterNamespaceRequest;
type Response = temporal.api.workflowservice.v1.IRegisterNamespaceResponse;

export const registerNamespace =
  (services: { readonly namespaces: NamespaceRegistry; readonly store: Store }): RpcHandler<Request, Response> =>
  async (request) => {
    requireNamespaceSet(request.namespace);
    if (request.isGlobalNamespace) throw new InvalidArgumentError('Cannot register global namespace when not enabled');
    services.namespaces.register({
      name: request.namespace,
      description: request.description ?? '',
      ownerEmail: request.ownerEmail ?? '',
      data: request.data ?? {},
      retentionMs: msFromDuration(request.workflowExecutionRetentionPeriod),
    });
    await services.store.committed();
    return {};
  };
