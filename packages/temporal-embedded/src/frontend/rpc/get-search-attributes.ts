/**
 * GetSearchAttributes: the older question, which names no namespace. It is answered with the attributes of all of
 * them; ListSearchAttributes of OperatorService is exact.
 */
import { SYSTEM_SEARCH_ATTRIBUTES } from '../../namespaces/search-attribute-registry.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { SearchAttributeServices } from './add-search-attributes.js';

type Request = temporal.api.workflowservice.v1.IGetSearchAttributesRequest;
type Response = temporal.api.workflowservice.v1.IGetSearchAttributesResponse;

export const getSearchAttributes =
  ({ namespaces, searchAttributeRegistry }: SearchAttributeServices): RpcHandler<Request, Response> =>
  () => {
    const custom = namespaces.list().map((namespace) => searchAttributeRegistry.custom(namespace.id));
    return { keys: Object.assign({}, ...custom, SYSTEM_SEARCH_ATTRIBUTES) as Record<string, number> };
  };
