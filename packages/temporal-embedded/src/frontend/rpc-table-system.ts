/** The rpcs of WorkflowService that concern the service itself and its namespaces. */
import type { SearchAttributeServices } from './rpc/add-search-attributes.js';
import { deprecateNamespace } from './rpc/deprecate-namespace.js';
import { describeNamespace } from './rpc/describe-namespace.js';
import { getClusterInfo } from './rpc/get-cluster-info.js';
import { getSearchAttributes } from './rpc/get-search-attributes.js';
import { getSystemInfo } from './rpc/get-system-info.js';
import { listNamespaces } from './rpc/list-namespaces.js';
import { registerNamespace } from './rpc/register-namespace.js';
import { updateNamespace } from './rpc/update-namespace.js';
import type { EndpointRegistry } from '../nexus/endpoint-registry.js';
import type { NamespaceServices } from './namespace-services.js';
import type { RpcTable } from './rpc-table.js';

export interface SystemServices extends SearchAttributeServices, NamespaceServices {
  readonly clusterId: string;
  readonly nexusEndpoints: EndpointRegistry;
}

export const systemRpcs = (services: SystemServices): RpcTable => ({
  GetSystemInfo: getSystemInfo,
  GetClusterInfo: getClusterInfo(services),
  RegisterNamespace: registerNamespace(services),
  DescribeNamespace: describeNamespace(services),
  ListNamespaces: listNamespaces(services),
  UpdateNamespace: updateNamespace(services),
  DeprecateNamespace: deprecateNamespace(services),
  GetSearchAttributes: getSearchAttributes(services),
});
