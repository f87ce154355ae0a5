/** AddSearchAttributes (OperatorService): registers custom search attributes in one namespace. */
import { InvalidArgumentError } from '../../errors.js';
import type { NamespaceRegistry } from '../../namespaces/namespace-registry.js';
import type { SearchAttributeRegistry } from '../../namespaces/search-attribute-registry.js';
import type { Store } from '../../persistence/store.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.operatorservice.v1.IAddSearchAttributesRequest;
type Response = temporal.api.operatorservice.v1.IAddSearchAttributesResponse;

/** What the rpcs on search attributes stand on. */
export interface SearchAttributeServices {
  readonly store: Store;
  readonly namespaces: NamespaceRegistry;
  readonly searchAttributeRegistry: SearchAttributeRegistry;
}

export const addSearchAttributes =
  (services: SearchAttributeServices): RpcHandler<Request, Response> =>
  async (request) => {
    const attributes = request.searchAttributes ?? {};
    if (request.namespace) services.namespaces.require(request.namespace);
    if (Object.keys(attributes).length === 0) {
      throw new InvalidArgumentError('Search Attributes are not set on request.');
    }
    if (!request.namespace) throw new InvalidArgumentError('Namespace is not set on request.');
    services.searchAttributeRegistry.add(services.namespaces.require(request.namespace).id, attributes);
    await services.store.committed();
    return {};
  };
