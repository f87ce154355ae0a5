/** What the rpcs about worker deployments stand on, and what they have in common. */
import type { Clock } from '../clock/clock.js';
import { FailedPreconditionError, InvalidArgumentError, NotFoundError } from '../errors.js';
import type { NamespaceLookup } from '../history/ports.js';
import type { Matching } from '../matching/matching.js';
import type { Store } from '../persistence/store.js';
import type { temporal } from '../proto/root.js';
import type { VisibilityManager } from '../visibility/visibility-manager.js';
import { DrainageStatus, VersionStatus, findVersion } from '../worker-deployments/deployment.js';
import type { Deployment, DeploymentVersion } from '../worker-deployments/deployment.js';
import type { DeploymentRegistry } from '../worker-deployments/deployment-registry.js';
import {
  UNVERSIONED,
  requireBuildId,
  requireDeploymentName,
  tryParseVersion,
  versionFromProto,
  versionText,
} from '../worker-deployments/version-name.js';
import type { VersionName } from '../worker-deployments/version-name.js';

export interface DeploymentServices {
  readonly deployments: DeploymentRegistry;
  readonly matching: Matching;
  readonly namespaces: NamespaceLookup;
  readonly visibility: VisibilityManager;
  readonly store: Store;
  readonly clock: Clock;
}

/** A version that is left is not looked at before: what it has begun may not be listed yet. The official server's number. */
const DRAINAGE_GRACE_MS = 3 * 60_000;

/** The build id that a request to change routing means; '' for unversioned workers, undefined when it names none. */
export function requestedBuildId(
  deploymentName: string,
  request: { readonly version?: string | null; readonly buildId?: string | null },
): string | undefined {
  const text = request.version ?? '';
  if (text === '') return request.buildId || undefined;
  if (text === UNVERSIONED) return '';
  const version = tryParseVersion(text);
  if (!version) {
    throw new InvalidArgumentError(
      `invalid version string: expected delimiter ':' or '.' not found in version string ${text}`,
    );
  }
  if (version.deploymentName !== deploymentName) {
    throw new InvalidArgumentError(
      `invalid version string '${text}' does not match deployment name '${deploymentName}'`,
    );
  }
  return version.buildId;
}

/** The version that a request names in one of two ways. */
export function requireVersionName(request: {
  readonly version?: string | null;
  readonly deploymentVersion?: temporal.api.deployment.v1.IWorkerDeploymentVersion | null;
}): VersionName {
  if (request.deploymentVersion) return versionFromProto(request.deploymentVersion);
  const text = request.version ?? '';
  const version = tryParseVersion(text);
  if (version) return version;
  throw new InvalidArgumentError(
    `invalid version string ${JSON.stringify(text)}, expected format is "<deployment_name>.<build_id>"`,
  );
}

/** For a change of routing: the deployment, made when the caller may do without workers. */
export function deploymentToRoute(
  { deployments }: DeploymentServices,
  namespaceId: string,
  name: string,
  allowNoPollers: boolean,
): Deployment {
  requireDeploymentName(name);
  const found = deployments.find(namespaceId, name);
  if (found) return found;
  if (allowNoPollers) return deployments.findOrNew(namespaceId, name);
  throw new FailedPreconditionError(
    `no Worker Deployment found with name ${name}; does your Worker Deployment have pollers?`,
  );
}

export interface FoundVersion {
  readonly deployment: Deployment;
  readonly version: DeploymentVersion;
}

/** Throws NotFoundError. */
export async function requireVersion(
  services: DeploymentServices,
  namespaceId: string,
  name: VersionName,
): Promise<FoundVersion> {
  requireDeploymentName(name.deploymentName);
  requireBuildId(name.buildId);
  const deployment = await refreshed(services, services.deployments.find(namespaceId, name.deploymentName));
  const version = deployment && findVersion(deployment, name.buildId);
  if (!deployment || !version) throw new NotFoundError('Worker Deployment Version not found');
  return { deployment, version };
}

/** The same deployment, with draining versions that have no open workflow any more as drained. */
export async function refreshed<D extends Deployment | undefined>(
  services: DeploymentServices,
  deployment: D,
): Promise<D> {
  if (!deployment) return deployment;
  const nowMs = services.clock.nowMs();
  const drained = new Set<string>();
  for (const version of deployment.versions) {
    if (version.drainageStatus !== DrainageStatus.VERSION_DRAINAGE_STATUS_DRAINING) continue;
    if (nowMs - version.drainageChangedMs < DRAINAGE_GRACE_MS) continue;
    if (!(await hasOpenWorkflows(services, deployment, version))) drained.add(version.buildId);
  }
  if (drained.size === 0) return deployment;
  // It may have changed while the workflows were counted.
  const latest = services.deployments.find(deployment.namespaceId, deployment.name) ?? deployment;
  return services.deployments.change(latest, (draft) => {
    for (const version of draft.versions) {
      if (!drained.has(version.buildId)) continue;
      if (version.drainageStatus !== DrainageStatus.VERSION_DRAINAGE_STATUS_DRAINING) continue;
      version.status = VersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED;
      version.drainageStatus = DrainageStatus.VERSION_DRAINAGE_STATUS_DRAINED;
      version.drainageChangedMs = nowMs;
      version.drainageCheckedMs = nowMs;
    }
    return true;
  }) as D;
}

async function hasOpenWorkflows(
  { visibility }: DeploymentServices,
  { namespaceId, name }: Deployment,
  { buildId }: DeploymentVersion,
): Promise<boolean> {
  const query = `BuildIds = 'pinned:${name}:${buildId}' AND ExecutionStatus = 'Running'`;
  const { count } = await visibility.count(namespaceId, query);
  return Number(count) > 0;
}

/** Whether a change of version would leave tasks of a queue that the new version does not serve. */
export const missesBacklog =
  ({ matching }: DeploymentServices, { namespaceId, name }: Pick<Deployment, 'namespaceId' | 'name'>) =>
  (from: DeploymentVersion, to: DeploymentVersion): boolean =>
    from.taskQueues.some(
      (queue) =>
        !to.taskQueues.some((each) => each.name === queue.name && each.type === queue.type) &&
        matching.backlogOf(namespaceId, queue, versionText({ deploymentName: name, buildId: from.buildId })) > 0,
    );
