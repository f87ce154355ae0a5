/**
 * What may be done to a deployment, as changes of one that is a copy of the stored one. Each says no with the official
 * server's words before it has changed anything.
 */
import { FailedPreconditionError, NotFoundError } from '../errors.js';
import { DrainageStatus, VersionStatus, findVersion, newVersion } from './deployment.js';
import type { Deployment, DeploymentVersion } from './deployment.js';
import { versionText } from './version-name.js';

export interface RoutingChange {
  readonly identity: string;
  readonly conflictToken: Uint8Array;
  /** A version that no worker has been seen of is made. */
  readonly allowNoPollers: boolean;
  /** Task queues of the version before, which would get tasks, that the new one does not serve. */
  readonly findMissing: (from: DeploymentVersion, to: DeploymentVersion) => boolean;
  readonly nowMs: number;
}

/** Makes a version the current one; '' for unversioned workers. Returns whether anything had to change. */
export function setCurrent(deployment: Deployment, buildId: string, change: RoutingChange): boolean {
  if (deployment.currentBuildId === buildId && deployment.lastModifierIdentity === change.identity) return false;
  requireToken(deployment, change.conflictToken);
  if (buildId !== '') requireVersion(deployment, buildId, change);
  requireManager(deployment, change.identity);
  const previous = findVersion(deployment, deployment.currentBuildId);
  const next = buildId === '' ? undefined : ensureVersion(deployment, buildId, change.nowMs);
  if (previous && next && change.findMissing(previous, next)) {
    throw new FailedPreconditionError(
      'proposed current version is missing active task queues from the current version; these would become unversioned if it is set as the current version',
    );
  }
  const { nowMs } = change;
  if (next) activate(next, { currentSinceMs: nowMs, rampingSinceMs: 0, rampPercentage: 0 }, nowMs);
  if (previous && previous !== next) deactivate(previous, nowMs);
  deployment.currentBuildId = buildId;
  deployment.currentChangedMs = nowMs;
  const wasRamping = buildId === '' ? deployment.isRampingUnversioned : deployment.rampingBuildId === buildId;
  if (wasRamping) {
    Object.assign(deployment, {
      rampingBuildId: '',
      isRampingUnversioned: false,
      rampPercentage: 0,
      rampingChangedMs: nowMs,
      percentageChangedMs: nowMs,
    });
  }
  sign(deployment, change.identity);
  return true;
}

export interface Ramp {
  /** Undefined: nothing ramps any more. '' for unversioned workers. */
  readonly buildId: string | undefined;
  /** 0 to 100. */
  readonly percentage: number;
}

/** Sends a share of new work to a version. Returns whether anything had to change. */
export function setRamping(deployment: Deployment, ramp: Ramp, change: RoutingChange): boolean {
  const { buildId, percentage } = ramp;
  const { nowMs } = change;
  const isSame = rampOf(deployment) === buildId;
  if (isSame && percentage === deployment.rampPercentage && change.identity === deployment.lastModifierIdentity) {
    return false;
  }
  requireToken(deployment, change.conflictToken);
  if (buildId !== undefined && buildId === deployment.currentBuildId && !(buildId === '' && percentage === 0)) {
    throw new FailedPreconditionError(
      `requested ramping version ${versionText(buildId === '' ? undefined : { deploymentName: deployment.name, buildId })} is already current`,
    );
  }
  if (buildId) requireVersion(deployment, buildId, change);
  requireManager(deployment, change.identity);
  const previous = findVersion(deployment, deployment.rampingBuildId);
  const next = buildId ? ensureVersion(deployment, buildId, nowMs) : undefined;
  const current = findVersion(deployment, deployment.currentBuildId);
  if (!isSame && next && current && change.findMissing(current, next)) {
    throw new FailedPreconditionError(
      'proposed ramping version is missing active task queues from the current version; these would become unversioned if it is set as the ramping version',
    );
  }
  const since = isSame ? deployment.rampingChangedMs : nowMs;
  if (next) activate(next, { currentSinceMs: 0, rampingSinceMs: since, rampPercentage: percentage }, nowMs);
  if (previous && previous !== next) deactivate(previous, nowMs);
  deployment.rampingBuildId = buildId ?? '';
  deployment.isRampingUnversioned = buildId === '';
  deployment.rampPercentage = percentage;
  deployment.rampingChangedMs = buildId === undefined ? nowMs : since;
  deployment.percentageChangedMs = nowMs;
  sign(deployment, change.identity);
  return true;
}

/** Gives one client the sole right to change it; '' gives it back to all. Returns whether anything had to change. */
export function setManager(
  deployment: Deployment,
  managerIdentity: string,
  change: Pick<RoutingChange, 'identity' | 'conflictToken'>,
): boolean {
  if (deployment.managerIdentity === managerIdentity && deployment.lastModifierIdentity === change.identity)
    return false;
  requireToken(deployment, change.conflictToken);
  deployment.managerIdentity = managerIdentity;
  sign(deployment, change.identity);
  return true;
}

