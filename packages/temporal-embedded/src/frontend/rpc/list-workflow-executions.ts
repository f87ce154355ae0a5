/** ListWorkflowExecutions: one page of what a list filter finds. */
import type { temporal } from '../../proto/root.js';
import { listExecutionsPage } from '../executions-page.js';
import type { VisibilityServices } from '../executions-page.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IListWorkflowExecutionsRequest;
type Response = temporal.api.workflowservice.v1.IListWorkflowExecutionsResponse;

export const listWorkflowExecutions =
  (services: VisibilityServices): RpcHandler<Request, Response> =>
  (request) =>
    listExecutionsPage(services, {
      namespace: request.namespace,
      query: request.query ?? '',
      pageSize: request.pageSize,
      nextPageToken: request.nextPageToken,
    });
