/** DeleteWorkerDeploymentVersion: one that gets no work, has drained, and has no workers. */
import { NotFoundError } from '../../errors.js';
import { findVersion } from '../../worker-deployments/deployment.js';
import { deleteVersion } from '../../worker-deployments/deployment-changes.js';
import { requireDeploymentName, versionText } from '../../worker-deployments/version-name.js';
import { refreshed, requireVersionName } from '../deployment-services.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { DeploymentServices } from '../deployment-services.js';

type Request = temporal.api.workflowservice.v1.IDeleteWorkerDeploymentVersionRequest;
type Response = temporal.api.workflowservice.v1.IDeleteWorkerDeploymentVersionResponse;

export const deleteWorkerDeploymentVersion =
  (services: DeploymentServices): RpcHandler<Request, Response> =>
  async (request) => {
    const { deployments, matching, namespaces, store } = services;
    const namespace = namespaces.require(request.namespace);
    const name = requireVersionName(request);
    requireDeploymentName(name.deploymentName);
    const deployment = await refreshed(services, deployments.find(namespace.id, name.deploymentName));
    if (!deployment) throw new NotFoundError(`workflow not found for ID: ${name.deploymentName}`);
    const queues = findVersion(deployment, name.buildId)?.taskQueues ?? [];
    deployments.change(deployment, (draft) =>
      deleteVersion(draft, name.buildId, {
        identity: request.identity ?? '',
        skipDrainage: request.skipDrainage === true,
        hasPollers: queues.some((queue) => matching.hasPollers(namespace.id, queue, versionText(name))),
      }),
    );
    await store.committed();
    return {};
  };
