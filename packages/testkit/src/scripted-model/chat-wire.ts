/** OpenAI's chat completions, as far as coding engines use them: streamed or not, tool calls whole in one chunk. */
import { argumentsText, callId, usageOf } from './model-wire.js';
import type { ModelWire } from './model-wire.js';
import type { Conversation, ConversationMessage, ScriptedReply } from './scenario.js';

interface ChatRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
  readonly messages: readonly { readonly role: string; readonly content?: string | readonly ContentPart[] | null }[];
}

interface ContentPart {
  readonly type: string;
  readonly text?: string;
}

const CREATED = 1_700_000_000;

export const chatWire: ModelWire = {
  serves: (path) => path === '/v1/chat/completions',

  readConversation(body): Conversation {
    const { model, stream, tools, messages } = body as ChatRequest;
    return {
      model,
      streams: stream === true,
      tools: (tools ?? []).map((tool) => tool.function.name),
      messages: messages.map(({ role, content }) => ({ role: roleOf(role), text: textOf(content) })),
    };
  },

  body(reply, model) {
    const calls = toolCalls(reply).map(({ index: _index, ...call }) => call);
    const message = {
      role: 'assistant',
      content: reply.say ?? null,
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    };
    return {
      ...head('chat.completion', model),
      choices: [{ index: 0, message, finish_reason: finishReason(reply) }],
      ...chatUsage(reply),
    };
  },

  chunks(reply, model) {
    const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
    const delta = (change: unknown, finish_reason: string | null = null) =>
      event({ ...head('chat.completion.chunk', model), choices: [{ index: 0, delta: change, finish_reason }] });
    return [
      delta({ role: 'assistant', content: '' }),
      ...(reply.say === undefined ? [] : [delta({ content: reply.say })]),
      ...toolCalls(reply).map((call) => delta({ tool_calls: [call] })),
      delta({}, finishReason(reply)),
      ...(reply.usage === null
        ? []
        : [event({ ...head('chat.completion.chunk', model), choices: [], ...chatUsage(reply) })]),
      'data: [DONE]\n\n',
    ];
  },

  errorBody: (status, message) => ({
    error: { message, type: status === 401 ? 'invalid_request_error' : 'server_error', code: null, param: null },
  }),
};

function head(object: string, model: string) {
  return { id: 'chatcmpl-scripted', object, created: CREATED, model };
}

function finishReason(reply: ScriptedReply): string {
  return reply.calls === undefined || reply.calls.length === 0 ? 'stop' : 'tool_calls';
}

function toolCalls(reply: ScriptedReply) {
  return (reply.calls ?? []).map((call, index) => ({
    index,
    id: callId(call, index),
    type: 'function',
    function: { name: call.tool, arguments: argumentsText(reply, call) },
  }));
}

function chatUsage(reply: ScriptedReply) {
  const usage = usageOf(reply);
  if (usage === undefined) return {};
  const { inputTokens, outputTokens } = usage;
  return {
    usage: { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens },
  };
}

function roleOf(role: string): ConversationMessage['role'] {
  return role === 'user' || role === 'assistant' || role === 'tool' ? role : 'system';
}

function textOf(content: string | readonly ContentPart[] | null | undefined): string {
  if (content === null || content === undefined) return '';
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('\n');
}
