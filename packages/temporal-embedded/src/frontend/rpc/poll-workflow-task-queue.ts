/** PollWorkflowTaskQueue: a long poll for a workflow task or a query; empty when nothing came in time. */
import { temporalProto } from '../../proto/root.js';
import { requireTaskQueueName } from '../../history/task-queue-name.js';
import type { temporal } from '../../proto/root.js';
import { workflowTaskReply } from '../poll-reply.js';
import { pollerVersion } from '../poller-version.js';
import { checkLength, longPollTimeoutMs } from '../request-checks.js';
import { EncodedResponse } from '../rpc-handler.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IPollWorkflowTaskQueueRequest;
type Response = temporal.api.workflowservice.v1.IPollWorkflowTaskQueueResponse;

const { TaskQueueKind, TaskQueueType } = temporalProto.api.enums.v1;

export const pollWorkflowTaskQueue =
  ({ deployments, engine, matching, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request, call) => {
    const namespace = namespaces.require(request.namespace);
    const identity = checkLength(request.identity, 'Identity');
    const name = requireTaskQueueName(request.taskQueue);
    const capabilities = request.workerVersionCapabilities;
    const kind = request.taskQueue?.kind || TaskQueueKind.TASK_QUEUE_KIND_NORMAL;
    const isSticky = kind === TaskQueueKind.TASK_QUEUE_KIND_STICKY;
    const normalName = isSticky ? (request.taskQueue?.normalName ?? '') : name;
    const type = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW;
    const version = pollerVersion(deployments, namespace.id, { name: normalName, type }, request.deploymentOptions);
    const handout = await matching.pollWorkflowTask(
      { namespaceId: namespace.id, name, kind, ...(isSticky ? {} : { version }) },
      {
        info: {
          identity,
          requestId: engine.ids.uuid(),
          version,
          ...(capabilities?.buildId
            ? { workerVersion: { buildId: capabilities.buildId, useVersioning: capabilities.useVersioning ?? false } }
            : {}),
        },
        timeoutMs: longPollTimeoutMs(call.deadlineMs, engine.limits.longPollMs),
        signal: call.signal,
      },
    );
    if (!handout) return {};
    await store.committed();
    const reply = workflowTaskReply(engine, handout);
    return new EncodedResponse(reply.message, reply.suffix);
  };
