/** CreateNexusEndpoint: a name under which workflows call handlers. */
import { endpointToProto } from '../../nexus/endpoint-registry.js';
import type { temporal } from '../../proto/root.js';
import { requireEndpointSpec } from '../nexus-endpoint-request.js';
import type { NexusEndpointServices } from '../nexus-endpoint-request.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.operatorservice.v1.ICreateNexusEndpointRequest;
type Response = temporal.api.operatorservice.v1.ICreateNexusEndpointResponse;

export const createNexusEndpoint =
  ({ nexusEndpoints, namespaces, store }: NexusEndpointServices): RpcHandler<Request, Response> =>
  async (request) => {
    const endpoint = nexusEndpoints.create(requireEndpointSpec(namespaces, request.spec));
    await store.committed();
    return { endpoint: endpointToProto(endpoint, (id) => namespaces.requireById(id).name) };
  };
