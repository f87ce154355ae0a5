/**
 * Stands on loopback between an engine and its model: counts what each call used, stops at a budget, and keeps the
 * provider's key to itself. The engine gets a token that is worth something here only, and only while the proxy runs.
 * Boundary to the network: what the engine says to the model passes through unread, but for what metering needs.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { Readable, Transform } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Usage } from '../../domain/usage.js';
import { maskValues } from '../../git/mask-secrets.js';
import type { UsageLog } from '../coding-engine.js';
import type { ModelCall, ModelStop } from '../model-access.js';
import { AnswerMeter } from './answer-meter.js';
import { endsTurn, readProviderLimit } from './provider-limit.js';
import { askForUsage, parseJson, usageReaderFor } from './wire-usage.js';
import type { CallUsage } from './wire-usage.js';

export interface ModelPrice {
  /** US dollars per million tokens. */
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
}

export interface ModelBudget {
  readonly tokens?: number | undefined;
  /** Needs a price. */
  readonly usd?: number | undefined;
}

export interface MeteringProxyOptions {
  /** Base address of the provider's API; a path of its own goes before those of the calls. */
  readonly upstream: string;
  readonly apiKey?: string | undefined;
  readonly price?: ModelPrice | undefined;
  readonly budget?: ModelBudget | undefined;
  readonly onCall?: ((call: ModelCall) => void) | undefined;
  /** Each call is in it before the engine has the end of its answer. */
  readonly log?: UsageLog | undefined;
}

/** Prompts hold files and pictures; beyond this something is wrong. */
const MAXIMUM_REQUEST_BYTES = 64 * 1024 * 1024;
/** Where clients put their key, by wire. */
const KEY_HEADERS = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key'] as const;
/** Of this connection, not of the call; and what `fetch` sets itself. */
const HOP_HEADERS = new Set([
  ...['connection', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'host', 'content-length', 'expect'],
]);

export class MeteringProxy {
  /** What the engine is given in place of the provider's key. */
  readonly token = `vishkar-${randomBytes(24).toString('hex')}`;
  readonly #options: MeteringProxyOptions;
  readonly #server: Server;
  #inputTokens = 0;
  #outputTokens = 0;
  #calls = 0;
  #refusals = 0;
  #stopped: ModelStop | undefined;

