/** RespondWorkflowTaskCompleted: commands and messages of a worker; may answer with the next task and eager activities. */
import { decodeTaskToken } from '../../history/task-token.js';
import { respondWorkflowTaskCompleted as complete } from '../../history/workflow-task-requests.js';
import { temporalProto } from '../../proto/root.js';
import type { temporal } from '../../proto/root.js';
import { activityTaskReply, workflowTaskReply } from '../poll-reply.js';
import type { SplicedMessage } from '../poll-reply.js';
import { checkLength } from '../request-checks.js';
import { EncodedResponse } from '../rpc-handler.js';
import type { RpcHandler } from '../rpc-handler.js';
import type { WorkflowServices } from '../workflow-services.js';
import { encodeLengthDelimited } from '../../history/event-batch.js';

type Request = temporal.api.workflowservice.v1.IRespondWorkflowTaskCompletedRequest;
type Response = temporal.api.workflowservice.v1.IRespondWorkflowTaskCompletedResponse;

const { RespondWorkflowTaskCompletedResponse, PollWorkflowTaskQueueResponse, PollActivityTaskQueueResponse } =
  temporalProto.api.workflowservice.v1;
const fields = (RespondWorkflowTaskCompletedResponse as unknown as { fields: Record<string, { id: number }> }).fields;

export const respondWorkflowTaskCompleted =
  ({ engine, namespaces, store }: WorkflowServices): RpcHandler<Request, Response> =>
  async (request) => {
    namespaces.require(request.namespace);
    checkLength(request.identity, 'Identity');
    const token = decodeTaskToken(request.taskToken);
    let reply;
    try {
      reply = complete(engine, token, request);
    } finally {
      // A refusal has changed the run too (the task has failed), so it is told only when that is on disk.
      await store.committed();
    }
    const suffix: Uint8Array[] = [];
    if (reply.newTask) {
      suffix.push(...embed('workflowTask', PollWorkflowTaskQueueResponse, workflowTaskReply(engine, reply.newTask)));
    }
    for (const handout of reply.eagerActivities) {
      suffix.push(...embed('activityTasks', PollActivityTaskQueueResponse, activityTaskReply(handout)));
    }
    const message: Response = (
      reply.resetHistoryEventId > 0 ? { resetHistoryEventId: reply.resetHistoryEventId } : {}
    ) as Response;
    return suffix.length === 0 ? message : new EncodedResponse(message, suffix);
  };

function embed<T>(
  field: string,
  type: { encode(message: T): { finish(): Uint8Array } },
  reply: SplicedMessage<T>,
): Uint8Array[] {
  const id = fields[field]?.id;
  if (id === undefined) throw new Error(`RespondWorkflowTaskCompletedResponse has no field ${field}.`);
  return encodeLengthDelimited(id, [type.encode(reply.message).finish(), ...reply.suffix]);
}
