/** What a worker says about updates: protocol messages and the commands that put them in order. */
import { temporalProto } from '../../../src/proto/root.js';
import type { temporal } from '../../../src/proto/root.js';
import { failure, payloads } from './commands.js';
import type { WorkflowTask } from '../service-stage.js';

type Message = temporal.api.protocol.v1.IMessage;
type CompletedRequest = temporal.api.workflowservice.v1.IRespondWorkflowTaskCompletedRequest;

const { Acceptance, Rejection, Request, Response } = temporalProto.api.update.v1;
const { CommandType } = temporalProto.api.enums.v1;

const body = (type: string, value: Uint8Array) => ({
  type_url: `type.googleapis.com/temporal.api.update.v1.${type}`,
  value,
});

/** An update request with an id; `rest` is what SDKs may add. */
export const updateRequest = (
  updateId: string,
  rest: temporal.api.workflowservice.v1.IUpdateWorkflowExecutionRequest = {},
): temporal.api.workflowservice.v1.IUpdateWorkflowExecutionRequest => ({
  namespace: 'default',
  request: { meta: { updateId, identity: 'scripted' }, input: { name: 'change', args: payloads(updateId) } },
  ...rest,
});

const requestsOf = (task: WorkflowTask) =>
  (task.messages ?? []).map((message) => ({
    message,
    request: Request.decode(message.body?.value ?? new Uint8Array(0)),
  }));

/** Accepts every update that came with a task, and completes it too unless told otherwise. */
export function acceptUpdates(task: WorkflowTask, { isCompleted = true } = {}): CompletedRequest {
  const messages: Message[] = requestsOf(task).flatMap(({ message, request }) => {
    const accepted: Message = {
      id: `${message.protocolInstanceId}/accept`,
      protocolInstanceId: message.protocolInstanceId ?? null,
      body: body(
        'Acceptance',
        Acceptance.encode({
          acceptedRequestMessageId: message.id ?? null,
          acceptedRequestSequencingEventId: message.eventId ?? null,
          acceptedRequest: request,
        }).finish(),
      ),
    };
    const completed: Message = {
      id: `${message.protocolInstanceId}/complete`,
      protocolInstanceId: message.protocolInstanceId ?? null,
      body: body(
        'Response',
        Response.encode({ meta: request.meta ?? null, outcome: { success: payloads('done') } }).finish(),
      ),
    };
    return isCompleted ? [accepted, completed] : [accepted];
  });
  return {
    messages,
    commands: messages.map(({ id }) => ({
      commandType: CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE,
      protocolMessageCommandAttributes: { messageId: id ?? null },
    })),
  };
}

/** Rejects every update that came with a task. */
export function rejectUpdates(task: WorkflowTask): CompletedRequest {
  return {
    messages: requestsOf(task).map(({ message, request }) => ({
      id: `${message.protocolInstanceId}/reject`,
      protocolInstanceId: message.protocolInstanceId ?? null,
      body: body(
        'Rejection',
        Rejection.encode({
          rejectedRequestMessageId: message.id ?? null,
          rejectedRequestSequencingEventId: message.eventId ?? null,
          rejectedRequest: request,
          failure: failure('no'),
        }).finish(),
      ),
    })),
  };
}
