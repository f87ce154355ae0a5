/** ListSearchAttributes (OperatorService): the system's search attributes and those added to one namespace. */
import { InvalidArgumentError } from '../../errors.js';
import { SYSTEM_SEARCH_ATTRIBUTES } from '../../namespaces/search-attribute-registry.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { SearchAttributeServices } from './add-search-attributes.js';

type Request = temporal.api.operatorservice.v1.IListSearchAttributesRequest;
type Response = temporal.api.operatorservice.v1.IListSearchAttributesResponse;

export const listSearchAttributes =
  (services: SearchAttributeServices): RpcHandler<Request, Response> =>
  (request) => {
    if (!request.namespace) throw new InvalidArgumentError('Namespace is not set on request.');
    const namespace = services.namespaces.require(request.namespace);
    return {
      customAttributes: services.searchAttributeRegistry.custom(namespace.id),
      systemAttributes: SYSTEM_SEARCH_ATTRIBUTES,
    };
  };
