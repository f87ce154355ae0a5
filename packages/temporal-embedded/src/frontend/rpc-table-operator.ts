/** The rpcs of OperatorService: administration of namespaces, search attributes and the cluster. */
import type { NamespaceRegistry } from '../namespaces/namespace-registry.js';
import { addSearchAttributes } from './rpc/add-search-attributes.js';
import type { SearchAttributeServices } from './rpc/add-search-attributes.js';
import { deleteNamespace } from './rpc/delete-namespace.js';
import type { DeleteNamespaceServices } from './rpc/delete-namespace.js';
import { createNexusEndpoint } from './rpc/create-nexus-endpoint.js';
import { deleteNexusEndpoint } from './rpc/delete-nexus-endpoint.js';
import { getNexusEndpoint } from './rpc/get-nexus-endpoint.js';
import { listNexusEndpoints } from './rpc/list-nexus-endpoints.js';
import { updateNexusEndpoint } from './rpc/update-nexus-endpoint.js';
import type { NexusEndpointServices } from './nexus-endpoint-request.js';
import { listClusters } from './rpc/list-clusters.js';
import { listSearchAttributes } from './rpc/list-search-attributes.js';
import { removeSearchAttributes } from './rpc/remove-search-attributes.js';
import type { RpcTable } from './rpc-table.js';

export interface OperatorServices extends SearchAttributeServices, DeleteNamespaceServices, NexusEndpointServices {
  readonly namespaces: NamespaceRegistry;
  readonly clusterId: string;
}

export const operatorRpcs = (services: OperatorServices): RpcTable => ({
  AddSearchAttributes: addSearchAttributes(services),
  RemoveSearchAttributes: removeSearchAttributes(services),
  ListSearchAttributes: listSearchAttributes(services),
  DeleteNamespace: deleteNamespace(services),
  ListClusters: listClusters(services),
  CreateNexusEndpoint: createNexusEndpoint(services),
  UpdateNexusEndpoint: updateNexusEndpoint(services),
  DeleteNexusEndpoint: deleteNexusEndpoint(services),
  GetNexusEndpoint: getNexusEndpoint(services),
  ListNexusEndpoints: listNexusEndpoints(services),
});
