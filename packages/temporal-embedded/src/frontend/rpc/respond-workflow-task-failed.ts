/** RespondWorkflowTaskFailed: the worker could not complete the task; it is tried again. */
import { decodeTaskToken } from '../../history/task-token.js';
import { respondWorkflowTaskFailed as fail } from '../../history/workflow-task-requests.js';
import type { temporal } from '../../proto/root.js';
import { checkLength } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IRespondWorkflowTaskFailedRequest;
type Response = temporal.api.workflowservice.v1.IRespondWorkflowTaskFailedResponse;

export const respondWorkflowTaskFailed =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    namespaces.require(request.namespace);
    checkLength(request.identity, 'Identity');
    fail(engine, decodeTaskToken(request.taskToken), request);
    await store.committed();
    return {};
  };
