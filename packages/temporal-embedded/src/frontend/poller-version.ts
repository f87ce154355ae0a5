/** The version that a polling worker says it is; what polls is known to its deployment from then on. */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import type { DeploymentRegistry } from '../worker-deployments/deployment-registry.js';
import { requireBuildId, requireDeploymentName, versionText } from '../worker-deployments/version-name.js';

const VERSIONED = temporalProto.api.enums.v1.WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED;

/** `deployment.build`; '' for an unversioned worker. Throws InvalidArgumentError when the names cannot be. */
export function pollerVersion(
  deployments: DeploymentRegistry,
  namespaceId: string,
  taskQueue: { readonly name: string; readonly type: number },
  options: temporal.api.deployment.v1.IWorkerDeploymentOptions | null | undefined,
): string {
  if (options?.workerVersioningMode !== VERSIONED) return '';
  const version = {
    deploymentName: requireDeploymentName(options.deploymentName),
    buildId: requireBuildId(options.buildId),
  };
  deployments.seeWorker(namespaceId, version, taskQueue);
  return versionText(version);
}
