/** PollActivityTaskQueue: a long poll for an activity task; empty when nothing came in time. */
import { temporalProto } from '../../proto/root.js';
import { requireTaskQueueName } from '../../history/task-queue-name.js';
import type { temporal } from '../../proto/root.js';
import { activityTaskReply } from '../poll-reply.js';
import { pollerVersion } from '../poller-version.js';
import { checkLength, longPollTimeoutMs } from '../request-checks.js';
import { EncodedResponse } from '../rpc-handler.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IPollActivityTaskQueueRequest;
type Response = temporal.api.workflowservice.v1.IPollActivityTaskQueueResponse;

const { TaskQueueKind, TaskQueueType } = temporalProto.api.enums.v1;

export const pollActivityTaskQueue =
  ({ deployments, engine, matching, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request, call) => {
    const namespace = namespaces.require(request.namespace);
    const identity = checkLength(request.identity, 'Identity');
    const name = requireTaskQueueName(request.taskQueue);
    const type = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY;
    const version = pollerVersion(deployments, namespace.id, { name, type }, request.deploymentOptions);
    const maxTasksPerSecond = request.taskQueueMetadata?.maxTasksPerSecond;
    const handout = await matching.pollActivityTask(
      { namespaceId: namespace.id, name, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL, version },
      {
        info: { identity, requestId: engine.ids.uuid(), version },
        timeoutMs: longPollTimeoutMs(call.deadlineMs, engine.limits.longPollMs),
        signal: call.signal,
        ...(maxTasksPerSecond ? { ratePerSecond: maxTasksPerSecond.value ?? 0 } : {}),
      },
    );
    if (!handout) return {};
    await store.committed();
    const reply = activityTaskReply(handout);
    return new EncodedResponse(reply.message, reply.suffix);
  };
