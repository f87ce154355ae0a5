/** ListNexusEndpoints: pages by id, or the one of a name. */
import { InvalidArgumentError } from '../../errors.js';
import { endpointToProto } from '../../nexus/endpoint-registry.js';
import type { temporal } from '../../proto/root.js';
import type { NexusEndpointServices } from '../nexus-endpoint-request.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.operatorservice.v1.IListNexusEndpointsRequest;
type Response = temporal.api.operatorservice.v1.IListNexusEndpointsResponse;

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1000;

export const listNexusEndpoints =
  ({ nexusEndpoints, namespaces, store }: NexusEndpointServices): RpcHandler<Request, Response> =>
  async (request) => {
    const pageSize = requirePageSize(request.pageSize ?? 0);
    const name = request.name ?? '';
    const fromId = Buffer.from(request.nextPageToken ?? []).toString('utf8');
    const found = nexusEndpoints
      .list()
      .filter((endpoint) => (name === '' ? endpoint.id >= fromId : endpoint.name === name));
    const next = found[pageSize];
    await store.committed();
    return {
      endpoints: found
        .slice(0, pageSize)
        .map((endpoint) => endpointToProto(endpoint, (id) => namespaces.requireById(id).name)),
      ...(next ? { nextPageToken: Buffer.from(next.id, 'utf8') } : {}),
    };
  };

function requirePageSize(pageSize: number): number {
  if (pageSize < 0) throw new InvalidArgumentError('page_size is negative');
  if (pageSize > MAX_PAGE_SIZE) throw new InvalidArgumentError(`page_size exceeds limit of ${MAX_PAGE_SIZE}`);
  return pageSize || DEFAULT_PAGE_SIZE;
}
