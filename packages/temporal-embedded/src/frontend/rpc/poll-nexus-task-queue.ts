/** PollNexusTaskQueue: a long poll for a request to a Nexus handler; empty when nothing came in time. */
import { requireTaskQueueName } from '../../history/task-queue-name.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { pollerVersion } from '../poller-version.js';
import { checkLength, longPollTimeoutMs } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IPollNexusTaskQueueRequest;
type Response = temporal.api.workflowservice.v1.IPollNexusTaskQueueResponse;

const { TaskQueueKind, TaskQueueType } = temporalProto.api.enums.v1;

export const pollNexusTaskQueue =
  ({ deployments, engine, matching, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request, call) => {
    const namespace = namespaces.require(request.namespace);
    const name = requireTaskQueueName(request.taskQueue);
    const identity = checkLength(request.identity, 'Identity');
    const type = TaskQueueType.TASK_QUEUE_TYPE_NEXUS;
    const version = pollerVersion(deployments, namespace.id, { name, type }, request.deploymentOptions);
    const handout = await matching.pollNexusTask(
      { namespaceId: namespace.id, name, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL, version },
      {
        info: { identity, requestId: engine.ids.uuid(), version },
        timeoutMs: longPollTimeoutMs(call.deadlineMs, engine.limits.longPollMs),
        signal: call.signal,
      },
    );
    // The operation that asks may have been scheduled in this turn.
    await store.committed();
    return handout ?? {};
  };
