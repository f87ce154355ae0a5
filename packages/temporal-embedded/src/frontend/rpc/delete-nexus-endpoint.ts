/** DeleteNexusEndpoint: operations that are still to be started by it fail. */
import { numberFromInt64 } from '../../history/proto-time.js';
import type { Int64 } from '../../history/proto-time.js';
import type { temporal } from '../../proto/root.js';
import { idIssues, requireNoIssues } from '../nexus-endpoint-request.js';
import type { NexusEndpointServices } from '../nexus-endpoint-request.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.operatorservice.v1.IDeleteNexusEndpointRequest;
type Response = temporal.api.operatorservice.v1.IDeleteNexusEndpointResponse;

export const deleteNexusEndpoint =
  ({ nexusEndpoints, store }: NexusEndpointServices): RpcHandler<Request, Response> =>
  async (request) => {
    const issues = idIssues(request.id ?? '');
    if (numberFromInt64(request.version as Int64) <= 0) issues.push('endpoint version is non-positive');
    requireNoIssues(issues);
    nexusEndpoints.delete(request.id ?? '');
    await store.committed();
    return {};
  };
