/** SetWorkerDeploymentRampingVersion: a share of new work goes to this version. */
import { InvalidArgumentError } from '../../errors.js';
import { conflictToken, rampOf, setRamping } from '../../worker-deployments/deployment-changes.js';
import { versionText, versionToProto } from '../../worker-deployments/version-name.js';
import { deploymentToRoute, missesBacklog, requestedBuildId } from '../deployment-services.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { DeploymentServices } from '../deployment-services.js';

type Request = temporal.api.workflowservice.v1.ISetWorkerDeploymentRampingVersionRequest;
type Response = temporal.api.workflowservice.v1.ISetWorkerDeploymentRampingVersionResponse;

export const setWorkerDeploymentRampingVersion =
  (services: DeploymentServices): RpcHandler<Request, Response> =>
  async (request) => {
    const { clock, deployments, namespaces, store } = services;
    const namespace = namespaces.require(request.namespace);
    const name = request.deploymentName ?? '';
    const percentage = request.percentage ?? 0;
    if (percentage < 0 || percentage > 100) {
      throw new InvalidArgumentError('Percentage must be between 0 and 100 (inclusive)');
    }
    // No version and a percentage: unversioned workers. No version and none: nothing ramps any more.
    const buildId = requestedBuildId(name, request) ?? (percentage > 0 ? '' : undefined);
    const before = deploymentToRoute(services, namespace.id, name, request.allowNoPollers === true);
    const misses = missesBacklog(services, before);
    const after = deployments.change(before, (draft) =>
      setRamping(
        draft,
        { buildId, percentage },
        {
          identity: request.identity ?? '',
          conflictToken: request.conflictToken ?? new Uint8Array(0),
          allowNoPollers: request.allowNoPollers === true,
          findMissing: (from, to) => request.ignoreMissingTaskQueues !== true && misses(from, to),
          nowMs: clock.nowMs(),
        },
      ),
    );
    const ramp = before === after ? buildId : rampOf(before);
    const previous = ramp ? { deploymentName: name, buildId: ramp } : undefined;
    await store.committed();
    return {
      conflictToken: conflictToken(after),
      previousVersion: ramp === undefined ? '' : versionText(previous),
      previousDeploymentVersion: versionToProto(previous),
      previousPercentage: before === after ? percentage : before.rampPercentage,
    };
  };
