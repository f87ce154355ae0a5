/** ListClosedWorkflowExecutions: closed executions by close time, id, type or status; ListWorkflowExecutions does more. */
import type { temporal } from '../../proto/root.js';
import { listExecutionsPage, olderFiltersQuery } from '../executions-page.js';
import type { VisibilityServices } from '../executions-page.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IListClosedWorkflowExecutionsRequest;
type Response = temporal.api.workflowservice.v1.IListClosedWorkflowExecutionsResponse;

export const listClosedWorkflowExecutions =
  (services: VisibilityServices): RpcHandler<Request, Response> =>
  (request) =>
    listExecutionsPage(services, {
      namespace: request.namespace,
      query: olderFiltersQuery("ExecutionStatus != 'Running'", 'CloseTime', request),
      pageSize: request.maximumPageSize,
      nextPageToken: request.nextPageToken,
    });
