/** RespondNexusTaskCompleted: what a handler made of a request, from the worker that has it. */
import { InvalidArgumentError } from '../../errors.js';
import { limits } from '../../history/limits.js';
import { decodeNexusTaskToken } from '../../nexus/nexus-task.js';
import type { temporal } from '../../proto/root.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';

type Request = temporal.api.workflowservice.v1.IRespondNexusTaskCompletedRequest;
type Response = temporal.api.workflowservice.v1.IRespondNexusTaskCompletedResponse;

export const respondNexusTaskCompleted =
  ({ namespaces, nexusCaller, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    namespaces.require(request.namespace);
    const { startOperation } = request.response ?? {};
    if (startOperation?.asyncSuccess) requireOperationToken(startOperation.asyncSuccess);
    const { taskId } = decodeNexusTaskToken(request.taskToken);
    requireJson(startOperation?.operationError?.failure?.details);
    nexusCaller.complete(taskId, request.response);
    await store.committed();
    return {};
  };

function requireOperationToken(started: temporal.api.nexus.v1.StartOperationResponse.IAsync): void {
  const token = started.operationToken || (started.operationId ?? '');
  // The official server's spelling.
  if (token === '') throw new InvalidArgumentError('missing opration token in response');
  if (token.length > limits.nexusTokenLength) {
    throw new InvalidArgumentError(
      `operation token length exceeds allowed limit (${token.length}/${limits.nexusTokenLength})`,
    );
  }
}

/** Throws InvalidArgumentError when the details of a failure are not the JSON that they should be. */
export function requireJson(details: Uint8Array | null | undefined): void {
  if (!details || details.length === 0) return;
  try {
    JSON.parse(Buffer.from(details).toString('utf8'));
  } catch {
    throw new InvalidArgumentError('failure details must be JSON serializable');
  }
}
