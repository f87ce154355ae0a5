/** OpenAI's responses, as far as coding engines use them: items in, items out, each streamed as its own little story. */
import { argumentsText, callId, usageOf } from './model-wire.js';
import type { ModelWire } from './model-wire.js';
import type { Conversation, ConversationMessage, ScriptedReply } from './scenario.js';

interface ResponsesRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly tools?: readonly { readonly type: string; readonly name?: string }[];
  readonly input: string | readonly InputItem[];
}

interface InputItem {
  /** Left out of plain messages. */
  readonly type?: string;
  readonly role?: string;
  readonly content?: string | readonly { readonly text?: string }[];
}

interface OutputItem {
  readonly type: 'message' | 'function_call';
  readonly id: string;
  readonly [field: string]: unknown;
}

const CREATED = 1_700_000_000;

export const responsesWire: ModelWire = {
  serves: (path) => path === '/v1/responses',

  readConversation(body): Conversation {
    const { model, stream, tools, input } = body as ResponsesRequest;
    const items: readonly InputItem[] = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
    return {
      model,
      streams: stream === true,
      tools: (tools ?? []).map(({ type, name }) => name ?? type),
      messages: items.flatMap((item) => {
        const role = roleOf(item);
        return role === undefined ? [] : [{ role, text: textOf(item) }];
      }),
    };
  },

  body: (reply, model) => response(reply, model, 'completed', outputOf(reply)),

  chunks(reply, model) {
    const output = outputOf(reply);
    let sequence = 0;
    const event = (type: string, fields: object) => {
      sequence += 1;
      return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...fields })}\n\n`;
    };
    return [
      event('response.created', { response: response({ usage: null }, model, 'in_progress', []) }),
      ...output.flatMap((item, output_index) => [
        event('response.output_item.added', { output_index, item: begun(item) }),
        ...parts(item, output_index).map(([type, fields]) => event(type, fields)),
        event('response.output_item.done', { output_index, item }),
      ]),
      event('response.completed', { response: response(reply, model, 'completed', output) }),
    ];
  },

  errorBody: (status, message) => ({
    error: { message, type: status === 401 ? 'invalid_request_error' : 'server_error', code: null, param: null },
  }),
};

function response(reply: ScriptedReply, model: string, status: string, output: readonly OutputItem[]) {
  const usage = usageOf(reply);
  return {
    id: 'resp_scripted',
    object: 'response',
    created_at: CREATED,
    status,
    model,
    output,
    usage:
      usage === undefined
        ? null
        : {
            input_tokens: usage.inputTokens,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: usage.outputTokens,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: usage.inputTokens + usage.outputTokens,
          },
  };
}

function outputOf(reply: ScriptedReply): readonly OutputItem[] {
  const { say, calls = [] } = reply;
  return [
    ...(say === undefined ? [] : [message(say)]),
    ...calls.map((call, index): OutputItem => {
      const call_id = callId(call, index);
      const id = `fc_${call_id}`;
      return { type: 'function_call', id, call_id, name: call.tool, arguments: argumentsText(reply, call) };
    }),
  ];
}

function message(text: string): OutputItem {
  const content = [{ type: 'output_text', text, annotations: [] }];
  return { type: 'message', id: 'msg_scripted', role: 'assistant', status: 'completed', content };
}

/** An item as it is when it is announced: nothing of its text is there yet. */
function begun(item: OutputItem): OutputItem {
  return item.type === 'message' ? { ...item, status: 'in_progress', content: [] } : { ...item, arguments: '' };
}

/** What is told of an item between its beginning and its end. */
function parts(item: OutputItem, output_index: number): readonly (readonly [string, object])[] {
  const place = { item_id: item.id, output_index };
  if (item.type === 'function_call') {
    const { arguments: text } = item;
    return [
      ['response.function_call_arguments.delta', { ...place, delta: text }],
      ['response.function_call_arguments.done', { ...place, arguments: text }],
    ];
  }
  const [part] = item['content'] as readonly { readonly text: string }[];
  const at = { ...place, content_index: 0 };
  return [
    ['response.content_part.added', { ...at, part: { ...part, text: '' } }],
    ['response.output_text.delta', { ...at, delta: part?.text }],
    ['response.output_text.done', { ...at, text: part?.text }],
    ['response.content_part.done', { ...at, part }],
  ];
}

/** Undefined for items that are no message and no result: calls, thoughts. */
function roleOf({ type = 'message', role }: InputItem): ConversationMessage['role'] | undefined {
  if (type.endsWith('_call_output')) return 'tool';
  if (type !== 'message') return undefined;
  return role === 'user' || role === 'assistant' ? role : 'system';
}

function textOf({ content = '' }: InputItem): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('\n');
}
