/** DescribeTaskQueue: who polls a task queue, and how much waits in it. */
import { int64FromNumber } from '../../proto/int64.js';
import { timestampFromMs } from '../../history/proto-time.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { requireTaskQueueName } from '../../history/task-queue-name.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IDescribeTaskQueueRequest;
type Response = temporal.api.workflowservice.v1.IDescribeTaskQueueResponse;

const { TaskQueueKind, TaskQueueType } = temporalProto.api.enums.v1;

export const describeTaskQueue =
  ({ matching, namespaces }: WorkflowServices): RpcHandler<Request, Response> =>
  (request) => {
    const namespace = namespaces.require(request.namespace);
    const name = requireTaskQueueName(request.taskQueue);
    const status = matching.describe(
      { namespaceId: namespace.id, name, kind: request.taskQueue?.kind || TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
      queueType(request.taskQueueType ?? 0),
    );
    const backlogCountHint = int64FromNumber(status.backlogCount);
    return {
      pollers: status.pollers.map((poller) => ({
        identity: poller.identity,
        lastAccessTime: timestampFromMs(poller.lastAccessMs),
        ratePerSecond: poller.ratePerSecond || 100_000,
      })),
      ...(request.includeTaskQueueStatus || request.reportStats
        ? {
            taskQueueStatus: { backlogCountHint },
            stats: { approximateBacklogCount: backlogCountHint },
          }
        : {}),
    };
  };

function queueType(type: number): 'workflow' | 'activity' | 'nexus' {
  if (type === TaskQueueType.TASK_QUEUE_TYPE_NEXUS) return 'nexus';
  return type === TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY ? 'activity' : 'workflow';
}
