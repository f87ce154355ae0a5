/** DescribeTaskQueue: who polls a task queue, and how much waits in it. */
import { InvalidArgumentError } from '../../errors.js';
import { DEFAULT_PRIORITY } from '../../history/task-offers.js';
import type { Matching, TaskQueueStatus } from '../../matching/matching.js';
import type { TaskQueueStats } from '../../matching/task-queue.js';
import { int64FromNumber } from '../../proto/int64.js';
import { durationFromMs, timestampFromMs } from '../../history/proto-time.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { requireTaskQueueName } from '../../history/task-queue-name.js';
import type { TaskQueueRouting } from '../../worker-deployments/deployment-registry.js';
import { versionText, versionToProto } from '../../worker-deployments/version-name.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IDescribeTaskQueueRequest;
type Response = temporal.api.workflowservice.v1.IDescribeTaskQueueResponse;
type VersioningInfo = temporal.api.taskqueue.v1.ITaskQueueVersioningInfo;

const { TaskQueueKind, TaskQueueType, DescribeTaskQueueMode, RateLimitSource } = temporalProto.api.enums.v1;

export const describeTaskQueue =
  ({ deployments, matching, namespaces, taskQueueConfigs }: WorkflowServices): RpcHandler<Request, Response> =>
  (request) => {
    const namespace = namespaces.require(request.namespace);
    const name = requireTaskQueueName(request.taskQueue);
    const kind = request.taskQueue?.kind || TaskQueueKind.TASK_QUEUE_KIND_NORMAL;
    const describe = (type: number): TaskQueueStatus =>
      matching.describe({ namespaceId: namespace.id, name, kind }, queueType(type));
    if (request.apiMode === DescribeTaskQueueMode.DESCRIBE_TASK_QUEUE_MODE_ENHANCED) {
      if (kind === TaskQueueKind.TASK_QUEUE_KIND_STICKY) {
        throw new InvalidArgumentError(
          'Enhanced DescribeTaskQueue is not valid for a sticky queue, use api_mode=UNSPECIFIED or a normal queue.',
        );
      }
      return { versionsInfo: { '': { typesInfo: typesInfo(request, describe) } } };
    }
    const type = request.taskQueueType || TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW;
    const status = describe(type);
    const queue = { namespaceId: namespace.id, type, name };
    const config = request.reportConfig ? taskQueueConfigs.find(queue) : undefined;
    return {
      pollers: pollersOf(status),
      ...(request.includeTaskQueueStatus
        ? { taskQueueStatus: { backlogCountHint: int64FromNumber(statsOf(status).backlogCount) } }
        : {}),
      ...(request.reportStats ? { stats: statsProto(statsOf(status)), statsByPriorityKey: byPriority(status) } : {}),
      versioningInfo: versioningInfo(deployments.routing(namespace.id, name, type)),
      ...(config ? { config } : {}),
      ...effectiveRate(matching.effectiveRate(queue)),
    };
  };

/** Which versions of workers get what no run is pinned to. */
function versioningInfo({ current, ramping, rampPercentage, changedMs }: TaskQueueRouting): VersioningInfo {
  return {
    currentVersion: versionText(current),
    ...(current ? { currentDeploymentVersion: versionToProto(current) } : {}),
    ...(rampPercentage > 0 ? { rampingVersion: versionText(ramping), rampingVersionPercentage: rampPercentage } : {}),
    ...(rampPercentage > 0 && ramping ? { rampingDeploymentVersion: versionToProto(ramping) } : {}),
    ...(changedMs > 0 ? { updateTime: timestampFromMs(changedMs) } : {}),
  } as VersioningInfo;
}

/** Only where there is a rate: the service has none of its own. */
function effectiveRate(rate: ReturnType<Matching['effectiveRate']>): Response {
  if (!rate) return {};
  return {
    effectiveRateLimit: {
      requestsPerSecond: rate.perSecond,
      rateLimitSource: rate.isConfigured
        ? RateLimitSource.RATE_LIMIT_SOURCE_API
        : RateLimitSource.RATE_LIMIT_SOURCE_WORKER,
    },
  };
}

/** Workers without versions: all that there are here. */
function typesInfo(request: Request, describe: (type: number) => TaskQueueStatus) {
  const asked = request.taskQueueTypes ?? [];
  const types =
    asked.length > 0 ? asked : [TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY];
  return Object.fromEntries(
    types.map((type) => {
      const status = describe(type);
      return [
        type,
        {
          ...(request.reportPollers ? { pollers: pollersOf(status) } : {}),
          ...(request.reportStats ? { stats: statsProto(statsOf(status)) } : {}),
        },
      ];
    }),
  );
}

function pollersOf({ pollers }: TaskQueueStatus): temporal.api.taskqueue.v1.IPollerInfo[] {
  return pollers.map((poller) => ({
    identity: poller.identity,
    lastAccessTime: timestampFromMs(poller.lastAccessMs),
    ratePerSecond: poller.ratePerSecond || 100_000,
  }));
}

/** Of all priorities together. */
function statsOf({ stats }: TaskQueueStatus): TaskQueueStats {
  const all = [...stats.values()];
  const sum = (of: (each: TaskQueueStats) => number): number => all.reduce((total, each) => total + of(each), 0);
  return {
    backlogCount: sum(({ backlogCount }) => backlogCount),
    backlogAgeMs: Math.max(0, ...all.map(({ backlogAgeMs }) => backlogAgeMs)),
    addRate: sum(({ addRate }) => addRate),
    dispatchRate: sum(({ dispatchRate }) => dispatchRate),
  };
}

function statsProto(stats: TaskQueueStats): temporal.api.taskqueue.v1.ITaskQueueStats {
  return {
    approximateBacklogCount: int64FromNumber(stats.backlogCount),
    approximateBacklogAge: durationFromMs(stats.backlogAgeMs),
    tasksAddRate: stats.addRate,
    tasksDispatchRate: stats.dispatchRate,
  };
}

/** The priority of tasks that say none is always there. */
function byPriority(status: TaskQueueStatus): Record<string, temporal.api.taskqueue.v1.ITaskQueueStats> {
  const none: TaskQueueStats = { backlogCount: 0, backlogAgeMs: 0, addRate: 0, dispatchRate: 0 };
  const entries = [...new Map([[DEFAULT_PRIORITY, none], ...status.stats])];
  return Object.fromEntries(entries.map(([priority, stats]) => [priority, statsProto(stats)]));
}

function queueType(type: number): 'workflow' | 'activity' | 'nexus' {
  if (type === TaskQueueType.TASK_QUEUE_TYPE_NEXUS) return 'nexus';
  return type === TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY ? 'activity' : 'workflow';
}
