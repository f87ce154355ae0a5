/** Each wire reads its protocol's requests into the same conversation, and says a reply in that protocol's own form. */
import { afterEach, describe, expect, it } from 'vitest';
import { anthropicWire } from './anthropic-wire.js';
import { chatWire } from './chat-wire.js';
import { geminiWire } from './gemini-wire.js';
import type { ModelWire } from './model-wire.js';
import { responsesWire } from './responses-wire.js';
import type { ScriptedReply } from './scenario.js';
import { ScriptedModelServer } from './scripted-model-server.js';

let server: ScriptedModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface WireCase {
  readonly wire: ModelWire;
  readonly path: string;
  /** The same conversation on each: a system text, an old prompt, two calls with their results, a new prompt. */
  readonly request: object;
}

const RESULT = 'what came of it';
const cases: Readonly<Record<string, WireCase>> = {
  'OpenAI chat': {
    wire: chatWire,
    path: '/v1/chat/completions',
    request: {
      model: 'm',
      stream: true,
      tools: [{ type: 'function', function: { name: 'write' } }],
      messages: [
        { role: 'system', content: 'Be good.' },
        { role: 'user', content: 'Task' },
        { role: 'assistant', content: null, tool_calls: [{ id: '1' }, { id: '2' }] },
        { role: 'tool', tool_call_id: '1', content: RESULT },
        { role: 'tool', tool_call_id: '2', content: RESULT },
        { role: 'user', content: [{ type: 'text', text: 'Go on' }] },
      ],
    },
  },
  'OpenAI responses': {
    wire: responsesWire,
    path: '/v1/responses',
    request: {
      model: 'm',
      stream: true,
      tools: [{ type: 'function', name: 'write' }],
      input: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be good.' }] },
        { role: 'user', content: 'Task' },
        { type: 'reasoning', summary: [] },
        { type: 'function_call', call_id: '1', name: 'write', arguments: '{}' },
        { type: 'custom_tool_call', call_id: '2', name: 'write', input: '' },
        { type: 'function_call_output', call_id: '1', output: RESULT },
        { type: 'custom_tool_call_output', call_id: '2', output: RESULT },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Go on' }] },
      ],
    },
  },
  Anthropic: {
    wire: anthropicWire,
    path: '/v1/messages',
    request: {
      model: 'm',
      stream: true,
      system: 'Be good.',
      tools: [{ name: 'write', input_schema: {} }],
      messages: [
        { role: 'user', content: 'Task' },
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: '1' },
            { type: 'tool_use', id: '2' },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: '1', content: RESULT },
            { type: 'tool_result', tool_use_id: '2', content: [{ type: 'text', text: RESULT }] },
            { type: 'text', text: 'Go on' },
          ],
        },
      ],
    },
  },
  Gemini: {
    wire: geminiWire,
    path: '/v1beta/models/m:streamGenerateContent',
    request: {
      systemInstruction: { parts: [{ text: 'Be good.' }] },
      tools: [{ functionDeclarations: [{ name: 'write' }] }],
      contents: [
        { role: 'user', parts: [{ text: 'Task' }] },
        { role: 'model', parts: [{ functionCall: { name: 'write' } }, { functionCall: { name: 'write' } }] },
        {
          role: 'user',
          parts: [
            { functionResponse: { name: 'write', response: { output: RESULT } } },
            { functionResponse: { name: 'write', response: { output: RESULT } } },
            { text: 'Go on' },
          ],
        },
      ],
    },
  },
};
const all = Object.entries(cases);

/** What a client makes of a stream: its events' data. */
const dataOf = (text: string) =>
  [...text.matchAll(/^data: (\{.*\})\r?$/gm)].map(([, data = '']) => JSON.parse(data) as Record<string, unknown>);

