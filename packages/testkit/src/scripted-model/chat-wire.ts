/** OpenAI's chat completions, as far as coding engines use them: streamed or not, tool calls whole in one chunk. */
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

const DEFAULT_USAGE = { inputTokens: 100, outputTokens: 20 };
const CREATED = 1_700_000_000;

export const chatWire: ModelWire = {
  path: '/v1/chat/completions',

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
      ...usageOf(reply),
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
        : [event({ ...head('chat.completion.chunk', model), choices: [], ...usageOf(reply) })]),
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

function toolCalls({ calls = [], fault }: ScriptedReply) {
  return calls.map(({ tool, arguments: values }, index) => ({
    index,
    // Unique within a conversation: engines pair results with calls by it.
    id: `call_${String(index)}_${Math.abs(hash(tool + JSON.stringify(values))).toString(36)}`,
    type: 'function',
    function: { name: tool, arguments: fault?.badToolArguments === true ? '{"path": ' : JSON.stringify(values) },
  }));
}

function hash(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) | 0, 7);
}

function usageOf({ usage = DEFAULT_USAGE }: ScriptedReply) {
  if (usage === null) return {};
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
