/** PollActivityTaskQueue: a long poll for an activity task; empty when nothing came in time. */
import { limits } from '../../history/limits.js';
import { temporalProto } from '../../proto/root.js';
import { requireTaskQueueName } from '../../history/task-queue-name.js';
import type { temporal } from '../../proto/root.js';
import { activityTaskReply } from '../poll-reply.js';
import { checkLength, longPollTimeoutMs } from '../request-checks.js';
import { EncodedResponse } from '../rpc-handler.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IPollActivityTaskQueueRequest;
type Response = temporal.api.workflowservice.v1.IPollActivityTaskQueueResponse;

const TaskQueueKind = temporalProto.api.enums.v1.TaskQueueKind;

export const pollActivityTaskQueue =
  ({ engine, matching, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request, call) => {
    const namespace = namespaces.require(request.namespace);
    const identity = checkLength(request.identity, 'Identity');
    const name = requireTaskQueueName(request.taskQueue);
    const handout = await matching.pollActivityTask(
      { namespaceId: namespace.id, name, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
      {
        info: { identity, requestId: engine.ids.uuid() },
        timeoutMs: longPollTimeoutMs(call.deadlineMs, limits.longPollMs),
        signal: call.signal,
        ratePerSecond: request.taskQueueMetadata?.maxTasksPerSecond?.value ?? 0,
      },
    );
    if (!handout) return {};
    await store.committed();
    const reply = activityTaskReply(handout);
    return new EncodedResponse(reply.message, reply.suffix);
  };
