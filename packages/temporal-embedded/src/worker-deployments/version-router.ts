/**
 * Which version's workers get a task: the version that its run is pinned to, or the one that the task queue sends such
 * work to now. The boundary between deployments and matching.
 */
import type { RoutedTask, VersionRouter } from '../matching/matching.js';
import { temporalProto } from '../proto/root.js';
import type { DeploymentRegistry } from './deployment-registry.js';
import { tryParseVersion, versionText } from './version-name.js';

const { TaskQueueType } = temporalProto.api.enums.v1;
const TYPES = {
  workflow: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  activity: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
  nexus: TaskQueueType.TASK_QUEUE_TYPE_NEXUS,
} as const;

export function versionRouter(deployments: DeploymentRegistry): VersionRouter {
  return {
    versionFor: ({ namespaceId, taskQueue, type, workflowId, versioning }: RoutedTask): string => {
      if (versioning?.isPinned) {
        const version = tryParseVersion(versioning.version);
        // An activity on a queue that the version does not serve is somebody else's.
        if (version && (type === 'workflow' || deployments.serves(namespaceId, version, taskQueue, TYPES[type]))) {
          return versioning.version;
        }
      }
      const target = deployments.target(namespaceId, taskQueue, TYPES[type], workflowId);
      return target ? versionText(target) : '';
    },
  };
}
