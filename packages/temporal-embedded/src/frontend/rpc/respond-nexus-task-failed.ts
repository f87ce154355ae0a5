/** RespondNexusTaskFailed: a handler's refusal of a request, from the worker that has it. */
import { decodeNexusTaskToken } from '../../nexus/nexus-task.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';
import { requireJson } from './respond-nexus-task-completed.js';

type Request = temporal.api.workflowservice.v1.IRespondNexusTaskFailedRequest;
type Response = temporal.api.workflowservice.v1.IRespondNexusTaskFailedResponse;

export const respondNexusTaskFailed =
  ({ namespaces, nexusCaller, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    namespaces.require(request.namespace);
    const { taskId } = decodeNexusTaskToken(request.taskToken);
    requireJson(request.error?.failure?.details);
    nexusCaller.fail(taskId, request.error);
    await store.committed();
    return {};
  };