  private constructor(options: MeteringProxyOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => refuse(response, 502, 'upstream_error', reason(error)));
    });
  }

  /** Listens on a free port of 127.0.0.1. */
  static async start(options: MeteringProxyOptions): Promise<MeteringProxy> {
    const proxy = new MeteringProxy(options);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  /** `http://127.0.0.1:<port>`, in place of the provider's address. */
  get host(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Exact, over all calls so far; undefined before the first that used anything. */
  usage(): Usage | undefined {
    if (this.#calls === 0) return undefined;
    const costUsd = this.#costUsd();
    return {
      source: 'proxy',
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      ...(costUsd === undefined ? {} : { costUsd }),
    };
  }

  /** Why calls are refused here: the budget is used up, or the provider's own limit is reached. */
  stopped(): ModelStop | undefined {
    return this.#stopped;
  }

  #exhausted(): string | undefined {
    const { tokens, usd } = this.#options.budget ?? {};
    const used = this.#inputTokens + this.#outputTokens;
    if (tokens !== undefined && used >= tokens)
      return `the budget of ${String(tokens)} tokens is used up (${String(used)})`;
    const costUsd = this.#costUsd();
    if (usd !== undefined && costUsd !== undefined && costUsd >= usd)
      return `the budget of ${String(usd)} US dollars is used up (${costUsd.toFixed(4)})`;
    return undefined;
  }

  /** Ends calls that are under way. Idempotent. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #costUsd(
    { inputTokens, outputTokens } = { inputTokens: this.#inputTokens, outputTokens: this.#outputTokens },
  ): number | undefined {
    const { price } = this.#options;
    if (price === undefined) return undefined;
    return (inputTokens * price.inputUsdPerMillion + outputTokens * price.outputUsdPerMillion) / 1_000_000;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = this.#upstreamUrl(request.url ?? '/');
    if (!this.#knows(request.headers, url)) return refuse(response, 401, 'authentication_error', 'unknown token');
    const exhausted = this.#exhausted();
    if (exhausted !== undefined) this.#stopped = { detail: exhausted };
    // 401 is what engines stop at; they would try again after anything else.
    if (this.#stopped !== undefined) return refuse(response, 401, 'budget_exhausted', this.#stopped.detail);
    const body = await readBody(request);
    if (body === undefined) return refuse(response, 413, 'request_too_large', 'the request is too large');
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const { method = 'GET' } = request;
    const call = { method, path: url.pathname, usesModel: usageReaderFor(url.pathname) !== undefined };
    const startedAt = performance.now();
    const answer = await fetch(url, {
      method,
      headers: this.#headers(request.headers, url),
      signal: gone.signal,
      redirect: 'manual',
      ...(body.length === 0 ? {} : { body: askForUsage(url.pathname, body) }),
    }).catch((error: unknown) => {
      // Whoever watches learns of a provider that can't be reached as the engine does; a call that the engine gave up is none.
      const milliseconds = Math.round(performance.now() - startedAt);
      if (!gone.signal.aborted) this.#options.onCall?.({ ...call, status: 502, milliseconds });
      throw error;
    });
    await this.#passOn(await this.#lookAtRefusal(answer), response, call);
  }

  /** Reads a refusal whole: what it says of a limit stands in headers or body, and some providers quote the key that they refuse. */
  async #lookAtRefusal(answer: Response): Promise<Response> {
    this.#refusals = answer.status === 429 ? this.#refusals + 1 : 0;
    if (answer.status < 400) return answer;
    const text = this.#withoutKey(await answer.text());
    const nowMs = Date.now();
    const limit =
      this.#refusals === 0 ? undefined : readProviderLimit(answer.status, answer.headers, parseJson(text), nowMs);
    if (limit !== undefined && endsTurn(limit, this.#refusals, nowMs)) {
      const until = limit.resumesAtMs === undefined ? '' : ` until ${new Date(limit.resumesAtMs).toISOString()}`;
      this.#stopped = { detail: `its provider lets no calls through${until} (${limit.kind})`, limit };
    }
    return new Response(text, { status: answer.status, headers: answer.headers });
  }

  /** The engine must not learn it from the provider either. */
  #withoutKey(text: string): string {
    const { apiKey } = this.#options;
    return apiKey === undefined ? text : maskValues(text, [apiKey]);
  }

  #upstreamUrl(path: string): URL {
    const base = new URL(this.#options.upstream);
    return new URL(`${base.pathname.replace(/\/+$/, '')}${path}`, base.origin);
  }

  async #passOn(
    answer: Response,
    response: ServerResponse,
    call: Pick<ModelCall, 'method' | 'path' | 'usesModel'>,
  ): Promise<void> {
    const startedAt = performance.now();
    const read = usageReaderFor(call.path);
    const meter = read === undefined ? undefined : new AnswerMeter(read, answer.headers.get('content-type') ?? '');
    const headers = [...answer.headers]
      .filter(([name]) => !HOP_HEADERS.has(name) && name !== 'content-encoding')
      .map(([name, value]) => [name, this.#withoutKey(value)]);
    response.writeHead(answer.status, Object.fromEntries(headers));
    let used: CallUsage = {};
    // What is known of a call is counted, and on the disk, before the engine gets to know it: it may be killed right then.
    const count = async (seen: CallUsage) => {
      const isFirst = used.inputTokens === undefined && used.outputTokens === undefined;
      const more = (name: 'inputTokens' | 'outputTokens') => Math.max(0, (seen[name] ?? 0) - (used[name] ?? 0));
      const added = { inputTokens: more('inputTokens'), outputTokens: more('outputTokens') };
      used = seen;
      await this.#count(added, isFirst);
    };
    const watch = new Transform({
      transform: (chunk: Uint8Array, _encoding, done) => {
        meter?.write(chunk);
        count(meter?.usage ?? {}).then(() => done(undefined, chunk), done);
      },
      flush: (done) => void count(meter?.end() ?? {}).then(() => done(), done),
    });
    let isCut = true;
    try {
      if (answer.body === null) response.end();
      else await pipeline(Readable.fromWeb(answer.body as ReadableStream), watch, response);
      isCut = false;
    } finally {
      // Also of an answer that was cut: what was used by then was used.
      if (isCut) await count(meter?.end() ?? {});
      const milliseconds = Math.round(performance.now() - startedAt);
      const cut = isCut ? { cut: true as const } : {};
      this.#options.onCall?.({ ...call, status: answer.status, milliseconds, ...used, ...cut });
    }
  }

  async #count({ inputTokens, outputTokens }: Required<CallUsage>, isFirst: boolean): Promise<void> {
    if (inputTokens === 0 && outputTokens === 0) return;
    if (isFirst) this.#calls += 1;
    this.#inputTokens += inputTokens;
    this.#outputTokens += outputTokens;
    const costUsd = this.#costUsd({ inputTokens, outputTokens });
    const cost = costUsd === undefined ? {} : { costUsd };
    await this.#options.log?.add({ source: 'proxy', inputTokens, outputTokens, ...cost });
  }

  #knows(headers: IncomingHttpHeaders, url: URL): boolean {
    const given = [...KEY_HEADERS.map((name) => headers[name]), url.searchParams.get('key')];
    return given.some((value) => typeof value === 'string' && isSame(value.replace(/^Bearer /i, ''), this.token));
  }

  /** The call's own headers, with the provider's key wherever the token stood. */
  #headers(given: IncomingHttpHeaders, url: URL): Headers {
    const { apiKey = '' } = this.#options;
    const headers = new Headers();
    for (const [name, value] of Object.entries(given)) {
      if (HOP_HEADERS.has(name) || value === undefined) continue;
      const text = Array.isArray(value) ? value.join(', ') : value;
      const passed = text.replace(this.token, apiKey);
      if (passed !== '' && passed !== 'Bearer ') headers.set(name, passed);
    }
    if (url.searchParams.get('key') === this.token) url.searchParams.set('key', apiKey);
    return headers;
  }
}

/** Undefined when it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAXIMUM_REQUEST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** An error in the form that the OpenAI and Anthropic wires share. */
function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  if (response.headersSent) {
    // The answer has begun: cutting it is the only way left to say that something is wrong.
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ type: 'error', error: { type, message: `vishkar: ${message}` } }));
}

/** `fetch` tells why only in its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'the provider could not be reached';
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
