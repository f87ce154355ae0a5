import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort, waitUntil } from '@vishkar/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { ModelCall } from '../model-access.js';
import { MeteringProxy } from './metering-proxy.js';
import type { MeteringProxyOptions } from './metering-proxy.js';

const KEY = 'sk-provider-0123456789';

interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A provider that answers every call the same way. */
async function provider(answer: (response: ServerResponse) => void) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { upstream: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, seen };
}

async function proxyTo(upstream: string, options: Partial<MeteringProxyOptions> = {}) {
  const calls: ModelCall[] = [];
  const proxy = await MeteringProxy.start({ upstream, apiKey: KEY, onCall: (call) => calls.push(call), ...options });
  closers.push(() => proxy.close());
  const ask = async (path: string, body: object = {}, headers: Record<string, string> = {}) =>
    await fetch(`${proxy.host}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${proxy.token}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  return { proxy, ask, calls };
}

const json = (value: unknown) => (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};

/** Written in pieces of seven bytes, so that events and characters are cut anywhere. */
const events = (...values: readonly unknown[]) => {
  const lines = values.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`);
  const bytes = Buffer.from(lines.join(''));
  return (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    for (let at = 0; at < bytes.length; at += 7) response.write(bytes.subarray(at, at + 7));
    response.end();
  };
};

