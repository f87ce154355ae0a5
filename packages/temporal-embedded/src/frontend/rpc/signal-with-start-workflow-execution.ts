/** SignalWithStartWorkflowExecution: signals the running workflow, or starts it with the signal already in its history. */
import { recordSignal } from '../../history/run-requests.js';
import { startWorkflow } from '../../history/start-workflow.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { requireName } from '../request-checks.js';
import type { RpcHandler } from '../rpc-handler.js';
import { newRunFromRequest } from '../start-request.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.ISignalWithStartWorkflowExecutionRequest;
type Response = temporal.api.workflowservice.v1.ISignalWithStartWorkflowExecutionResponse;

const { WorkflowIdConflictPolicy: Conflict, WorkflowIdReusePolicy: Reuse } = temporalProto.api.enums.v1;

export const signalWithStartWorkflowExecution =
  ({ engine, namespaces, searchAttributes, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    const namespace = namespaces.require(request.namespace);
    const signalName = requireName(request.signalName, 'SignalName');
    const run = newRunFromRequest({ engine, searchAttributes, namespace }, request);
    const signal = {
      signalName,
      input: request.signalInput ?? null,
      header: request.header ?? null,
      identity: run.identity,
      requestId: run.requestId,
      links: run.links,
    };
    const reusePolicy = request.workflowIdReusePolicy ?? 0;
    const isTerminate =
      request.workflowIdConflictPolicy === Conflict.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING ||
      reusePolicy === Reuse.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING;
    const { context, started } = startWorkflow(engine, run, {
      reusePolicy,
      conflictPolicy: isTerminate
        ? Conflict.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
        : Conflict.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
      onStarted: (tx) => recordSignal(tx, signal, false),
    });
    if (!started) engine.transact(context, (tx) => recordSignal(tx, signal));
    await store.committed();
    return { runId: context.state.runId, started };
  };
