/**
 * The loopback HTTP server that webhooks come to, through whatever a team has in front of it. It answers at once and hands the change on;
 * a message that comes twice is taken twice, since it only makes a story look.
 *
 *   404 no such address   405 not POST   413 too long   401 not signed by the secret   400 signed, but not JSON
 *   202 everything else, also what no story waits for
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OutsideChange } from '../domain/outside-change.js';
import { VishkarError } from '../errors.js';
import { isSignedBy } from './webhook-signature.js';
import type { WebhookSource } from './webhook-source.js';

/** GitHub sends no more, either. */
const BODY_LIMIT_BYTES = 25 * 1024 * 1024;
/** Senders give up after ten seconds. */
const REQUEST_WITHIN_MS = 10_000;

export interface WebhookReceiverOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly sources: readonly WebhookSource[];
  readonly onChange: (change: OutsideChange) => void;
}

/** Serves until it is closed. */
export class WebhookReceiver {
  readonly #server: Server;
  readonly #sources: readonly WebhookSource[];
  readonly #onChange: (change: OutsideChange) => void;

  private constructor({ sources, onChange }: WebhookReceiverOptions) {
    this.#sources = sources;
    this.#onChange = onChange;
    this.#server = createServer({ requestTimeout: REQUEST_WITHIN_MS }, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  /** Throws VishkarError `WEBHOOK_PORT_TAKEN`. */
  static async start(options: WebhookReceiverOptions): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(options);
    await new Promise<void>((resolve, reject) => {
      receiver.#server
        .once('error', (cause) => {
          reject(
            new VishkarError('WEBHOOK_PORT_TAKEN', `Webhooks can't be received at port ${String(options.port)}.`, {
              hint: 'Another process listens there, perhaps another "vishkar serve": end it, or name another port in "webhooks.port".',
              cause,
            }),
          );
        })
        .listen(options.port, '127.0.0.1', resolve);
    });
    return receiver;
  }

  /** By name of the source. */
  addressOf(name: string): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/webhooks/${name}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').replace(/\?.*$/, '');
    const source = this.#sources.find(({ name }) => path === `/webhooks/${name}`);
    if (source === undefined) return answer(response, 404, 'nothing is received here');
    if (request.method !== 'POST') return answer(response, 405, 'webhooks are posted');
    const body = await readBody(request);
    if (body === undefined) return answer(response, 413, 'longer than any webhook');
    const header = (name: string) => String(request.headers[name] ?? '');
    if (!isSignedBy(source.secret, body, header(source.signatureHeader)))
      return answer(response, 401, `not signed by the secret (${source.signatureHeader})`);
    const payload = parse(body);
    if (payload === undefined) return answer(response, 400, 'not JSON: choose the content type application/json');
    const change = source.changeOf(payload, header);
    if (change !== undefined) this.#onChange(change);
    answer(response, 202, change === undefined ? 'nothing that a story waits for' : change.what);
  }
}

/** Undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > BODY_LIMIT_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    // Whoever knows the secret chose another form; the answer says so.
    return undefined;
  }
}

function answer(response: ServerResponse, status: number, message: string): void {
  // A body that was not read to its end would be taken for the next request.
  const headers = { 'content-type': 'application/json', ...(status === 202 ? {} : { connection: 'close' }) };
  response.writeHead(status, headers).end(JSON.stringify({ message }));
}
