/** GetNexusEndpoint: one endpoint, by its id. */
import { NotFoundError } from '../../errors.js';
import { endpointToProto } from '../../nexus/endpoint-registry.js';
import type { temporal } from '../../proto/root.js';
import { idIssues, requireNoIssues } from '../nexus-endpoint-request.js';
import type { NexusEndpointServices } from '../nexus-endpoint-request.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.operatorservice.v1.IGetNexusEndpointRequest;
type Response = temporal.api.operatorservice.v1.IGetNexusEndpointResponse;

export const getNexusEndpoint =
  ({ nexusEndpoints, namespaces, store }: NexusEndpointServices): RpcHandler<Request, Response> =>
  async (request) => {
    const id = request.id ?? '';
    requireNoIssues(idIssues(id));
    const endpoint = nexusEndpoints.findById(id);
    if (!endpoint) throw new NotFoundError(`Nexus endpoint with ID \`${id}\` not found`);
    await store.committed();
    return { endpoint: endpointToProto(endpoint, (namespaceId) => namespaces.requireById(namespaceId).name) };
  };
