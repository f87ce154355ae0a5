/** ListWorkerDeployments: pages by name. */
import { summarizeDeployment } from '../../worker-deployments/deployment-info.js';
import { refreshed } from '../deployment-services.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { DeploymentServices } from '../deployment-services.js';

type Request = temporal.api.workflowservice.v1.IListWorkerDeploymentsRequest;
type Response = temporal.api.workflowservice.v1.IListWorkerDeploymentsResponse;

const MAX_PAGE_SIZE = 1000;

export const listWorkerDeployments =
  (services: DeploymentServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = services.namespaces.require(request.namespace);
    const asked = request.pageSize ?? 0;
    const pageSize = asked <= 0 || asked > MAX_PAGE_SIZE ? MAX_PAGE_SIZE : asked;
    const from = Buffer.from(request.nextPageToken ?? []).toString('utf8');
    const found = services.deployments.list(namespace.id).filter(({ name }) => name >= from);
    const next = found[pageSize];
    const shown = await Promise.all(found.slice(0, pageSize).map((deployment) => refreshed(services, deployment)));
    await services.store.committed();
    return {
      workerDeployments: shown.map(summarizeDeployment),
      ...(next ? { nextPageToken: Buffer.from(next.name, 'utf8') } : {}),
    };
  };
