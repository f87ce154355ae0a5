/** What the rpcs about workflow executions, workflow tasks, activities, queries and updates stand on. */
import type { ServiceSettings } from '../dynamic-config.js';
import type { HistoryEngine } from '../history/history-engine.js';
import type { NamespaceLookup, SearchAttributeCatalog } from '../history/ports.js';
import type { QueryWaiters } from '../history/query-workflow.js';
import type { Matching } from '../matching/matching.js';
import type { OperationCaller } from '../nexus/operation-caller.js';
import type { DeploymentRegistry } from '../worker-deployments/deployment-registry.js';
import type { TaskQueueConfigRegistry } from '../matching/task-queue-config-registry.js';
import type { Store } from '../persistence/store.js';
import type { WorkerRegistry } from '../workers/worker-registry.js';

export interface WorkflowServices {
  readonly engine: HistoryEngine;
  readonly matching: Matching;
  readonly store: Store;
  readonly namespaces: NamespaceLookup;
  readonly searchAttributes: SearchAttributeCatalog;
  readonly queryWaiters: QueryWaiters;
  readonly nexusCaller: OperationCaller;
  readonly deployments: DeploymentRegistry;
  readonly taskQueueConfigs: TaskQueueConfigRegistry;
  readonly workers: WorkerRegistry;
  readonly settings: ServiceSettings;
}
