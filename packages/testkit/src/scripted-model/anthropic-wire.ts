/** Anthropic's messages, as far as coding engines use them: blocks of text and of tool use, streamed or not. */
import { argumentsText, callId, usageOf } from './model-wire.js';
import type { ModelWire } from './model-wire.js';
import type { Conversation, ConversationMessage, ScriptedReply } from './scenario.js';

interface MessagesRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly tools?: readonly { readonly name: string }[];
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: string | readonly Block[] }[];
}

interface Block {
  readonly type: string;
  readonly text?: string;
}

export const anthropicWire: ModelWire = {
  serves: (path) => path === '/v1/messages',

  readConversation(body): Conversation {
    const { model, stream, tools, messages } = body as MessagesRequest;
    return {
      model,
      streams: stream === true,
      tools: (tools ?? []).map(({ name }) => name),
      messages: messages.flatMap(({ role, content }): readonly ConversationMessage[] => {
        const blocks: readonly Block[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
        // A person's message carries the results of tools, too.
        const results = blocks.filter(({ type }) => type === 'tool_result').map(() => ({ role: 'tool', text: '' }));
        const text = blocks.flatMap((block) => (block.type === 'text' ? [block.text ?? ''] : [])).join('\n');
        return [...(results as readonly ConversationMessage[]), ...(text === '' ? [] : [{ role, text }])];
      }),
    };
  },

  body(reply, model) {
    const content = (reply.say === undefined ? [] : [{ type: 'text', text: reply.say } as object]).concat(
      (reply.calls ?? []).map((call, index) => {
        return { type: 'tool_use', id: callId(call, index), name: call.tool, input: call.arguments };
      }),
    );
    return { ...head(model), content, stop_reason: stopReason(reply), stop_sequence: null, ...usage(reply) };
  },

  chunks(reply, model) {
    const event = (type: string, fields: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
    const calls = (reply.calls ?? []).map((call, index) => ({
      content_block: { type: 'tool_use', id: callId(call, index), name: call.tool, input: {} },
      delta: { type: 'input_json_delta', partial_json: argumentsText(reply, call) },
    }));
    const text = (reply.say === undefined ? [] : [reply.say]).map((say) => ({
      content_block: { type: 'text', text: '' },
      delta: { type: 'text_delta', text: say },
    }));
    const message = { ...head(model), content: [], stop_reason: null, stop_sequence: null, ...usage(reply) };
    return [
      event('message_start', { message }),
      ...[...text, ...calls].flatMap(({ content_block, delta }, index) => [
        event('content_block_start', { index, content_block }),
        event('content_block_delta', { index, delta }),
        event('content_block_stop', { index }),
      ]),
      event('message_delta', {
        delta: { stop_reason: stopReason(reply), stop_sequence: null },
        ...(usageOf(reply) === undefined ? {} : { usage: { output_tokens: usageOf(reply)?.outputTokens } }),
      }),
      event('message_stop', {}),
    ];
  },

  errorBody: (status, message) => ({
    type: 'error',
    error: { type: status === 401 ? 'authentication_error' : 'api_error', message },
  }),
};

function head(model: string) {
  return { id: 'msg_scripted', type: 'message', role: 'assistant', model };
}

function stopReason({ calls = [] }: ScriptedReply): string {
  return calls.length === 0 ? 'end_turn' : 'tool_use';
}

function usage(reply: ScriptedReply) {
  const used = usageOf(reply);
  return used === undefined ? {} : { usage: { input_tokens: used.inputTokens, output_tokens: used.outputTokens } };
}
