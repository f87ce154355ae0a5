/** ListOpenWorkflowExecutions: running executions by start time, id or type; ListWorkflowExecutions does more. */
import type { temporal } from '../../proto/root.js';
import { listExecutionsPage, olderFiltersQuery } from '../executions-page.js';
import type { VisibilityServices } from '../executions-page.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IListOpenWorkflowExecutionsRequest;
type Response = temporal.api.workflowservice.v1.IListOpenWorkflowExecutionsResponse;

export const listOpenWorkflowExecutions =
  (services: VisibilityServices): RpcHandler<Request, Response> =>
  (request) =>
    listExecutionsPage(services, {
      namespace: request.namespace,
      query: olderFiltersQuery("ExecutionStatus = 'Running'", 'StartTime', request),
      pageSize: request.maximumPageSize,
      nextPageToken: request.nextPageToken,
    });