describe('the wire of', () => {
  it.each(all)('%s is served at its path only', (_name, { wire, path }) => {
    for (const { path: other } of Object.values(cases)) expect(wire.serves(other)).toBe(other === path);
  });

  it.each(all)('%s reads prompts, tools and one message for each result', (_name, { wire, path, request }) => {
    const { model, streams, tools, messages } = wire.readConversation(request, path);
    expect({ model, streams, tools }).toEqual({ model: 'm', streams: true, tools: ['write'] });
    expect(messages.filter(({ role }) => role === 'user').map(({ text }) => text)).toEqual(['Task', 'Go on']);
    expect(messages.filter(({ role }) => role === 'tool')).toHaveLength(2);
    expect(messages.findLastIndex(({ role }) => role === 'tool')).toBeLessThan(messages.length - 1);
  });

  it.each(all)('%s says text, calls and usage, in one piece and streamed', (_name, { wire }) => {
    const reply: ScriptedReply = {
      say: 'I write',
      calls: [
        { tool: 'write', arguments: { path: 'a' } },
        { tool: 'write', arguments: { path: 'b' } },
      ],
      usage: { inputTokens: 1_234, outputTokens: 567 },
    };
    const streamed = wire.chunks(reply, 'm');
    for (const text of [JSON.stringify(wire.body(reply, 'm')), streamed.join('')]) {
      for (const part of ['I write', '1234', '567']) expect(text).toContain(part);
      // As JSON inside JSON on the wires that send arguments as text.
      expect(text).toMatch(/\\?"path\\?":\s?\\?"a\\?"[^]*\\?"path\\?":\s?\\?"b\\?"/);
    }
    for (const chunk of streamed) expect(chunk).toMatch(/\r?\n\r?\n$/);
  });

  it.each(all)('%s keeps silent of usage when it is told to', (_name, { wire }) => {
    const reply: ScriptedReply = { say: 'Hello', usage: null };
    const text = JSON.stringify(wire.body(reply, 'm')) + wire.chunks(reply, 'm').join('');
    expect(text).not.toMatch(/_tokens|TokenCount/);
  });

  it.each(all)('%s is served by the same server, with the faults of any', async (_name, { path, request }) => {
    const replies: readonly ScriptedReply[] = [
      { calls: [{ tool: 'write', arguments: {} }] },
      { calls: [{ tool: 'write', arguments: {} }] },
      { say: 'third', fault: { status: 401, times: 1 } },
    ];
    server = await ScriptedModelServer.start([{ model: 'm', turns: [{ match: /Task/, replies }] }]);
    const ask = async () =>
      await fetch(`${server?.host ?? ''}${path}?alt=sse`, { method: 'POST', body: JSON.stringify(request) });
    const refused = await ask();
    expect([refused.status, ((await refused.json()) as { error: object }).error]).toEqual([401, expect.any(Object)]);
    const answer = await ask();
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(await answer.text()).toContain('third');
    expect(server.turnsAsked.map(({ reply, state }) => [reply, state])).toEqual([
      [2, 'refused'],
      [2, 'answered'],
    ]);
  });
});

describe('a stream of', () => {
  const reply: ScriptedReply = { say: 'Hi', calls: [{ tool: 'write', arguments: { path: 'a' } }] };

  it('OpenAI responses tells each item from its beginning to its end, in order', () => {
    const events = dataOf(responsesWire.chunks(reply, 'm').join(''));
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_event, at) => at + 1));
  });

  it('Anthropic tells each block, then why it stopped', () => {
    const events = dataOf(anthropicWire.chunks(reply, 'm').join(''));
    const block = ['content_block_start', 'content_block_delta', 'content_block_stop'];
    const types = ['message_start', ...block, ...block, 'message_delta', 'message_stop'];
    expect(events.map(({ type }) => type)).toEqual(types);
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } });
  });

  it('Gemini says at its end that it is one', () => {
    const events = dataOf(geminiWire.chunks(reply, 'm').join(''));
    expect(events.map((event) => JSON.stringify(event).includes('"finishReason":"STOP"'))).toEqual([
      false,
      false,
      true,
    ]);
  });
});
