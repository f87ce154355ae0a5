/** Deployments and versions as rpcs show them. */
import { timestampFromMs } from '../history/proto-time.js';
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';
import { findVersion } from './deployment.js';
import type { Deployment, DeploymentVersion } from './deployment.js';
import { rampOf } from './deployment-changes.js';
import { versionText, versionToProto } from './version-name.js';

type Summary = temporal.api.deployment.v1.WorkerDeploymentInfo.IWorkerDeploymentVersionSummary;

const { VersionMetadata } = temporalProto.api.deployment.v1;

const time = (name: string, ms: number): object => (ms > 0 ? { [name]: timestampFromMs(ms) } : {});

export function describeDeployment(deployment: Deployment): temporal.api.deployment.v1.IWorkerDeploymentInfo {
  return {
    name: deployment.name,
    createTime: timestampFromMs(deployment.createTimeMs),
    routingConfig: routingConfig(deployment),
    lastModifierIdentity: deployment.lastModifierIdentity,
    managerIdentity: deployment.managerIdentity,
    versionSummaries: [...deployment.versions]
      .sort((a, b) => b.createTimeMs - a.createTimeMs)
      .map((version) => versionSummary(deployment, version)),
  };
}

export function summarizeDeployment(
  deployment: Deployment,
): temporal.api.workflowservice.v1.ListWorkerDeploymentsResponse.IWorkerDeploymentSummary {
  const latest = [...deployment.versions].sort((a, b) => b.createTimeMs - a.createTimeMs)[0];
  const current = findVersion(deployment, deployment.currentBuildId);
  const ramping = findVersion(deployment, deployment.rampingBuildId);
  return {
    name: deployment.name,
    createTime: timestampFromMs(deployment.createTimeMs),
    routingConfig: routingConfig(deployment),
    ...(latest ? { latestVersionSummary: versionSummary(deployment, latest) } : {}),
    ...(current ? { currentVersionSummary: versionSummary(deployment, current) } : {}),
    ...(ramping ? { rampingVersionSummary: versionSummary(deployment, ramping) } : {}),
  };
}

export function describeVersion(
  deployment: Deployment,
  version: DeploymentVersion,
): temporal.api.deployment.v1.IWorkerDeploymentVersionInfo {
  const name = { deploymentName: deployment.name, buildId: version.buildId };
  return {
    version: versionText(name),
    deploymentVersion: name,
    status: version.status,
    createTime: timestampFromMs(version.createTimeMs),
    ...time('routingChangedTime', version.routingChangedMs),
    ...time('currentSinceTime', version.currentSinceMs),
    ...time('rampingSinceTime', version.rampingSinceMs),
    rampPercentage: version.rampPercentage,
    taskQueueInfos: version.taskQueues.map(({ name: queue, type }) => ({ name: queue, type })),
    ...(version.drainageStatus ? { drainageInfo: drainageInfo(version) } : {}),
    ...(version.metadata.length > 0 ? { metadata: VersionMetadata.decode(version.metadata) } : {}),
  };
}

function versionSummary(deployment: Deployment, version: DeploymentVersion): Summary {
  const name = { deploymentName: deployment.name, buildId: version.buildId };
  return {
    version: versionText(name),
    deploymentVersion: name,
    status: version.status,
    createTime: timestampFromMs(version.createTimeMs),
    drainageStatus: version.drainageStatus,
    ...(version.drainageChangedMs ? { drainageInfo: drainageInfo(version) } : {}),
    ...time('routingUpdateTime', version.routingChangedMs),
    ...time('currentSinceTime', version.currentSinceMs),
    ...time('rampingSinceTime', version.rampingSinceMs),
    ...time('firstActivationTime', version.firstActivationMs),
    ...time('lastDeactivationTime', version.lastDeactivationMs),
  };
}

const drainageInfo = (version: DeploymentVersion): temporal.api.deployment.v1.IVersionDrainageInfo => ({
  status: version.drainageStatus,
  lastChangedTime: timestampFromMs(version.drainageChangedMs),
  lastCheckedTime: timestampFromMs(version.drainageCheckedMs),
});

function routingConfig(deployment: Deployment): temporal.api.deployment.v1.IRoutingConfig {
  const nameOf = (buildId: string) => (buildId === '' ? undefined : { deploymentName: deployment.name, buildId });
  const ramp = rampOf(deployment);
  return {
    currentVersion: versionText(nameOf(deployment.currentBuildId)),
    currentDeploymentVersion: versionToProto(nameOf(deployment.currentBuildId)),
    rampingVersion: ramp === undefined ? '' : versionText(nameOf(ramp)),
    rampingDeploymentVersion: versionToProto(nameOf(deployment.rampingBuildId)),
    rampingVersionPercentage: deployment.rampPercentage,
    ...time('currentVersionChangedTime', deployment.currentChangedMs),
    ...time('rampingVersionChangedTime', deployment.rampingChangedMs),
    ...time('rampingVersionPercentageChangedTime', deployment.percentageChangedMs),
  };
}
