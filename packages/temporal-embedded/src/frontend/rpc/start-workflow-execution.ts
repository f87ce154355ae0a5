/** StartWorkflowExecution: starts a run, or finds the one that the id policies or the request id point at. */
import { InvalidArgumentError } from '../../errors.js';
import { attachToRun } from '../../history/attach-request.js';
import { startWorkflow } from '../../history/start-workflow.js';
import { startedLink } from '../../history/started-link.js';
import { workflowTaskHandout } from '../../history/task-handout.js';
import { startWorkflowTask } from '../../history/workflow-task.js';
import { encodeLengthDelimited } from '../../history/event-batch.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { workflowTaskReply } from '../poll-reply.js';
import { EncodedResponse } from '../rpc-handler.js';
import type { RpcHandler } from '../rpc-handler.js';
import { newRunFromRequest } from '../start-request.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest;
type Response = temporal.api.workflowservice.v1.IStartWorkflowExecutionResponse;

const { StartWorkflowExecutionResponse, PollWorkflowTaskQueueResponse } = temporalProto.api.workflowservice.v1;
const EAGER_TASK_FIELD = (StartWorkflowExecutionResponse as unknown as { fields: Record<string, { id: number }> })
  .fields['eagerWorkflowTask']?.id;

export const startWorkflowExecution =
  ({ engine, namespaces, searchAttributes, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    requireAttachOptions(request);
    const run = newRunFromRequest({ engine, searchAttributes, namespace }, request);
    const isEager = request.requestEagerExecution === true && run.firstWorkflowTaskBackoffMs === 0;
    const { context, started } = startWorkflow(engine, isEager ? { ...run, eagerExecutionAccepted: true } : run, {
      reusePolicy: request.workflowIdReusePolicy ?? 0,
      conflictPolicy: request.workflowIdConflictPolicy ?? 0,
      isEager,
    });
    const { state } = context;
    const isFresh = started && state.runId === run.runId;
    if (!started && request.onConflictOptions)
      attachToRun(engine, context, { ...request, links: [...run.links] }, run.requestId);
    const task =
      isEager && isFresh
        ? engine.transact(context, (tx) => startWorkflowTask(tx, { identity: run.identity, requestId: run.requestId }))
        : undefined;
    const handout = task ? workflowTaskHandout(context, task) : undefined;
    const response: Response = {
      runId: state.runId,
      started,
      status: state.status,
      link: startedLink(state),
    };
    await store.committed();
    if (!handout || EAGER_TASK_FIELD === undefined) return response;
    const reply = workflowTaskReply(engine, handout);
    return new EncodedResponse(
      response,
      encodeLengthDelimited(EAGER_TASK_FIELD, [
        PollWorkflowTaskQueueResponse.encode(reply.message).finish(),
        ...reply.suffix,
      ]),
    );
  };

function requireAttachOptions(request: Request): void {
  const options = request.onConflictOptions;
  if (options?.attachCompletionCallbacks && !options.attachRequestId) {
    throw new InvalidArgumentError('attaching request ID is required for attaching completion callbacks');
  }
}
