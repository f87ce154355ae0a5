/**
 * One MCP server, spoken to by `@modelcontextprotocol/client`: started or reached when it is needed, asked which tools it
 * has, and let go when nothing was asked for a while (a child process or an open stream would keep the command alive).
 *
 *   closed -> connecting -> open -(idle | timeout | lost)-> closed
 *
 * The boundary to the protocol: what comes out is a parsed result, or one VishkarError per meaning without secrets.
 */
import { Client } from '@modelcontextprotocol/client';
import type { Transport } from '@modelcontextprotocol/client';
import { packageVersion } from '../../package-version.js';
import { connectionFailure, toolFailure, unreadableAnswer } from './jira-errors.js';

/** A tool as `tools/list` describes it. */
/** A server in Python takes seconds to start, and longer where much else runs; what it is asked then is another matter. */
const START_WITHIN_MS = 60_000;

export interface OfferedTool {
  readonly name: string;
  readonly properties: readonly string[];
  readonly required: readonly string[];
}

/** A transport, and what its other side said outside of the protocol (the child's stderr). */
export interface OpenedTransport {
  readonly transport: Transport;
  readonly lastWords: () => string;
}

export interface McpSessionOptions {
  /** How messages name the server. */
  readonly server: string;
  readonly open: () => OpenedTransport;
  /** Takes secrets out of texts that the server sent. */
  readonly clean: (text: string) => string;
  readonly requestTimeoutMs: number;
  /** The connection is closed after this without a call. */
  readonly idleMs: number;
}

interface OpenSession {
  readonly client: Client;
  readonly tools: ReadonlyMap<string, OfferedTool>;
}

export class McpSession {
  readonly #options: McpSessionOptions;
  #session: Promise<OpenSession> | undefined;
  /** The client of `#session`, once it is open: an older one that closes late must not take the newer with it. */
  #client: Client | undefined;
  #idle: NodeJS.Timeout | undefined;
  #calls = 0;

  constructor(options: McpSessionOptions) {
    this.#options = options;
  }

  /** The server's tools by name. Throws VishkarError `TRACKER_UNREACHABLE`, `TRACKER_UNAUTHORIZED`, `TRACKER_NOT_INSTALLED`. */
  async tools(): Promise<ReadonlyMap<string, OfferedTool>> {
    return await this.#during(async ({ tools }) => await Promise.resolve(tools));
  }

  /** Calls a tool; the result is parsed JSON. Throws the errors of `jira-errors.ts`. */
  async call(tool: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    return await this.#during(async ({ client }) => {
      const result = await client.callTool(
        { name: tool, arguments: { ...args } },
        { timeout: this.#options.requestTimeoutMs },
      );
      const text = result.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
      if (result.isError === true) throw toolFailure(tool, this.#options.clean(text));
      const value: unknown = result.structuredContent ?? parseJson(tool, text, this.#options.clean);
      // FastMCP wraps a text result once more; some tools report a failure as a result without `isError`.
      const inner = wrappedText(value);
      const answer = inner === undefined ? value : parseJson(tool, inner, this.#options.clean);
      const failure = reportedError(answer);
      if (failure !== undefined) throw toolFailure(tool, this.#options.clean(failure));
      return answer;
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const session = this.#session;
    this.#session = undefined;
    this.#client = undefined;
    // What failed to open has nothing to close; whoever opened it was told.
    const opened = await session?.catch(() => undefined);
    await opened?.client.close();
  }

  async #during<T>(work: (session: OpenSession) => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    this.#calls += 1;
    try {
      this.#session ??= this.#connect();
      return await work(await this.#session);
    } catch (error) {
      const failure = connectionFailure(this.#options.server, error, this.#options.clean, true);
      // After a loss or a timeout nobody knows what the connection is worth; the next call opens another.
      if (/^TRACKER_(?:UNREACHABLE|TIMEOUT|NOT_INSTALLED|UNAUTHORIZED)$/.test(failure.code)) await this.close();
      throw failure;
    } finally {
      this.#calls -= 1;
      if (this.#calls === 0) this.#closeWhenIdle();
    }
  }

  async #connect(): Promise<OpenSession> {
    const { server, requestTimeoutMs, clean } = this.#options;
    const client = new Client({ name: 'vishkar', version: packageVersion() });
    let opened: OpenedTransport | undefined;
    try {
      opened = this.#options.open();
      const timeout = Math.max(requestTimeoutMs, START_WITHIN_MS);
      await client.connect(opened.transport, { timeout });
      const { tools } = await client.listTools(undefined, { timeout });
      this.#client = client;
      client.onclose = () => {
        if (this.#client === client) this.#session = undefined;
      };
      return { client, tools: new Map(tools.map((tool) => [tool.name, offered(tool.name, tool.inputSchema)])) };
    } catch (error) {
      await client.close().catch(() => undefined); // the reason why it could not be opened is the one to tell
      const words = opened?.lastWords().trim() ?? '';
      const failure = connectionFailure(server, error, clean);
      if (failure.code !== 'TRACKER_UNREACHABLE' || words === '') throw failure;
      throw connectionFailure(server, new Error(`${failure.message} It said: ${words}`, { cause: error }), clean);
    }
  }

  #closeWhenIdle(): void {
    this.#idle = setTimeout(() => {
      // Nobody waits for it, and a connection that can't be closed is of no use either.
      this.close().catch(() => undefined);
    }, this.#options.idleMs);
    this.#idle.unref();
  }
}

function offered(
  name: string,
  schema: { properties?: unknown; required?: readonly string[] | undefined },
): OfferedTool {
  const properties = typeof schema.properties === 'object' && schema.properties !== null ? schema.properties : {};
  return { name, properties: Object.keys(properties), required: schema.required ?? [] };
}

function parseJson(tool: string, text: string, clean: (text: string) => string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadableAnswer(tool, `it is not JSON: ${clean(text).slice(0, 120)}`, cause);
  }
}

function wrappedText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return undefined;
  const { result } = value as { result?: unknown };
  return typeof result === 'string' ? result : undefined;
}

function reportedError(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { error, success } = value as { error?: unknown; success?: unknown };
  if (typeof error === 'string') return error;
  if (error === true || success === false) return JSON.stringify(value);
  return undefined;
}