describe('the meter between an engine and its model', () => {
  it.each([
    ['OpenAI chat', '/v1/chat/completions', json({ usage: { prompt_tokens: 11, completion_tokens: 7 } })],
    [
      'OpenAI chat, streamed',
      '/v1/chat/completions',
      events(
        { choices: [{ delta: { content: 'Größe ✓' } }], usage: null },
        { choices: [], usage: { prompt_tokens: 11, completion_tokens: 7 } },
        '[DONE]',
      ),
    ],
    ['OpenAI responses', '/v1/responses', json({ usage: { input_tokens: 11, output_tokens: 7 } })],
    [
      'OpenAI responses, streamed',
      '/v1/responses',
      events(
        { type: 'response.created', response: { usage: null } },
        { type: 'response.completed', response: { usage: { input_tokens: 11, output_tokens: 7 } } },
      ),
    ],
    [
      'Anthropic, with its cache',
      '/v1/messages',
      json({
        usage: { input_tokens: 5, cache_read_input_tokens: 4, cache_creation_input_tokens: 2, output_tokens: 7 },
      }),
    ],
    [
      'Anthropic, streamed',
      '/v1/messages',
      events(
        { type: 'message_start', message: { usage: { input_tokens: 11, output_tokens: 1 } } },
        { type: 'message_delta', usage: { output_tokens: 7 } },
      ),
    ],
    [
      'Gemini',
      '/v1beta/models/gemini:generateContent',
      json({ usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 4, thoughtsTokenCount: 3 } }),
    ],
    [
      'Gemini, streamed',
      '/v1beta/models/gemini:streamGenerateContent?alt=sse',
      events(
        { usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 2 } },
        { usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7 } },
      ),
    ],
  ])('counts exactly on the wire of %s, call by call', async (_, path, answer) => {
    const { upstream } = await provider(answer);
    const { proxy, ask, calls } = await proxyTo(upstream);
    expect(proxy.usage()).toBeUndefined();
    for (let call = 0; call < 2; call++) expect((await (await ask(path)).text()).length).toBeGreaterThan(10);
    await waitUntil(() => calls.length === 2, { what: 'both calls are logged' });
    expect(proxy.usage()).toEqual({ source: 'proxy', inputTokens: 22, outputTokens: 14 });
    expect(calls[1]).toMatchObject({ method: 'POST', status: 200, inputTokens: 11, outputTokens: 7 });
  });

  it('passes the answer on as it is, and the question but for the key', async () => {
    const answer = { id: 'a', choices: [{ message: { content: 'yes' } }] };
    const { upstream, seen } = await provider(json(answer));
    const { ask } = await proxyTo(upstream);
    const question = { model: 'm', messages: [{ role: 'user', content: 'well?' }] };
    expect(await (await ask('/v1/chat/completions', question, { 'x-custom': 'kept' })).json()).toEqual(answer);
    expect(seen[0]?.headers).toMatchObject({ authorization: `Bearer ${KEY}`, 'x-custom': 'kept' });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual(question);
  });

  it.each([
    ['x-api-key', '/v1/messages'],
    ['x-goog-api-key', '/v1beta/models/gemini:generateContent'],
  ])('puts the key where the token stood: %s', async (header, path) => {
    const { upstream, seen } = await provider(json({}));
    const { proxy, ask } = await proxyTo(upstream);
    await ask(path, {}, { [header]: proxy.token, authorization: '' });
    expect(seen[0]?.headers[header]).toBe(KEY);
    expect(JSON.stringify(seen)).not.toContain(proxy.token);
  });

  it('puts the key where the token stood: the query of Gemini', async () => {
    const { upstream, seen } = await provider(json({}));
    const { proxy, ask, calls } = await proxyTo(upstream);
    await ask(`/v1beta/models/gemini:generateContent?key=${proxy.token}`, {}, { authorization: '' });
    expect(seen[0]?.path).toBe(`/v1beta/models/gemini:generateContent?key=${KEY}`);
    await waitUntil(() => calls.length === 1, { what: 'the call is logged' });
    expect(JSON.stringify(calls)).not.toContain(KEY);
  });

  it('lets nobody through who does not have its token', async () => {
    const { upstream, seen } = await provider(json({}));
    const { ask } = await proxyTo(upstream);
    for (const given of ['', 'Bearer wrong', `Bearer ${KEY}`])
      expect((await ask('/v1/chat/completions', {}, { authorization: given })).status).toBe(401);
    expect(seen).toEqual([]);
  });

  it('asks a chat stream for its usage, which is not told otherwise', async () => {
    const { upstream, seen } = await provider(events('[DONE]'));
    const { ask } = await proxyTo(upstream);
    await ask('/v1/chat/completions', { stream: true, model: 'm' });
    await ask('/v1/chat/completions', { stream: false });
    expect(seen.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { stream: true, model: 'm', stream_options: { include_usage: true } },
      { stream: false },
    ]);
  });

  it('stops at the budget: the next call is refused with 401 and does not reach the provider', async () => {
    const { upstream, seen } = await provider(json({ usage: { prompt_tokens: 60, completion_tokens: 40 } }));
    const { proxy, ask } = await proxyTo(upstream, { budget: { tokens: 150 } });
    expect((await ask('/v1/chat/completions')).status).toBe(200);
    expect((await ask('/v1/chat/completions')).status).toBe(200);
    expect(proxy.stopped()).toBeUndefined();
    const refused = await ask('/v1/chat/completions');
    expect(refused.status).toBe(401);
    expect(await refused.text()).toContain('the budget of 150 tokens is used up (200)');
    expect(proxy.stopped()).toEqual({ detail: 'the budget of 150 tokens is used up (200)' });
    expect(seen).toHaveLength(2);
  });

  it('keeps the key to itself also when the provider quotes it', async () => {
    const { upstream } = await provider((response) => {
      response.writeHead(401, { 'x-your-key': KEY }).end(`Incorrect API key provided: ${KEY}`);
    });
    const { ask } = await proxyTo(upstream);
    const refused = await ask('/v1/responses');
    expect([refused.status, refused.headers.get('x-your-key'), await refused.text()]).toEqual([
      401,
      '***',
      'Incorrect API key provided: ***',
    ]);
  });

  it('passes a long refusal of the provider on, keeps its time, and asks no more', async () => {
    const refusal = { error: { type: 'usage_limit_reached', resets_in_seconds: 7_200, message: 'come back later' } };
    const { upstream, seen } = await provider((response) => {
      response.writeHead(429, { 'content-type': 'application/json' }).end(JSON.stringify(refusal));
    });
    const { proxy, ask } = await proxyTo(upstream);
    const askedAt = Date.now();
    const refused = await ask('/v1/responses');
    expect(refused.status).toBe(429);
    expect(await refused.json()).toEqual(refusal);
    const limit = proxy.stopped()?.limit;
    expect(limit?.kind).toBe('usage_limit_reached');
    expect((limit?.resumesAtMs ?? 0) - askedAt).toBeGreaterThanOrEqual(7_200_000);
    expect((await ask('/v1/responses')).status).toBe(401);
    expect(seen).toHaveLength(1);
  });

  it('leaves short pauses to the engine, and takes the third refusal in a row without a time for a limit', async () => {
    const refusals = [{ 'retry-after': '2' }, {}, {}];
    const { upstream } = await provider((response) => {
      response.writeHead(429, refusals.shift() ?? {}).end('no');
    });
    const { proxy, ask } = await proxyTo(upstream);
    for (let count = 1; count <= 2; count += 1) {
      await (await ask('/v1/chat/completions')).text();
      expect(proxy.stopped()).toBeUndefined();
    }
    await (await ask('/v1/chat/completions')).text();
    expect(proxy.stopped()?.limit).toEqual({ resumesAtMs: undefined, kind: 'rate_limit' });
  });

  it('tells the cost by the price, and stops at a budget of money', async () => {
    const { upstream } = await provider(json({ usage: { prompt_tokens: 1_000_000, completion_tokens: 100_000 } }));
    const price = { inputUsdPerMillion: 3, outputUsdPerMillion: 15 };
    const { proxy, ask } = await proxyTo(upstream, { price, budget: { usd: 4 } });
    await (await ask('/v1/chat/completions')).text();
    expect(proxy.usage()?.costUsd).toBeCloseTo(4.5);
    expect((await ask('/v1/chat/completions')).status).toBe(401);
  });

  it('has written a call down before the engine knows its end, and does not let it end otherwise', async () => {
    const { upstream } = await provider(json({ usage: { prompt_tokens: 1_000, completion_tokens: 100 } }));
    const written: unknown[] = [];
    const price = { inputUsdPerMillion: 3, outputUsdPerMillion: 15 };
    let write = (): void => undefined;
    const isWritten = new Promise<void>((resolve) => (write = resolve));
    const log = {
      add: async (usage: unknown) => {
        await isWritten;
        written.push(usage);
      },
    };
    const { ask, proxy } = await proxyTo(upstream, { price, log });
    let hasEnded = false;
    const asked = ask('/v1/chat/completions')
      .then((answer) => answer.text())
      .then(() => (hasEnded = true));
    await waitUntil(() => proxy.usage(), { what: 'the call to be counted' });
    expect([hasEnded, written]).toEqual([false, []]);
    write();
    await asked;
    expect(written).toEqual([{ source: 'proxy', inputTokens: 1_000, outputTokens: 100, costUsd: 0.0045 }]);
  });

  it('counts what a stream had told when it was cut, and lets the engine see that it was cut', async () => {
    const start = { type: 'message_start', message: { usage: { input_tokens: 11, output_tokens: 1 } } };
    const { upstream } = await provider((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(start)}\n\n`, () => response.destroy());
    });
    const { proxy, ask, calls } = await proxyTo(upstream);
    await expect(ask('/v1/messages').then((answer) => answer.text())).rejects.toThrow();
    expect(proxy.usage()).toEqual({ source: 'proxy', inputTokens: 11, outputTokens: 1 });
    await waitUntil(() => calls.length === 1, { what: 'the call to be told' });
    expect(calls[0]).toMatchObject({ status: 200, cut: true });
  });

  it('gives up the call when the engine gives it up', async () => {
    let isGivenUp = false;
    const { upstream, seen } = await provider((response) => {
      response.once('close', () => (isGivenUp = true));
    });
    const { proxy } = await proxyTo(upstream);
    const engine = new AbortController();
    const call = fetch(`${proxy.host}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': proxy.token },
      signal: engine.signal,
    });
    await waitUntil(() => seen.length === 1, { what: 'the call is at the provider' });
    engine.abort();
    await expect(call).rejects.toThrow();
    await waitUntil(() => isGivenUp, { what: 'the provider is released' });
  });

  it('passes errors of the provider on, and says when it cannot be reached', async () => {
    const { upstream } = await provider((response) =>
      response.writeHead(429, { 'retry-after': '7', 'content-type': 'application/json' }).end('{"error":"slow"}'),
    );
    const limited = await (await proxyTo(upstream)).ask('/v1/messages');
    expect([limited.status, limited.headers.get('retry-after'), await limited.text()]).toEqual([
      429,
      '7',
      '{"error":"slow"}',
    ]);
    const { ask, calls } = await proxyTo(`http://127.0.0.1:${String(await freePort())}`);
    const nowhere = await ask('/v1/messages');
    expect(nowhere.status).toBe(502);
    expect(calls.map(({ status }) => status)).toEqual([502]);
    expect(await nowhere.text()).toContain('ECONNREFUSED');
    expect(calls).toMatchObject([{ status: 502, usesModel: true }]);
  });

  it('keeps the path of a gateway before that of the call', async () => {
    const { upstream, seen } = await provider(json({}));
    for (const base of ['/team/openai', '/team/openai/']) {
      const { ask } = await proxyTo(`${upstream}${base}`);
      await ask('/v1/chat/completions?a=b');
    }
    expect(seen.map(({ path }) => path)).toEqual(Array(2).fill('/team/openai/v1/chat/completions?a=b'));
  });
});
