/** ListWorkers: the workers that have said how they are, all on one page, as in the official service. */
import { UnimplementedError } from '../../errors.js';
import type { temporal } from '../../proto/root.js';
import { workerFilter } from '../../workers/worker-filter.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IListWorkersRequest;
type Response = temporal.api.workflowservice.v1.IListWorkersResponse;

export const listWorkers =
  ({ namespaces, settings, workers }: WorkflowServices): RpcHandler<Request, Response> =>
  (request) => {
    if (!settings.listWorkers) throw new UnimplementedError('method ListWorkers not supported');
    const namespace = namespaces.require(request.namespace);
    const found = workers.list(namespace.id, workerFilter(request.query ?? ''));
    return { workersInfo: found.map((workerHeartbeat) => ({ workerHeartbeat })) };
  };
