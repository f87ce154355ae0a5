/** DescribeWorkerDeploymentVersion: a version, its task queues, and how far it has drained. */
import { InvalidArgumentError } from '../../errors.js';
import { int64FromNumber } from '../../proto/int64.js';
import { describeVersion } from '../../worker-deployments/deployment-info.js';
import { versionText } from '../../worker-deployments/version-name.js';
import { requireVersion, requireVersionName } from '../deployment-services.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { DeploymentServices } from '../deployment-services.js';

type Request = temporal.api.workflowservice.v1.IDescribeWorkerDeploymentVersionRequest;
type Response = temporal.api.workflowservice.v1.IDescribeWorkerDeploymentVersionResponse;

export const describeWorkerDeploymentVersion =
  (services: DeploymentServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = services.namespaces.require(request.namespace);
    if (!request.version && !request.deploymentVersion) {
      throw new InvalidArgumentError('deployment version cannot be empty');
    }
    const name = requireVersionName(request);
    const { deployment, version } = await requireVersion(services, namespace.id, name);
    const statsOf = (queue: { readonly name: string; readonly type: number }) =>
      request.reportTaskQueueStats
        ? {
            stats: {
              approximateBacklogCount: int64FromNumber(
                services.matching.backlogOf(namespace.id, queue, versionText(name)),
              ),
            },
          }
        : {};
    await services.store.committed();
    return {
      workerDeploymentVersionInfo: describeVersion(deployment, version),
      versionTaskQueues: version.taskQueues.map((queue) => ({ name: queue.name, type: queue.type, ...statsOf(queue) })),
    };
  };
