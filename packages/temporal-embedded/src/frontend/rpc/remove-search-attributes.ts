/** RemoveSearchAttributes (OperatorService): forgets custom search attributes of one namespace. */
import { InvalidArgumentError } from '../../errors.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { SearchAttributeServices } from './add-search-attributes.js';

type Request = temporal.api.operatorservice.v1.IRemoveSearchAttributesRequest;
type Response = temporal.api.operatorservice.v1.IRemoveSearchAttributesResponse;

export const removeSearchAttributes =
  (services: SearchAttributeServices): RpcHandler<Request, Response> =>
  async (request) => {
    const names = request.searchAttributes ?? [];
    if (request.namespace) services.namespaces.require(request.namespace);
    if (names.length === 0) throw new InvalidArgumentError('Search Attributes are not set on request.');
    if (!request.namespace) throw new InvalidArgumentError('Namespace is not set on request.');
    services.searchAttributeRegistry.remove(services.namespaces.require(request.namespace).id, names);
    await services.store.committed();
    return {};
  };
