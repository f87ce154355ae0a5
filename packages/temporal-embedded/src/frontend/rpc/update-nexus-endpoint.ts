/** UpdateNexusEndpoint: replaces what an endpoint says, if it is still the version that the caller knows. */
import { numberFromInt64 } from '../../history/proto-time.js';
import type { Int64 } from '../../history/proto-time.js';
import { endpointToProto } from '../../nexus/endpoint-registry.js';
import type { temporal } from '../../proto/root.js';
import { requireEndpointSpec } from '../nexus-endpoint-request.js';
import type { NexusEndpointServices } from '../nexus-endpoint-request.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.operatorservice.v1.IUpdateNexusEndpointRequest;
type Response = temporal.api.operatorservice.v1.IUpdateNexusEndpointResponse;

export const updateNexusEndpoint =
  ({ nexusEndpoints, namespaces, store }: NexusEndpointServices): RpcHandler<Request, Response> =>
  async (request) => {
    const spec = requireEndpointSpec(namespaces, request.spec);
    const endpoint = nexusEndpoints.update(request.id ?? '', numberFromInt64(request.version as Int64), spec);
    await store.committed();
    return { endpoint: endpointToProto(endpoint, (id) => namespaces.requireById(id).name) };
  };
