/**
 * A model server on loopback that says what it is told to: real engines are driven by it without a model or a key.
 * It keeps a log of requests, with those that the client gave up, so that a test can see what reached the wire.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { anthropicWire } from './anthropic-wire.js';
import { chatWire } from './chat-wire.js';
import { geminiWire } from './gemini-wire.js';
import type { ModelWire } from './model-wire.js';
import { responsesWire } from './responses-wire.js';
import { chooseReply } from './scenario.js';
import type { ChosenReply, Conversation, Fault, Scenario, ScriptedReply } from './scenario.js';

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  /** The key as it was sent: the bearer token, `x-api-key` or `x-goog-api-key`. */
  readonly apiKey: string | undefined;
  /** Set for requests of a conversation. */
  readonly conversation?: Conversation;
  /** Index of the turn and of the reply that were chosen. */
  readonly turn?: number;
  readonly reply?: number;
  /** `open` until it is decided; `aborted` when the client went away before the end. */
  readonly state: 'open' | 'answered' | 'refused' | 'cut' | 'aborted';
}

const WIRES: readonly ModelWire[] = [chatWire, responsesWire, anthropicWire, geminiWire];

export class ScriptedModelServer {
  readonly #server: Server;
  readonly #scenarios: Map<string, Scenario>;
  readonly #log: LoggedRequest[] = [];
  readonly #faultsMet = new Map<string, number>();
  readonly #closing = new AbortController();

  private constructor(scenarios: readonly Scenario[]) {
    this.#scenarios = new Map(scenarios.map((scenario) => [scenario.model, scenario]));
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  /** Listens on a free port of 127.0.0.1. */
  static async start(scenarios: readonly Scenario[]): Promise<ScriptedModelServer> {
    const server = new ScriptedModelServer(scenarios);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** `http://127.0.0.1:<port>`, without a path. */
  get host(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** All requests so far, oldest first. */
  get requests(): readonly LoggedRequest[] {
    return this.#log;
  }

  /** Requests of conversations with tools: those that count as the model's work. */
  get turnsAsked(): readonly LoggedRequest[] {
    return this.#log.filter(({ conversation }) => (conversation?.tools.length ?? 0) > 0);
  }

  /** Adds a scenario, or takes the place of the one with its model. */
  setScenario(scenario: Scenario): void {
    this.#scenarios.set(scenario.model, scenario);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET' } = request;
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const authorization = request.headers.authorization?.replace(/^Bearer /, '');
    const otherKey = request.headers['x-api-key'] ?? request.headers['x-goog-api-key'];
    const entry = { method, path, apiKey: authorization ?? otherKey?.toString() };
    const wire = WIRES.find((each) => each.serves(path));
    if (method === 'GET' && path === '/v1/models') {
      this.#log.push({ ...entry, state: 'answered' });
      const data = [...this.#scenarios.keys()].map((id) => ({ id, object: 'model', created: 0, owned_by: 'test' }));
      sendJson(response, 200, { object: 'list', data });
      return;
    }
    if (method !== 'POST' || wire === undefined) {
      this.#log.push({ ...entry, state: 'refused' });
      sendJson(response, 404, { error: { message: `nothing is served at ${method} ${path}` } });
      return;
    }
    const conversation = wire.readConversation(JSON.parse(await readBody(request)), path);
    const scenario = this.#scenarios.get(conversation.model);
    if (scenario === undefined) {
      this.#log.push({ ...entry, conversation, state: 'refused' });
      sendJson(response, 404, wire.errorBody(404, `no scenario for the model ${conversation.model}`));
      return;
    }
    const chosen = chooseReply(scenario, conversation);
    const at = this.#log.push({
      ...entry,
      conversation,
      state: 'open',
      ...(chosen.turn === undefined ? {} : { turn: chosen.turn }),
      ...(chosen.index === undefined ? {} : { reply: chosen.index }),
    });
    const settle = (state: LoggedRequest['state']) => {
      const logged = this.#log[at - 1];
      if (logged?.state === 'open') this.#log[at - 1] = { ...logged, state };
    };
    response.once('close', () => settle(response.writableFinished ? 'answered' : 'aborted'));
    await this.#answer(wire, conversation, chosen, response, settle);
  }

  async #answer(
    wire: ModelWire,
    { model, streams, tools }: Conversation,
    { reply: scripted, turn, index }: ChosenReply,
    response: ServerResponse,
    settle: (state: LoggedRequest['state']) => void,
  ): Promise<void> {
    const missing = scripted.calls?.find(({ tool }) => !tools.includes(tool));
    if (missing !== undefined) {
      settle('refused');
      sendJson(response, 400, wire.errorBody(400, `the engine offers no tool ${missing.tool}: ${tools.join(', ')}`));
      return;
    }
    const fault = this.#faultFor(`${model} ${String(turn)} ${String(index)}`, scripted.fault);
    const { fault: _fault, ...rest } = scripted;
    const reply: ScriptedReply = fault === undefined ? rest : { ...rest, fault };
    if (fault?.delayHeadersMs !== undefined) {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const signal = AbortSignal.any([gone.signal, this.#closing.signal]);
      // An abort ends the wait early; what follows then writes to nobody.
      await pause(fault.delayHeadersMs, undefined, { signal }).catch(() => undefined);
    }
    if (response.destroyed) return;
    if (fault?.status !== undefined) {
      settle('refused');
      sendJson(
        response,
        fault.status,
        wire.errorBody(fault.status, `scripted failure ${String(fault.status)}`),
        fault.headers,
      );
      return;
    }
    if (!streams) {
      sendJson(response, 200, wire.body(reply, model));
      return;
    }
    const chunks = wire.chunks(reply, model);
    const sent = chunks.slice(0, fault?.stallAfterChunks ?? fault?.cutAfterChunks ?? chunks.length);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    for (const chunk of sent) response.write(chunk);
    if (fault?.stallAfterChunks !== undefined) return;
    if (fault?.cutAfterChunks !== undefined) {
      settle('cut');
      // After what was written has left, so that the client sees a beginning and then a broken connection.
      response.socket?.end(() => response.destroy());
      return;
    }
    response.end();
  }

  #faultFor(key: string, fault: Fault | undefined): Fault | undefined {
    if (fault === undefined) return undefined;
    const met = this.#faultsMet.get(key) ?? 0;
    this.#faultsMet.set(key, met + 1);
    return met < (fault.times ?? Infinity) ? fault : undefined;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
