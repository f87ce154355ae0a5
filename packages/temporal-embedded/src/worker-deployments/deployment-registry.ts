/**
 * The worker deployments of all namespaces: a cache over the store, and for each task queue the version that its tasks
 * go to. Workers make deployments and versions known by polling; clients choose among them. A failed commit drops the
 * cache, as in every registry.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../clock/clock.js';
import type { VersionLookup } from '../history/ports.js';
import type { Store } from '../persistence/store.js';
import { temporalProto } from '../proto/root.js';
import { deploymentCodec, newDeployment } from './deployment.js';
import type { Deployment } from './deployment.js';
import { rampOf, registerWorker } from './deployment-changes.js';
import { tryParseVersion } from './version-name.js';
import type { VersionName } from './version-name.js';

const { TaskQueueType } = temporalProto.api.enums.v1;
const KEY_PREFIX = 'worker-deployment/';

/** What a task queue does with work that no version is pinned to. Undefined stands for unversioned workers. */
export interface TaskQueueRouting {
  readonly current: VersionName | undefined;
  readonly ramping: VersionName | undefined;
  /** 0: nothing ramps. */
  readonly rampPercentage: number;
  /** When the later of both was chosen; 0: neither was. */
  readonly changedMs: number;
}

const UNVERSIONED_ROUTING: TaskQueueRouting = {
  current: undefined,
  ramping: undefined,
  rampPercentage: 0,
  changedMs: 0,
};

export class DeploymentRegistry implements VersionLookup {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Deployment>();
  #onRoutingChanged: (namespaceId: string) => void = () => undefined;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#load();
    store.onRollback(() => this.#load());
  }

  /** Called when tasks of a namespace may have to go elsewhere. */
  onRoutingChanged(listener: (namespaceId: string) => void): void {
    this.#onRoutingChanged = listener;
  }

  find(namespaceId: string, name: string): Deployment | undefined {
    return this.#byKey.get(key(namespaceId, name));
  }

  /** By name. */
  list(namespaceId: string): readonly Deployment[] {
    return [...this.#byKey.values()]
      .filter((deployment) => deployment.namespaceId === namespaceId)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Applies a change to a copy, so that one that throws leaves nothing; stages it when it says that it did something. */
  change(deployment: Deployment, apply: (draft: Deployment) => boolean): Deployment {
    const draft = deploymentCodec.decode(deploymentCodec.encode(deployment));
    if (!apply(draft)) return deployment;
    this.#store.stage({
      type: 'putSetting',
      key: key(draft.namespaceId, draft.name),
      value: deploymentCodec.encode(draft),
    });
    this.#byKey.set(key(draft.namespaceId, draft.name), draft);
    this.#onRoutingChanged(draft.namespaceId);
    return draft;
  }

  delete(deployment: Deployment): void {
    this.#byKey.delete(key(deployment.namespaceId, deployment.name));
    this.#store.stage({ type: 'deleteSetting', key: key(deployment.namespaceId, deployment.name) });
  }

  /** The deployment of this name, or a new one that is not stored before it changes. */
  findOrNew(namespaceId: string, name: string): Deployment {
    return this.find(namespaceId, name) ?? newDeployment(namespaceId, name, this.#clock.nowMs());
  }

  /** A worker of a version polls a task queue. */
  seeWorker(
    namespaceId: string,
    version: VersionName,
    taskQueue: { readonly name: string; readonly type: number },
  ): void {
    this.change(this.findOrNew(namespaceId, version.deploymentName), (draft) =>
      registerWorker(draft, version.buildId, taskQueue, this.#clock.nowMs()),
    );
  }

  /** True when workers of the version have been seen at the task queue. */
  serves(namespaceId: string, version: VersionName, taskQueue: string, type: number): boolean {
    const found = this.find(namespaceId, version.deploymentName)?.versions.find(
      (each) => each.buildId === version.buildId,
    );
    return found?.taskQueues.some((each) => each.name === taskQueue && each.type === type) ?? false;
  }

  servesWorkflows(namespaceId: string, version: string, taskQueue: string): boolean {
    const name = tryParseVersion(version);
    return name !== undefined && this.serves(namespaceId, name, taskQueue, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW);
  }

  /** Of the versions that serve the task queue, those that were made current and ramping last. */
  routing(namespaceId: string, taskQueue: string, type: number): TaskQueueRouting {
    let routing = UNVERSIONED_ROUTING;
    let currentMs = 0;
    let rampingMs = 0;
    for (const deployment of this.list(namespaceId)) {
      const serving = deployment.versions.filter((version) =>
        version.taskQueues.some((each) => each.name === taskQueue && each.type === type),
      );
      if (serving.length === 0) continue;
      const ramp = rampOf(deployment);
      for (const { buildId, currentSinceMs, rampingSinceMs, routingChangedMs, rampPercentage } of serving) {
        const name = { deploymentName: deployment.name, buildId };
        if (currentSinceMs > 0 && routingChangedMs > currentMs) {
          routing = { ...routing, current: name };
          currentMs = routingChangedMs;
        }
        if (rampingSinceMs > 0 && routingChangedMs > rampingMs) {
          routing = { ...routing, ramping: name, rampPercentage };
          rampingMs = routingChangedMs;
        }
      }
      if (ramp === '' && deployment.percentageChangedMs > rampingMs) {
        routing = { ...routing, ramping: undefined, rampPercentage: deployment.rampPercentage };
        rampingMs = deployment.percentageChangedMs;
      }
    }
    return { ...routing, changedMs: Math.max(currentMs, rampingMs) };
  }

  /** Where a workflow's work goes that is not pinned; undefined: to unversioned workers. */
  target(namespaceId: string, taskQueue: string, type: number, workflowId: string): VersionName | undefined {
    if (this.#byKey.size === 0) return undefined;
    const { current, ramping, rampPercentage } = this.routing(namespaceId, taskQueue, type);
    return rampPercentage > 0 && share(workflowId) < rampPercentage ? ramping : current;
  }

  #load(): void {
    this.#byKey.clear();
    for (const { key: stored, value } of this.#store.settings(KEY_PREFIX)) {
      this.#byKey.set(stored, deploymentCodec.decode(value));
    }
  }
}

const key = (namespaceId: string, name: string): string => `${KEY_PREFIX}${namespaceId}/${name}`;

/** A number from 0 up to 100 that is a workflow id's own: a ramp takes the same workflows each time. */
function share(workflowId: string): number {
  return (100 * createHash('sha256').update(workflowId).digest().readUInt32BE(0)) / 2 ** 32;
}
