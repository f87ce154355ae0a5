/**
 * The way out of a sandbox that has no network: sockets in a folder that is shown to it, and we at their other end. Each
 * leads to one port of this host's loopback, or to an HTTP proxy that lets through what a list of hosts allows. Boundary
 * between an engine and the network: what is not listed is refused here, outside of the engine's reach.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, createServer } from 'node:net';
import type { LookupFunction, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import type { Duplex } from 'node:stream';
import { isHostAllowed } from './allowed-hosts.js';
import type { AllowedHost } from './allowed-hosts.js';
import { outwardLookup } from './outward-lookup.js';

/** A host that was asked for through the proxy. */
export interface AskedHost {
  readonly host: string;
  readonly port: number;
  readonly allowed: boolean;
}

export interface NetworkGateOptions {
  readonly allowHosts: readonly AllowedHost[];
  /** Of this host's loopback; each has its socket. */
  readonly ports: readonly number[];
  readonly onAsked?: ((asked: AskedHost) => void) | undefined;
  /** How names of hosts are resolved. Default: as this host does, without answers that lead back to it. */
  readonly lookup?: LookupFunction | undefined;
}

/** Socket of the proxy, in the gate's folder. Those of ports are named `<port>.sock`. */
const PROXY_SOCKET = 'proxy.sock';
const HOP_HEADERS = /^(?:connection|keep-alive|proxy-.*|te|trailer|upgrade)$/i;

export class NetworkGate {
  /** Folder of the sockets. */
  readonly folder: string;
  readonly #options: NetworkGateOptions;
  readonly #lookup: LookupFunction;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Duplex>();

  private constructor(folder: string, options: NetworkGateOptions) {
    this.folder = folder;
    this.#options = options;
    this.#lookup = options.lookup ?? outwardLookup();
  }

  static async open(options: NetworkGateOptions): Promise<NetworkGate> {
    // Below the folder for temporary files: the path of a socket has to be short.
    const gate = new NetworkGate(await mkdtemp(join(tmpdir(), 'vishkar-net-')), options);
    try {
      for (const port of new Set(options.ports)) {
        await gate.#listen(
          createServer({ allowHalfOpen: true }, (socket) => gate.#join(socket, port, '127.0.0.1')),
          `${String(port)}.sock`,
        );
      }
      await gate.#listen(gate.#proxy(), PROXY_SOCKET);
      return gate;
    } catch (error) {
      await gate.close();
      throw error;
    }
  }

  /** Ends what goes through it. Idempotent. */
  async close(): Promise<void> {
    const closed = this.#servers
      .splice(0)
      .map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
    await rm(this.folder, { recursive: true, force: true });
  }

  async #listen(server: Server, name: string): Promise<void> {
    server.on('connection', (socket: Socket) => this.#own(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(join(this.folder, name), resolve);
    });
    this.#servers.push(server);
  }

  #proxy(): Server {
    const server = createHttpServer((request, response) => this.#forward(request, response));
    server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const target = parseTarget(`http://${request.url ?? ''}`, 443);
      if (target === undefined || !this.#allows(target)) {
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        return;
      }
      if (head.length > 0) socket.unshift(head);
      this.#join(socket, target.port, target.host, () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'));
    });
    return server;
  }

  /** A call without encryption, which a proxy is told whole. */
  #forward(request: IncomingMessage, response: ServerResponse): void {
    const target = parseTarget(request.url ?? '', 80);
    if (target === undefined || !this.#allows(target)) {
      response.writeHead(403, { 'content-type': 'text/plain' });
      response.end('vishkar: this host is not in "allowHosts" of the isolation\n');
      return;
    }
    const { host, port, path } = target;
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !HOP_HEADERS.test(name)));
    const { method } = request;
    // No agent: a connection is not kept beyond its call, and so not beyond the gate.
    const onward = httpRequest({ host, port, path, method, headers, agent: false, lookup: this.#lookup }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response, () => undefined);
    });
    onward.on('socket', (socket) => this.#own(socket));
    onward.once('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    pipeline(request, onward, () => undefined);
  }

  #allows({ host, port }: { readonly host: string; readonly port: number }): boolean {
    const allowed = isHostAllowed(this.#options.allowHosts, host, port);
    this.#options.onAsked?.({ host, port, allowed });
    return allowed;
  }

  /** Both directions until each is over; a failure of one side ends the other. */
  #join(inner: Duplex, port: number, host: string, onConnected: () => void = () => undefined): void {
    const outer = connect({ host, port, allowHalfOpen: true, lookup: this.#lookup });
    this.#own(outer);
    inner.once('error', () => outer.destroy());
    outer.once('error', () => inner.destroy());
    outer.once('connect', () => {
      onConnected();
      pipeline(inner, outer, inner, () => {
        inner.destroy();
        outer.destroy();
      });
    });
  }

  #own(socket: Duplex): void {
    this.#sockets.add(socket);
    // A connection that breaks is told by its other side.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

function parseTarget(text: string, usualPort: number): { host: string; port: number; path: string } | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, pathname, search } = new URL(text);
  if (protocol !== 'http:' || hostname === '') return undefined;
  return { host: hostname, port: port === '' ? usualPort : Number(port), path: `${pathname}${search}` };
}
