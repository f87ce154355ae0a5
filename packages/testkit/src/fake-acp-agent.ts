/**
 * A coding agent of this process that speaks the Agent Client Protocol and behaves as a test wants: every quirk that
 * was seen in real agents can be shown without one. It keeps a log of what it was asked.
 */
import * as acp from '@agentclientprotocol/sdk';

export interface FakeTurn {
  readonly sessionId: string;
  readonly text: string;
  /** Aborted by session/cancel. */
  readonly cancelled: AbortSignal;
  update(update: acp.SessionUpdate): Promise<void>;
  /** Asks for permission; the answer as the client gave it. */
  ask(request: Omit<acp.RequestPermissionRequest, 'sessionId'>): Promise<acp.RequestPermissionResponse>;
  /** Breaks the connection, as a process that dies does. */
  die(): void;
}

/** What ends a turn; `usage` is sent although the stable protocol does not name it, as agents do. */
export interface FakeTurnEnd {
  readonly stopReason: acp.StopReason;
  readonly usage?: Readonly<Record<string, number>> | null;
}

export interface FakeAcpAgentOptions {
  /** Called for each prompt. Throw {@link acp.RequestError} for a protocol error. */
  readonly turn: (turn: FakeTurn) => FakeTurnEnd | Promise<FakeTurnEnd>;
  readonly capabilities?: acp.AgentCapabilities;
  /** Sessions that can be loaded or resumed, with the updates that a load sends again. Default: none. */
  readonly sessions?: Readonly<Record<string, readonly acp.SessionUpdate[]>>;
}

export interface FakeAcpAgent {
  /** The client's side of the connection. */
  readonly stream: acp.Stream;
  /** Methods that were called, in order, with their parameters. */
  readonly calls: readonly { readonly method: string; readonly params: unknown }[];
}

/**
 * Starts a fake agent; it ends with its connection.
 *
 * @example
 * const agent = startFakeAcpAgent({ turn: () => ({ stopReason: 'end_turn', usage: { totalTokens: 1 } }) });
 */
export function startFakeAcpAgent(options: FakeAcpAgentOptions): FakeAcpAgent {
  const calls: { method: string; params: unknown }[] = [];
  const cancels = new Map<string, AbortController>();
  const toAgent = new TransformStream<acp.AnyMessage, acp.AnyMessage>();
  let breakOff = (): void => undefined;
  const toClient = new TransformStream<acp.AnyMessage, acp.AnyMessage>({
    start: (controller) => {
      breakOff = () => controller.terminate();
    },
  });
  let sessions = 0;
  const log = <T>(method: string, params: T): T => {
    calls.push({ method, params });
    return params;
  };
  const requireSession = async (method: string, params: { sessionId: string }, client: acp.AgentContext) => {
    log(method, params);
    const past = options.sessions?.[params.sessionId];
    if (past === undefined) throw acp.RequestError.sessionNotFound(params.sessionId);
    if (method !== 'session/load') return;
    for (const update of past) await client.notify('session/update', { sessionId: params.sessionId, update });
  };

  const { agent: methods } = acp.methods;
  acp
    .agent({ name: 'fake-agent' })
    .onRequest(methods.initialize, ({ params }) => {
      log(methods.initialize, params);
      const agentInfo = { name: 'fake-agent', version: '1.0.0' };
      return { protocolVersion: acp.PROTOCOL_VERSION, agentInfo, agentCapabilities: options.capabilities ?? {} };
    })
    .onRequest(methods.session.new, ({ params }) => {
      log(methods.session.new, params);
      sessions += 1;
      return { sessionId: `new-${String(sessions)}` };
    })
    .onRequest(methods.session.load, async ({ params, client }) => {
      await requireSession(methods.session.load, params, client);
      return {};
    })
    .onRequest(methods.session.resume, async ({ params, client }) => {
      await requireSession(methods.session.resume, params, client);
      return {};
    })
    .onRequest(methods.session.setMode, ({ params }) => {
      log(methods.session.setMode, params);
      return {};
    })
    .onRequest(methods.session.prompt, async ({ params, client }) => {
      const { sessionId, prompt } = log(methods.session.prompt, params);
      const cancel = new AbortController();
      cancels.set(sessionId, cancel);
      const text = prompt.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
      const end = await options.turn({
        sessionId,
        text,
        cancelled: cancel.signal,
        update: async (update) => await client.notify('session/update', { sessionId, update }),
        ask: async (request) => await client.request('session/request_permission', { sessionId, ...request }),
        die: () => breakOff(),
      });
      return end as acp.PromptResponse;
    })
    .onNotification(methods.session.cancel, ({ params }) => {
      cancels.get(log(methods.session.cancel, params).sessionId)?.abort();
    })
    .connect({ readable: toAgent.readable, writable: toClient.writable });

  return { stream: { readable: toClient.readable, writable: toAgent.writable }, calls };
}
