/**
 * A worker deployment: the versions of one application's workers, and which of them new work goes to. The states of a
 * version:
 *
 *   inactive --ramping--> ramping --current--> current --another is--> draining --no open pinned workflow--> drained
 *
 * Times are ms since the epoch; 0: never, or not (any more).
 */
import protobuf from 'protobufjs';
import { recordCodec, recordMessage } from '../proto/record-codec.js';
import { temporalProto } from '../proto/root.js';

export const VersionStatus = temporalProto.api.enums.v1.WorkerDeploymentVersionStatus;
export const DrainageStatus = temporalProto.api.enums.v1.VersionDrainageStatus;

export interface VersionTaskQueue {
  name: string;
  /** `temporal.api.enums.v1.TaskQueueType`. */
  type: number;
}

export interface DeploymentVersion {
  buildId: string;
  status: number;
  createTimeMs: number;
  routingChangedMs: number;
  currentSinceMs: number;
  rampingSinceMs: number;
  firstActivationMs: number;
  lastDeactivationMs: number;
  rampPercentage: number;
  drainageStatus: number;
  drainageChangedMs: number;
  drainageCheckedMs: number;
  taskQueues: VersionTaskQueue[];
  /** Encoded `VersionMetadata`. */
  metadata: Uint8Array;
}

export interface Deployment {
  namespaceId: string;
  name: string;
  createTimeMs: number;
  versions: DeploymentVersion[];
  /** Build id; empty: unversioned workers. */
  currentBuildId: string;
  currentChangedMs: number;
  /** Build id; empty: none, or unversioned workers (`isRampingUnversioned`). */
  rampingBuildId: string;
  isRampingUnversioned: boolean;
  rampPercentage: number;
  rampingChangedMs: number;
  percentageChangedMs: number;
  managerIdentity: string;
  lastModifierIdentity: string;
  /** Grows with each change: what clients hand back to say which state they have seen. */
  revision: number;
}

const root = protobuf.Root.fromJSON({
  nested: {
    TaskQueue: recordMessage({ name: [1, 'string'], type: [2, 'uint32'] }),
    Version: recordMessage({
      buildId: [1, 'string'],
      status: [2, 'uint32'],
      createTimeMs: [3, 'double'],
      routingChangedMs: [4, 'double'],
      currentSinceMs: [5, 'double'],
      rampingSinceMs: [6, 'double'],
      firstActivationMs: [7, 'double'],
      lastDeactivationMs: [8, 'double'],
      rampPercentage: [9, 'double'],
      drainageStatus: [10, 'uint32'],
      drainageChangedMs: [11, 'double'],
      drainageCheckedMs: [12, 'double'],
      taskQueues: [13, 'TaskQueue', 'repeated'],
      metadata: [14, 'bytes'],
    }),
    Deployment: recordMessage({
      namespaceId: [1, 'string'],
      name: [2, 'string'],
      createTimeMs: [3, 'double'],
      versions: [4, 'Version', 'repeated'],
      currentBuildId: [5, 'string'],
      currentChangedMs: [6, 'double'],
      rampingBuildId: [7, 'string'],
      isRampingUnversioned: [8, 'bool'],
      rampPercentage: [9, 'double'],
      rampingChangedMs: [10, 'double'],
      percentageChangedMs: [11, 'double'],
      managerIdentity: [12, 'string'],
      lastModifierIdentity: [13, 'string'],
      revision: [14, 'uint32'],
    }),
  },
});

export const deploymentCodec = recordCodec<Deployment>(root, 'Deployment');

export const newDeployment = (namespaceId: string, name: string, nowMs: number): Deployment => ({
  namespaceId,
  name,
  createTimeMs: nowMs,
  versions: [],
  currentBuildId: '',
  currentChangedMs: 0,
  rampingBuildId: '',
  isRampingUnversioned: false,
  rampPercentage: 0,
  rampingChangedMs: 0,
  percentageChangedMs: 0,
  managerIdentity: '',
  lastModifierIdentity: '',
  revision: 1,
});

export const newVersion = (buildId: string, nowMs: number): DeploymentVersion => ({
  buildId,
  status: VersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_INACTIVE,
  createTimeMs: nowMs,
  routingChangedMs: 0,
  currentSinceMs: 0,
  rampingSinceMs: 0,
  firstActivationMs: 0,
  lastDeactivationMs: 0,
  rampPercentage: 0,
  drainageStatus: 0,
  drainageChangedMs: 0,
  drainageCheckedMs: 0,
  taskQueues: [],
  metadata: new Uint8Array(0),
});

export const findVersion = (deployment: Deployment, buildId: string): DeploymentVersion | undefined =>
  deployment.versions.find((version) => version.buildId === buildId);
