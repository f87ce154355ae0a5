/** DescribeWorkerDeployment: a deployment, its versions and where new work goes. */
import { NotFoundError } from '../../errors.js';
import { conflictToken } from '../../worker-deployments/deployment-changes.js';
import { describeDeployment } from '../../worker-deployments/deployment-info.js';
import { requireDeploymentName } from '../../worker-deployments/version-name.js';
import { refreshed } from '../deployment-services.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { DeploymentServices } from '../deployment-services.js';

type Request = temporal.api.workflowservice.v1.IDescribeWorkerDeploymentRequest;
type Response = temporal.api.workflowservice.v1.IDescribeWorkerDeploymentResponse;

export const describeWorkerDeployment =
  (services: DeploymentServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = services.namespaces.require(request.namespace);
    const name = requireDeploymentName(request.deploymentName);
    const deployment = await refreshed(services, services.deployments.find(namespace.id, name));
    if (!deployment) throw new NotFoundError('Worker Deployment not found');
    await services.store.committed();
    return { workerDeploymentInfo: describeDeployment(deployment), conflictToken: conflictToken(deployment) };
  };
