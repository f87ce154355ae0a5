/** ScanWorkflowExecutions: the older name of ListWorkflowExecutions, without a promise of order. */
import type { temporal } from '../../proto/root.js';
import { listExecutionsPage } from '../executions-page.js';
import type { VisibilityServices } from '../executions-page.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.IScanWorkflowExecutionsRequest;
type Response = temporal.api.workflowservice.v1.IScanWorkflowExecutionsResponse;

export const scanWorkflowExecutions =
  (services: VisibilityServices): RpcHandler<Request, Response> =>
  (request) =>
    listExecutionsPage(services, {
      namespace: request.namespace,
      query: request.query ?? '',
      pageSize: request.pageSize,
      nextPageToken: request.nextPageToken,
    });
