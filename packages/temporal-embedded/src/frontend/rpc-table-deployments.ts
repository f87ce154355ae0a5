/** The rpcs of WorkflowService about worker deployments and their versions. */
import type { DeploymentServices } from './deployment-services.js';
import { deleteWorkerDeployment } from './rpc/delete-worker-deployment.js';
import { deleteWorkerDeploymentVersion } from './rpc/delete-worker-deployment-version.js';
import { describeWorkerDeployment } from './rpc/describe-worker-deployment.js';
import { describeWorkerDeploymentVersion } from './rpc/describe-worker-deployment-version.js';
import { listWorkerDeployments } from './rpc/list-worker-deployments.js';
import { setWorkerDeploymentCurrentVersion } from './rpc/set-worker-deployment-current-version.js';
import { setWorkerDeploymentManager } from './rpc/set-worker-deployment-manager.js';
import { setWorkerDeploymentRampingVersion } from './rpc/set-worker-deployment-ramping-version.js';
import { updateWorkerDeploymentVersionMetadata } from './rpc/update-worker-deployment-version-metadata.js';
import type { RpcTable } from './rpc-table.js';

export const deploymentRpcs = (services: DeploymentServices): RpcTable => ({
  SetWorkerDeploymentCurrentVersion: setWorkerDeploymentCurrentVersion(services),
  SetWorkerDeploymentRampingVersion: setWorkerDeploymentRampingVersion(services),
  ListWorkerDeployments: listWorkerDeployments(services),
  DescribeWorkerDeployment: describeWorkerDeployment(services),
  DescribeWorkerDeploymentVersion: describeWorkerDeploymentVersion(services),
  DeleteWorkerDeployment: deleteWorkerDeployment(services),
  DeleteWorkerDeploymentVersion: deleteWorkerDeploymentVersion(services),
  UpdateWorkerDeploymentVersionMetadata: updateWorkerDeploymentVersionMetadata(services),
  SetWorkerDeploymentManager: setWorkerDeploymentManager(services),
});
