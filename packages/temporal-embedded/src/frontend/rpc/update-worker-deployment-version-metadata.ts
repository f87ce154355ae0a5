/** UpdateWorkerDeploymentVersionMetadata: notes of a version, for people and tools. */
import { InvalidArgumentError } from '../../errors.js';
import { temporalProto } from '../../proto/root.js';
import { findVersion } from '../../worker-deployments/deployment.js';
import { requireVersion, requireVersionName } from '../deployment-services.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { DeploymentServices } from '../deployment-services.js';

type Request = temporal.api.workflowservice.v1.IUpdateWorkerDeploymentVersionMetadataRequest;
type Response = temporal.api.workflowservice.v1.IUpdateWorkerDeploymentVersionMetadataResponse;

const { VersionMetadata } = temporalProto.api.deployment.v1;

export const updateWorkerDeploymentVersionMetadata =
  (services: DeploymentServices): RpcHandler<Request, Response> =>
  async (request) => {
    const upserts = Object.entries(request.upsertEntries ?? {});
    const removals = new Set(request.removeEntries ?? []);
    if (upserts.length === 0 && removals.size === 0) {
      throw new InvalidArgumentError('At least one of remove_entries or upsert_entries must be provided');
    }
    const namespace = services.namespaces.require(request.namespace);
    const { deployment, version } = await requireVersion(services, namespace.id, requireVersionName(request));
    const known = Object.entries(VersionMetadata.decode(version.metadata).entries ?? {});
    const entries = Object.fromEntries([...known, ...upserts].filter(([key]) => !removals.has(key)));
    services.deployments.change(deployment, (draft) => {
      const target = findVersion(draft, version.buildId);
      if (target) target.metadata = VersionMetadata.encode({ entries }).finish();
      return target !== undefined;
    });
    await services.store.committed();
    return { metadata: { entries } };
  };
