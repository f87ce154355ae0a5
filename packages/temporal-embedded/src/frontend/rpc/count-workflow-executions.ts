/** CountWorkflowExecutions: how many executions a list filter finds, in groups when it says GROUP BY. */
import { int64FromNumber } from '../../proto/int64.js';
import type { temporal } from '../../proto/root.js';
import type { VisibilityServices } from '../executions-page.js';
import type { RpcHandler } from '../rpc-handler.js';

type Request = temporal.api.workflowservice.v1.ICountWorkflowExecutionsRequest;
type Response = temporal.api.workflowservice.v1.ICountWorkflowExecutionsResponse;

export const countWorkflowExecutions =
  ({ namespaces, visibility }: VisibilityServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const { count, groups } = await visibility.count(namespace.id, request.query ?? '');
    return {
      count: int64FromNumber(count),
      groups: groups.map((group) => ({ groupValues: [...group.groupValues], count: int64FromNumber(group.count) })),
    };
  };