/** Takes a version away; one that is not there is gone already. */
export function deleteVersion(
  deployment: Deployment,
  buildId: string,
  options: { readonly identity: string; readonly skipDrainage: boolean; readonly hasPollers: boolean },
): boolean {
  const version = findVersion(deployment, buildId);
  if (!version) return false;
  if (deployment.currentBuildId === buildId || deployment.rampingBuildId === buildId) {
    throw new FailedPreconditionError('Version cannot be deleted since it is current or ramping.');
  }
  requireManager(deployment, options.identity);
  if (!options.skipDrainage && version.drainageStatus === DrainageStatus.VERSION_DRAINAGE_STATUS_DRAINING) {
    throw new FailedPreconditionError('Version cannot be deleted since it is draining.');
  }
  if (options.hasPollers) {
    throw new FailedPreconditionError('Version cannot be deleted since it has active pollers.');
  }
  deployment.versions = deployment.versions.filter((each) => each !== version);
  deployment.lastModifierIdentity = options.identity;
  return true;
}

/** A worker of a version polls a task queue. Returns whether that was news. */
export function registerWorker(
  deployment: Deployment,
  buildId: string,
  taskQueue: { readonly name: string; readonly type: number },
  nowMs: number,
): boolean {
  const version = findVersion(deployment, buildId);
  if (version?.taskQueues.some(({ name, type }) => name === taskQueue.name && type === taskQueue.type)) return false;
  (version ?? ensureVersion(deployment, buildId, nowMs)).taskQueues.push({ ...taskQueue });
  return true;
}

/** What ramps: a build id, '' for unversioned workers, undefined for nothing. */
export function rampOf(deployment: Deployment): string | undefined {
  if (deployment.isRampingUnversioned) return '';
  return deployment.rampingBuildId === '' ? undefined : deployment.rampingBuildId;
}

export const conflictToken = (deployment: Deployment): Uint8Array => Buffer.from(`r${deployment.revision}`, 'utf8');

function ensureVersion(deployment: Deployment, buildId: string, nowMs: number): DeploymentVersion {
  const known = findVersion(deployment, buildId);
  if (known) return known;
  const version = newVersion(buildId, nowMs);
  deployment.versions.push(version);
  return version;
}

function requireVersion(deployment: Deployment, buildId: string, { allowNoPollers }: RoutingChange): void {
  if (!allowNoPollers && !findVersion(deployment, buildId)) throw new NotFoundError('Version not found in deployment');
}

function requireToken(deployment: Deployment, token: Uint8Array): void {
  if (token.length > 0 && !Buffer.from(token).equals(conflictToken(deployment))) {
    throw new FailedPreconditionError('conflict token mismatch');
  }
}

function requireManager(deployment: Deployment, identity: string): void {
  const { managerIdentity } = deployment;
  if (managerIdentity === '' || managerIdentity === identity) return;
  throw new FailedPreconditionError(
    `ManagerIdentity '${managerIdentity}' is set and does not match user identity '${identity}'; to proceed, set your own identity as the ManagerIdentity, remove the ManagerIdentity, or wait for the other client to do so`,
  );
}

function activate(
  version: DeploymentVersion,
  routing: Pick<DeploymentVersion, 'currentSinceMs' | 'rampingSinceMs' | 'rampPercentage'>,
  nowMs: number,
): void {
  const isCurrent = routing.currentSinceMs > 0;
  // As the official service shows it: the drainage of a version that ramps is forgotten, of a current one it is emptied.
  const drainageMs = isCurrent ? nowMs : 0;
  Object.assign(version, routing, {
    routingChangedMs: nowMs,
    status: isCurrent
      ? VersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT
      : VersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING,
    lastDeactivationMs: 0,
    drainageStatus: 0,
    drainageChangedMs: drainageMs,
    drainageCheckedMs: drainageMs,
  });
  version.firstActivationMs ||= nowMs;
}

function deactivate(version: DeploymentVersion, nowMs: number): void {
  Object.assign(version, {
    currentSinceMs: 0,
    rampingSinceMs: 0,
    rampPercentage: 0,
    routingChangedMs: nowMs,
    lastDeactivationMs: nowMs,
    status: VersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING,
    drainageStatus: DrainageStatus.VERSION_DRAINAGE_STATUS_DRAINING,
    drainageChangedMs: nowMs,
    drainageCheckedMs: nowMs,
  });
}

function sign(deployment: Deployment, identity: string): void {
  deployment.lastModifierIdentity = identity;
  deployment.revision += 1;
}
