/** DeleteWorkerDeployment: one that has no versions (any more); of none it is done already. */
import { FailedPreconditionError } from '../../errors.js';
import { requireDeploymentName } from '../../worker-deployments/version-name.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { DeploymentServices } from '../deployment-services.js';

type Request = temporal.api.workflowservice.v1.IDeleteWorkerDeploymentRequest;
type Response = temporal.api.workflowservice.v1.IDeleteWorkerDeploymentResponse;

export const deleteWorkerDeployment =
  ({ deployments, namespaces, store }: DeploymentServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const deployment = deployments.find(namespace.id, requireDeploymentName(request.deploymentName));
    if (deployment && deployment.versions.length > 0) {
      throw new FailedPreconditionError("deployment has versions, can't be deleted");
    }
    if (deployment) deployments.delete(deployment);
    await store.committed();
    return {};
  };
