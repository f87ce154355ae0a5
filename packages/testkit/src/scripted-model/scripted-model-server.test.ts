import { afterEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../wait-until.js';
import { ScriptedModelServer } from './scripted-model-server.js';
import type { Scenario, ScriptedReply } from './scenario.js';
import { scriptedStory } from './scripted-story.js';

let server: ScriptedModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const tools = ['write', 'shell'].map((name) => ({ type: 'function', function: { name } }));
const call = (tool: string) => ({ tool, arguments: { path: 'a' } });
const start = async (replies: readonly ScriptedReply[], turns: Scenario['turns'] = [{ match: /Task/, replies }]) =>
  (server = await ScriptedModelServer.start([{ model: 'm', turns }]));

async function ask(messages: readonly unknown[], more: Record<string, unknown> = {}, signal?: AbortSignal) {
  return await fetch(`${server?.host ?? ''}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer the-key', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', tools, messages, ...more }),
    ...(signal === undefined ? {} : { signal }),
  });
}
const user = (content: unknown) => ({ role: 'user', content });
const result = { role: 'tool', content: 'ok', tool_call_id: 'x' };
const asked = { role: 'assistant', content: null, tool_calls: [] };
const said = async (response: Response) => {
  const { choices } = (await response.json()) as {
    choices: { message: { content: string; tool_calls?: unknown[] } }[];
  };
  return choices[0]?.message.tool_calls === undefined ? choices[0]?.message.content : 'calls';
};

describe('ScriptedModelServer', () => {
  it('answers by how far the conversation has come, however often it is asked', async () => {
    await start([{ calls: [call('write'), call('write')] }, { calls: [call('shell')] }, { say: 'done' }]);
    const task = user([{ type: 'text', text: 'Task' }]);
    const replies = [];
    for (const results of [0, 0, 1, 2, 3, 3]) {
      await ask([user('hello'), task, asked, ...Array.from({ length: results }, () => result), user('what now?')]);
      replies.push(server?.requests.at(-1)?.reply);
    }
    expect(replies).toEqual([0, 0, 0, 1, 2, 2]);
  });

  it('finds the turn by the last prompt that one is scripted for', async () => {
    await start(
      [],
      [
        { match: /first/, replies: [{ say: 'one' }] },
        { match: /second/, replies: [{ say: 'two' }] },
      ],
    );
    expect(await said(await ask([user('first'), result, user('second')]))).toBe('two');
    expect(await said(await ask([user('second'), user('other')]))).toBe('two');
    expect(await said(await ask([user('nothing of it')]))).toBe('Nothing is scripted for this prompt.');
  });

  it('answers an engine that edits by text by how many replies stand in the conversation', async () => {
    const turns = [{ match: /Task/, replies: [{ say: 'one' }, { say: 'two' }] }];
    server = await ScriptedModelServer.start([{ model: 'm', editsByText: true, turns }]);
    const told = { role: 'assistant', content: 'one' };
    const askPlainly = async (...messages: unknown[]) => await said(await ask(messages, { tools: undefined }));
    expect(await askPlainly(told, user('Task'))).toBe('one');
    expect(await askPlainly(user('Task'), told, user('go on'))).toBe('two');
    expect(await askPlainly(user('Task'), told, user('go on'), told, user('go on'))).toBe('two');
    expect(server.requests.map(({ reply }) => reply)).toEqual([0, 1, 1]);
  });

  it('answers side calls, lists its models, and refuses what it does not know', async () => {
    await start([{ calls: [call('unknown-tool')] }]);
    expect(await said(await ask([user('Task')], { tools: undefined }))).toBe('Scripted model');
    const models = (await (await fetch(`${server?.host ?? ''}/v1/models`)).json()) as { data: { id: string }[] };
    expect(models.data.map(({ id }) => id)).toEqual(['m']);
    expect((await ask([user('Task')])).status).toBe(400);
    expect((await ask([user('Task')], { model: 'other' })).status).toBe(404);
    expect((await fetch(`${server?.host ?? ''}/v1/other`)).status).toBe(404);
    expect(server?.requests.map(({ state }) => state)).toEqual([
      'answered',
      'answered',
      'refused',
      'refused',
      'refused',
    ]);
    expect(server?.requests[0]?.apiKey).toBe('the-key');
  });

  it('streams chunks with the tool call, the usage and the end', async () => {
    await start([{ say: 'I write', calls: [call('write')], usage: { inputTokens: 3, outputTokens: 4 } }]);
    const text = await (await ask([user('Task')], { stream: true })).text();
    const events = text
      .trim()
      .split('\n\n')
      .map((line) => line.replace(/^data: /, ''));
    expect(events.at(-1)).toBe('[DONE]');
    expect(events.at(-2)).toContain('"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}');
    expect(text).toContain('"name":"write","arguments":"{\\"path\\":\\"a\\"}"');
    expect(text).toContain('"finish_reason":"tool_calls"');
  });

  it('fails as it is told, and only as often', async () => {
    await start([{ say: 'fine', fault: { status: 503, times: 1 } }]);
    expect((await ask([user('Task')])).status).toBe(503);
    expect(await said(await ask([user('Task')]))).toBe('fine');
  });

  it('breaks a stream off, and sends calls that are not JSON', async () => {
    await start([{ calls: [call('write')], fault: { cutAfterChunks: 1, times: 1 } }, { say: 'x' }]);
    await expect(
      ask([user('Task')], { stream: true }).then(async (response) => await response.text()),
    ).rejects.toThrow();
    expect(server?.requests[0]?.state).toBe('cut');
    server?.setScenario({
      model: 'm',
      turns: [{ match: /Task/, replies: [{ calls: [call('write')], fault: { badToolArguments: true } }] }],
    });
    expect(await (await ask([user('Task')])).text()).toContain('"arguments":"{\\"path\\": "');
  });

  it('knows which requests the client gave up', async () => {
    await start([{ say: 'late', fault: { delayHeadersMs: 600_000 } }]);
    const stop = new AbortController();
    const answer = ask([user('Task')], {}, stop.signal);
    await waitUntil(() => server?.requests[0], { what: 'the request' });
    stop.abort();
    await expect(answer).rejects.toThrow();
    await waitUntil(() => server?.requests[0]?.state === 'aborted', { what: 'the request to be given up' });
  });

  it('closes at once while a stream stalls', async () => {
    await start([{ say: 'begin', fault: { stallAfterChunks: 1 } }]);
    const response = await ask([user('Task')], { stream: true });
    const body = response.text();
    await server?.close();
    server = undefined;
    await expect(body).rejects.toThrow();
  });
});

describe('scriptedStory', () => {
  it('makes one tool call of each edit, in the turn whose prompt names kind and round', () => {
    const { turns } = scriptedStory({
      model: 'm',
      rounds: [
        {
          kind: 'fix-tests',
          round: 2,
          say: 'Fixed.',
          edits: [
            { op: 'replace', file: 'a', before: 'b', after: 'c' },
            { op: 'delete', file: "it's" },
          ],
        },
      ],
    });
    expect(turns[0]?.match.test('Continue.\n\nTask: fix-tests, round 2, story A-1.')).toBe(true);
    expect(turns[0]?.match.test('Task: fix-tests, round 21, story A-1.')).toBe(false);
    expect(turns[0]?.replies).toEqual([
      { calls: [{ tool: 'edit', arguments: { path: 'a', before: 'b', after: 'c' } }] },
      { calls: [{ tool: 'shell', arguments: { command: "rm -- 'it'\\''s'" } }] },
      { say: 'Fixed.' },
    ]);
  });
});
