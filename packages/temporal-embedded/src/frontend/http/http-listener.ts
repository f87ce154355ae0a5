/**
 * One HTTP listener of the service: listens on a port, hands requests on, and closes in bounded time.
 * The HTTP API and the metrics endpoint each have one. With `tls` it speaks HTTPS, with the same certificates as gRPC.
 */
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { AddressInUseError } from '../../dev-server-errors.js';
import type { TlsOptions } from '../../dev-server-options.js';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** How long open requests get to end after a shutdown began. */
const DRAIN_MS = 2_000;

export interface HttpListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Throws AddressInUseError when the port is taken; port 0 picks a free one. */
export async function listenHttp(
  { ip, port, tls }: { readonly ip: string; readonly port: number; readonly tls?: TlsOptions | undefined },
  handler: HttpHandler,
): Promise<HttpListener> {
  const server: Server = tls
    ? createHttpsServer(
        {
          cert: tls.certificate,
          key: tls.privateKey,
          ...(tls.clientCertificateAuthority !== undefined && {
            ca: tls.clientCertificateAuthority,
            requestCert: true,
            rejectUnauthorized: true,
          }),
        },
        handler,
      )
    : createHttpServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new AddressInUseError(ip, port, error) : error),
    );
    server.listen({ host: ip, port }, resolve);
  });
  return {
    // A server that listens on a port has an AddressInfo.
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        const endAll = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
        server.close(() => {
          clearTimeout(endAll);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
