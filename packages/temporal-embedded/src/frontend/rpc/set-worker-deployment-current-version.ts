/** SetWorkerDeploymentCurrentVersion: new work goes to this version from now on. */
import { InvalidArgumentError } from '../../errors.js';
import { conflictToken, setCurrent } from '../../worker-deployments/deployment-changes.js';
import { versionText, versionToProto } from '../../worker-deployments/version-name.js';
import { deploymentToRoute, missesBacklog, requestedBuildId } from '../deployment-services.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { DeploymentServices } from '../deployment-services.js';

type Request = temporal.api.workflowservice.v1.ISetWorkerDeploymentCurrentVersionRequest;
type Response = temporal.api.workflowservice.v1.ISetWorkerDeploymentCurrentVersionResponse;

export const setWorkerDeploymentCurrentVersion =
  (services: DeploymentServices): RpcHandler<Request, Response> =>
  async (request) => {
    const { clock, deployments, namespaces, store } = services;
    const namespace = namespaces.require(request.namespace);
    const name = request.deploymentName ?? '';
    if (name === '') throw new InvalidArgumentError('deployment name cannot be empty');
    const buildId = requestedBuildId(name, request) ?? '';
    const before = deploymentToRoute(services, namespace.id, name, request.allowNoPollers === true);
    const misses = missesBacklog(services, before);
    const after = deployments.change(before, (draft) =>
      setCurrent(draft, buildId, {
        identity: request.identity ?? '',
        conflictToken: request.conflictToken ?? new Uint8Array(0),
        allowNoPollers: request.allowNoPollers === true,
        findMissing: (from, to) => request.ignoreMissingTaskQueues !== true && misses(from, to),
        nowMs: clock.nowMs(),
      }),
    );
    const previousBuildId = before === after ? buildId : before.currentBuildId;
    const previous = previousBuildId === '' ? undefined : { deploymentName: name, buildId: previousBuildId };
    await store.committed();
    return {
      conflictToken: conflictToken(after),
      previousVersion: versionText(previous),
      previousDeploymentVersion: versionToProto(previous),
    };
  };
