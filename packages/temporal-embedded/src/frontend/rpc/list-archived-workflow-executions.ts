/** ListArchivedWorkflowExecutions: an embedded service archives nothing and says so as the official one does. */
import { InvalidArgumentError } from '../../errors.js';
import type { NamespaceRegistry } from '../../namespaces/namespace-registry.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IListArchivedWorkflowExecutionsRequest;
type Response = temporal.api.workflowservice.v1.IListArchivedWorkflowExecutionsResponse;

export const listArchivedWorkflowExecutions =
  ({ namespaces }: { readonly namespaces: NamespaceRegistry }): RpcHandler<Request, Response> =>
  (request) => {
    namespaces.require(request.namespace);
    throw new InvalidArgumentError('Cluster is not configured for visibility archival.');
  };
