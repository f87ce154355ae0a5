/** ResetStickyTaskQueue: the next workflow task goes to the normal queue, with the whole history. */
import { requireRunning } from '../../history/run-requests.js';
import { clearStickiness } from '../../history/workflow-task.js';
import type { temporal } from '../../proto/root.js';
import { requireExecution } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IResetStickyTaskQueueRequest;
type Response = temporal.api.workflowservice.v1.IResetStickyTaskQueueResponse;

export const resetStickyTaskQueue =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const { workflowId, runId } = requireExecution(request.execution);
    const context = engine.findRun(namespace.id, workflowId, runId);
    requireRunning(context);
    engine.transact(context, (tx) => clearStickiness(tx));
    await store.committed();
    return {};
  };
